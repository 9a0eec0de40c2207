"""kubectl kubexit timeline: when the containers of a pod waited, started, were ready and stopped, and why."""

import json
from typing import TYPE_CHECKING

import click

from kubectl_kubexit.commands.sources import file_names, read_logs
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.progress import doing

if TYPE_CHECKING:
    from kubectl_kubexit.lives.life import History


@click.command()
@click.argument("what", metavar="[WORKLOAD|POD]", required=False)
@click.option(
    "-f", "--filename", "--logs", "names", multiple=True, metavar="FILE", shell_complete=file_names,
    help="Saved logs instead of a cluster: a file, a folder, or - for stdin. Repeatable.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Choice(["text", "svg", "json"]), default="text", show_default=True)
@click.option("-n", "--namespace", metavar="NAME", help="Default: that of the context.")
@click.option("--context", metavar="NAME", help="A context of the kubeconfig. Default: the current one.")
def command(what: str | None, names: tuple[str, ...], output: str, namespace: str | None, context: str | None) -> None:
    """Draw when the containers of a pod waited, started, were ready and stopped, and what caused it.

    The moments come from the logs of kubexit, from `kubexit --status`, executed in a container that runs, and from the
    kubelet. A workload is KIND/NAME; its newest pod is drawn. With -f, no cluster is needed: the files can be the logs
    of single containers or of all of them, with the prefixes that kubectl and stern add, as text or JSON.
    """
    if bool(what) == bool(names):
        raise UserError("name a pod, for example timeline job/report, or saved logs, -f FILE")
    history = saved(names) if names else live(str(what), namespace, context)
    if output == "text":
        show(history)
    elif output == "svg":
        from kubectl_kubexit.draw import timeline_svg

        click.echo(timeline_svg.timeline(history), nl=False)
    else:
        from kubectl_kubexit.draw import timeline_json

        click.echo(json.dumps(timeline_json.timeline(history), indent=2, ensure_ascii=False))


def saved(names: tuple[str, ...]) -> "History":
    """Return what saved logs show."""
    from kubectl_kubexit.lives.life import History
    from kubectl_kubexit.lives.logs import lines
    from kubectl_kubexit.lives.story import containers

    found = containers((name, lines(text)) for name, text in read_logs(names))
    if not found:
        raise UserError(
            f"{', '.join(names)}: no line of kubexit here; it logs to stderr, at KUBEXIT_LOG_LEVEL=info or debug"
        )
    end = max(life.last or life.began or 0.0 for one in found for life in one.lives)
    return History(title(names), found, end)


def title(names: tuple[str, ...]) -> str:
    """Return what saved logs are called."""
    return f"Logs of {names[0]}" if len(names) == 1 else f"Logs of {len(names)} files"


def live(what: str, namespace: str | None, context: str | None) -> "History":
    """Return what a pod in the cluster shows."""
    from kubectl_kubexit.live.api import Cluster
    from kubectl_kubexit.live.history import history
    from kubectl_kubexit.live.rows import look

    cluster = Cluster(namespace, context)
    with doing(f"looking at {what}"):
        return history(cluster, look(cluster, what))


def show(history: "History") -> None:
    """Print the picture, as wide as the terminal, with colours only there."""
    from kubectl_kubexit.draw import timeline
    from kubectl_kubexit.report.console import Stdout

    console = Stdout()
    look = timeline.ASCII if console.options.ascii_only else timeline.UNICODE
    for line in timeline.timeline(history, console.width, look):
        console.print(line, soft_wrap=True)
