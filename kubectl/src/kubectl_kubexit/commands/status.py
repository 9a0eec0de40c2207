"""kubectl kubexit status: the containers of a pod, and what the pod waits for."""

import io
import shutil
import sys
import time
from typing import TYPE_CHECKING

import click

from kubectl_kubexit.progress import doing, say

if TYPE_CHECKING:
    from kubectl_kubexit.live.api import Cluster
    from kubectl_kubexit.live.rows import Survey

LEAST = 100  # columns; a narrower terminal breaks the lines by itself
PAUSE = 2.0  # seconds between two looks with --watch


@click.command()
@click.argument("what", metavar="WORKLOAD|POD")
@click.option("-n", "--namespace", metavar="NAME", help="Default: that of the context.")
@click.option("--context", metavar="NAME", help="A context of the kubeconfig. Default: the current one.")
@click.option(
    "-w",
    "--watch",
    is_flag=True,
    help="Print it again when it has changed, until the pod has ended. Wait for a workload's first pod.",
)
def command(what: str, namespace: str | None, context: str | None, watch: bool) -> None:
    """Show the containers of a pod, what each waits for, and what to do.

    The kubelet's state comes from the API server. kubexit's state comes from `kubexit --status`, executed in a
    container that runs: this needs the rights get and create on pods/exec. A workload is KIND/NAME; its newest pod is
    shown.
    """
    from kubectl_kubexit.live.api import Cluster

    cluster = Cluster(namespace, context)
    page, ended = look(cluster, what, "", watch)
    click.echo(page, nl=False)
    while watch and not ended:
        shown = page
        page, ended = look(cluster, what, shown, watch)
        if page != shown:
            click.clear()  # on a terminal only
            click.echo(page, nl=False)


def look(cluster: "Cluster", what: str, shown: str, watch: bool) -> tuple[str, bool]:
    """Return the next page, and whether the pod has ended.

    Args:
        cluster: where the pod is.
        what: the pod, or its workload.
        shown: the page before; with `watch`, wait until there is another one, or the pod has ended.
        watch: also wait until a workload has a pod.
    """
    from kubectl_kubexit.live import rows
    from kubectl_kubexit.live.api import NoPodError

    with doing("waiting for a change; Ctrl-C ends" if shown else f"looking at {what}"):
        while True:
            if shown:
                time.sleep(PAUSE)
            try:
                seen = rows.look(cluster, what)
            except NoPodError as error:
                if not watch:
                    raise
                say(f"waiting for a pod: {error}")
                time.sleep(PAUSE)
                continue
            page = drawn(seen)
            if page != shown or seen.ended:
                return page, seen.ended


def drawn(seen: "Survey") -> str:
    """Return the table and the diagnosis."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from kubectl_kubexit.live.diagnosis import diagnosis
    from kubectl_kubexit.report.colours import colours

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("CONTAINER", "KUBELET", "KUBEXIT", "SINCE", "EXIT", "RESTARTS", "REASON"):
        table.add_column(head, no_wrap=head != "REASON")
    for row in seen.rows:
        code = "-" if row.exit_code is None else str(row.exit_code)
        own = row.state or ("-" if row.member.is_wrapped else "without kubexit")
        words = (row.name, row.shown, own, row.since.partition(".")[0].rstrip("Z") + "Z" if row.since else "-",
                 code, str(row.restarts), row.reason or "-")  # fmt: skip
        table.add_row(*(Text(word) for word in words))
    out = io.StringIO()
    terminal = sys.stdout.isatty()
    columns = shutil.get_terminal_size().columns
    width = columns if terminal and columns >= LEAST else 400
    console = Console(file=out, force_terminal=terminal, width=width, highlight=False, color_system=colours())
    metadata, phase = seen.pod["metadata"], seen.pod.get("status", {}).get("phase", "Unknown")
    console.print(Text(f"Pod {metadata['namespace']}/{metadata['name']}: {phase}"))
    console.print(table)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    told = diagnosis(seen)
    if seen.silent and not seen.ended and not any(seen.silent in sentence for sentence in told):
        lines.append(f"(kubexit's state is not known: {seen.silent})")
    return "\n".join([*lines, "", *told]) + "\n"
