"""kubectl kubexit graph: which container waits for which, and which stops which."""

import click

from kubectl_kubexit.commands.sources import filename_option, files_argument, read_sources, running
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.manifest.bundle import bundle
from kubectl_kubexit.relations.member import Members, members


@click.command()
@filename_option
@click.option("-o", "--output", type=click.Choice(["text", "mermaid", "svg"]), default="text", show_default=True)
@files_argument
def command(names: tuple[str, ...], output: str, files: tuple[str, ...]) -> None:
    """Draw which container waits for which, and which stops which."""
    given = [*names, *files]
    if not given:
        raise UserError("name a manifest: -f FILE, or - for stdin")
    pods = [members(running(pod)) for pod in bundle(read_sources(given).items()).pods]
    pods = [pod for pod in pods if pod.wrapped]
    if not pods:
        raise UserError("no container here runs under kubexit")
    if output == "svg" and len(pods) > 1:
        raise UserError(f"-o svg draws one pod, and there are {len(pods)}: {', '.join(pod.pod.title for pod in pods)}")
    click.echo("\n".join(drawn(pod, output) for pod in pods), nl=False)


def drawn(pod: Members, output: str) -> str:
    """Return the graph of a pod."""
    from kubectl_kubexit.draw import graph, svg

    if output == "svg":
        return svg.graph(pod, pod.pod.title)
    return graph.mermaid(pod, pod.pod.title) if output == "mermaid" else graph.text(pod, pod.pod.title)
