"""kubectl kubexit plan: the plan of a manifest that has single settings."""

import click

from kubectl_kubexit.commands.sources import filename_option, files_argument, read_sources, running
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.manifest.bundle import bundle
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.plan.of_settings import line_of
from kubectl_kubexit.plan.text import write
from kubectl_kubexit.relations.member import members


@click.command()
@filename_option
@files_argument
def command(names: tuple[str, ...], files: tuple[str, ...]) -> None:
    """Print the plan that does the same as the single KUBEXIT_ settings of a manifest.

    Put it into the annotation kubexit.dev/plan of the pod template, and set KUBEXIT_PLAN from it in each container.
    """
    given = [*names, *files]
    if not given:
        raise UserError("name a manifest: -f FILE, or - for stdin")
    plans = [plan for pod in bundle(read_sources(given).items()).pods if (plan := plan_text(pod))]
    if not plans:
        raise UserError("no container here runs under kubexit; `kubectl kubexit wrap` puts it there")
    click.echo("\n".join(plans), nl=False)


def plan_text(pod: Pod) -> str:
    """Return the plan of a pod; "" if none of its containers runs under kubexit.

    Raises:
        UserError: a value cannot be in a plan, or the admission policy refuses the pod.
    """
    found = members(running(pod), also_disabled=True)
    lines = {member.name: line_of(member.effective.given, member.effective.asks_api) for member in found.wrapped}
    if not lines:
        return ""
    try:
        return write(lines, pod.title)
    except ValueError as error:
        raise UserError(f"{pod.document.path}:{pod.at.line}: {error}") from None
