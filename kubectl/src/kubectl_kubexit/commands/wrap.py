"""kubectl kubexit wrap: put kubexit into manifests."""

import shlex
from collections.abc import Iterable

import click

from kubectl_kubexit.commands.changes import Output, write_changes
from kubectl_kubexit.commands.sources import file_names, filename_option, files_argument, read_sources
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.registry.entries import Entries

NEEDS_IMAGE_VOLUME = (1, 35)


@click.command()
@filename_option
@click.option("--main", "mains", multiple=True, metavar="NAME", help="A container that does the work. Repeatable.")
@click.option("--sidecar", "sidecars", multiple=True, metavar="NAME",
              help="A container that serves main. Repeatable. Default: all others.")  # fmt: skip
@click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    shell_complete=file_names,
    help="A plan, instead of --main: one line for each container.",
)
@click.option("--command", "commands", multiple=True, metavar="NAME=COMMAND",
              help="The entry point of a container without `command`, as words. Repeatable.")  # fmt: skip
@click.option("--entry", "source", type=click.Choice(["auto", "registry", "local", "none"]), default="auto",
              help="Where a missing entry point is read; auto: podman or docker here, then the registry.")  # fmt: skip
@click.option("--platform", default="linux/amd64", show_default=True, help="Which image of several is read.")
@click.option("--pin", is_flag=True, help="Write the digest that was read into the image.")
@click.option("--deliver", type=click.Choice(["image-volume", "init-container", "none"]),
              help="How kubexit gets into the containers; none: it is in the images.")  # fmt: skip
@click.option("--kube-version", metavar="VERSION", help="Of the cluster, for example 1.34; `cluster`: ask the cluster.")
@click.option("--image", default="kubexit:0.2.0", show_default=True, help="The image of kubexit.")
@click.option("--diff", is_flag=True, help="Print the differences only.")
@click.option("-i", "--in-place", is_flag=True, help="Write the files.")
@files_argument
def command(
    names: tuple[str, ...],
    mains: tuple[str, ...],
    sidecars: tuple[str, ...],
    plan_file: str | None,
    commands: tuple[str, ...],
    source: str,
    platform: str,
    pin: bool,
    deliver: str | None,
    kube_version: str | None,
    image: str,
    diff: bool,
    in_place: bool,
    files: tuple[str, ...],
) -> None:
    """Put kubexit into each pod and pod template, and print the YAML.

    --main NAME makes the plan: the others are sidecars of NAME, and NAME waits for the ones that have a readinessProbe.
    A pod with the annotation kubexit.dev/main or kubexit.dev/plan needs no option. Comments and order stay.
    """
    from kubectl_kubexit.wrap.inject import Delivery
    from kubectl_kubexit.wrap.wrapping import Wrapping

    given = [*names, *files]
    if not given:
        raise UserError("name a manifest: -f FILE, or - for stdin")
    if plan_file is not None and mains:
        raise UserError("give --plan or --main, not both")
    plan = None if plan_file is None else "".join(read_sources([plan_file]).values())
    plan = None if plan is None else plan.replace("\r\n", "\n").rstrip("\n")
    delivery = Delivery(deliver or delivery_for(kube_version), image)
    entries = finder(commands, source, platform)
    sources = read_sources(given)
    refuse_unknown(entries.known, sources)
    wrapping = Wrapping(mains, sidecars, plan, delivery, entries.find, pin)
    output = Output(diff, in_place)
    write_changes(sources, wrapping.wrap, output)


def finder(commands: tuple[str, ...], source: str, platform: str) -> Entries:
    """Return what finds the entry points of images."""
    known: dict[str, list[str]] = {}
    for text in commands:
        name, equals, words = text.partition("=")
        if not equals or not words.split():
            raise UserError(
                f"--command {text}: write NAME=COMMAND, for example --command proxy='/app/proxy --port 8080'"
            )
        known[name] = shlex.split(words)
    return Entries(known, source, platform)


def refuse_unknown(known: Iterable[str], sources: dict[str, str]) -> None:
    """Refuse a command for a container that is in no pod."""
    if not known:
        return
    from kubectl_kubexit.manifest.bundle import bundle

    names = [container.name for pod in bundle(sources.items()).pods for container in pod.containers]
    for name in known:
        if name not in names:
            raise UserError(f"--command {name}: no pod has this container; there are {', '.join(names) or 'none'}")


def delivery_for(version: str | None) -> str:
    """Return how kubexit gets into the containers of a cluster.

    Image volumes are on by default since Kubernetes 1.35. Without a version the newest way is chosen.
    """
    if version is None:
        return "image-volume"
    from kubectl_kubexit.commands.cluster import version_numbers

    return "image-volume" if version_numbers(version) >= NEEDS_IMAGE_VOLUME else "init-container"
