"""kubectl kubexit check: find what is wrong in manifests."""

import sys
from importlib.metadata import version
from pathlib import Path

import click

from kubectl_kubexit.commands.sources import SUFFIXES, file_names, filename_option, read_sources
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.findings.check import ALL, Severity
from kubectl_kubexit.findings.run import Finding, findings
from kubectl_kubexit.manifest.bundle import bundle
from kubectl_kubexit.progress import doing

LEVELS = {"error": [Severity.ERROR], "warning": [Severity.ERROR, Severity.WARNING], "note": list(Severity)}


@click.command()
@filename_option
@click.option(
    "-o", "--output", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True
)
@click.option("--fail-on", type=click.Choice(list(LEVELS)), default="warning", show_default=True,
              help="Exit with 1 for findings of this level or worse.")  # fmt: skip
@click.option("--ignore", multiple=True, metavar="CODE", help="Leave a check out. Repeatable.")
@click.option("--fix", is_flag=True, help="Apply the safe fixes to the files, and check again.")
@click.option("-n", "--namespace", metavar="NAME", help="Of pods in the cluster. Default: that of the context.")
@click.option("--context", metavar="NAME", help="A context of the kubeconfig. Default: the current one.")
@click.argument("files", nargs=-1, metavar="[FILE|POD|WORKLOAD]…", shell_complete=file_names)
def command(
    names: tuple[str, ...],
    output: str,
    fail_on: str,
    ignore: tuple[str, ...],
    fix: bool,
    namespace: str | None,
    context: str | None,
    files: tuple[str, ...],
) -> None:
    """Find what no single container can see: unknown names, circles, missing probes, volumes and rights.

    What is not a file is read from the cluster: a pod, or the newest pod of KIND/NAME.

    Exit code 0: nothing found. 1: findings. 2: the files cannot be read.
    """
    live = [name for name in files if is_live(name)]
    given = [*names, *(name for name in files if name not in live)]
    if not given and not live:
        raise UserError("name a manifest: -f FILE, or - for stdin")
    unknown = set(ignore) - {check.code for check in ALL}
    if unknown:
        raise UserError(f"--ignore {min(unknown)}: there is no such check; docs/use/check.md lists them")
    if fix and live:
        raise UserError(f"--fix changes files, and {live[0]} is no file; correct the manifest that it came from")
    with doing("reading manifests"):
        sources = read_sources(given)
    running = read_live(live, namespace, context) if live else {}
    sources |= running
    if fix:
        from kubectl_kubexit.commands.fixing import fix_sources

        sources = fix_sources(sources, frozenset(ignore))
    with doing("checking manifests"):
        checked = bundle(sources.items(), frozenset(running))
        found = list(findings(checked, frozenset(ignore)))
    write(found, output, sources, len(checked.pods))
    sys.exit(1 if any(finding.check.severity in LEVELS[fail_on] for finding in found) else 0)


def is_live(name: str) -> bool:
    """Return whether an argument means a pod or a workload in the cluster: no file has this name, or could have it."""
    path = Path(name)
    if not name or "\\" in name or ":" in name:
        return False  # no name at all, or a path of Windows
    return name != "-" and path.suffix not in SUFFIXES and not name.startswith((".", "/")) and not path.exists()


def read_live(names: list[str], namespace: str | None, context: str | None) -> dict[str, str]:
    """Return the manifests of pods in the cluster as YAML, by pod/NAME."""
    import yaml

    from kubectl_kubexit.live.api import Cluster

    cluster = Cluster(namespace, context)
    found = {}
    for name in names:
        pod = cluster.pod(name)
        pod["metadata"].pop("managedFields", None)
        pod.pop("status", None)
        found[f"pod/{pod['metadata']['name']}"] = yaml.safe_dump(pod, sort_keys=False)
    return found


def write(found: list[Finding], output: str, sources: dict[str, str], pods: int) -> None:
    """Print findings in one of the formats."""
    from kubectl_kubexit.report import human, machine

    if output == "text":
        from kubectl_kubexit.report.console import Stdout

        human.show(found, Stdout(), sources, pods)
    elif output == "json":
        click.echo(machine.as_json(found))
    elif output == "sarif":
        click.echo(machine.as_sarif(found, version("kubectl-kubexit")))
    else:
        click.echo(machine.as_github(found), nl=False)
