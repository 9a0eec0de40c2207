"""kubectl kubexit policy: the admission policies of deploy/, with an image."""

import re
from importlib.resources import files

import click

from kubectl_kubexit.errors import UserError

# The first version with MutatingAdmissionPolicy as a stable part; kubeVersion of the chart is the same.
NEEDS_POLICIES = (1, 36)
# The folder deploy/helm/kubexit/policy, which is linked into this package.
FILES = ("mutating.yaml", "validating.yaml")
# A quote would end the string of CEL that the image becomes.
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@:-]*")


@click.command()
@click.option("--image", default="kubexit:0.2.0", show_default=True, help="The image of kubexit.")
@click.option("--pull-policy", type=click.Choice(["Always", "IfNotPresent", "Never"]), default="IfNotPresent",
              show_default=True, help="When a node pulls the image.")  # fmt: skip
@click.option("--kube-version", metavar="VERSION", help="Of the cluster, for example 1.36; `cluster`: ask the cluster.")
def command(image: str, pull_policy: str, kube_version: str | None) -> None:
    """Print the policies by which the API server itself puts kubexit into labelled pods.

    They need Kubernetes 1.36. Apply them with kubectl apply -f -; deploy/README.md describes the label.
    """
    if not REFERENCE.fullmatch(image):
        raise UserError(f"--image {image}: write for example registry.example.com/kubexit:0.2.0")
    if kube_version is not None:
        refuse_old(kube_version)
    click.echo("---\n".join(policies(image, pull_policy)), nl=False)


def refuse_old(version: str) -> None:
    """Raise a UserError for a Kubernetes that does not know the policies."""
    from kubectl_kubexit.commands.cluster import version_numbers

    numbers = version_numbers(version)
    if numbers < NEEDS_POLICIES:
        shown = ".".join(map(str, numbers))
        raise UserError(
            f"the policies need Kubernetes 1.36, and this is {shown}; "
            f"use kubectl kubexit wrap --kube-version {shown} on the manifests"
        )


def policies(image: str, pull_policy: str) -> list[str]:
    """Return the published files, with the two variables that can be replaced."""
    folder = files("kubectl_kubexit") / "policies"
    texts = [(folder / name).read_text(encoding="utf-8") for name in FILES]
    texts[0] = with_variable(texts[0], "image", image)
    texts[0] = with_variable(texts[0], "pullPolicy", pull_policy)
    return texts


def with_variable(text: str, name: str, value: str) -> str:
    """Return the policy with another value for a variable that is a string."""
    pattern = re.compile(rf"""(- name: {name}\n    expression: "')[^'"]*('")""")
    changed, count = pattern.subn(lambda found: f"{found[1]}{value}{found[2]}", text)
    if count != 1:
        raise ValueError(f"the policy has {count} variables {name}")
    return changed
