"""What `check --fix` does with files."""

from typing import Any

import click

from kubectl_kubexit.commands.changes import write_file
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.findings.run import Finding, findings
from kubectl_kubexit.manifest.bundle import Bundle, bundle
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.wrap.files import change_pods
from kubectl_kubexit.wrap.fixes import apply
from kubectl_kubexit.wrap.sharing import own_parts


def fix_sources(sources: dict[str, str], ignored: frozenset[str]) -> dict[str, str]:
    """Apply the safe fixes of all findings to the files; return their new texts.

    Raises:
        UserError: a source is stdin, or a file cannot be written.
    """
    if "-" in sources:
        raise UserError("--fix needs files, and stdin is not a file")
    known = bundle(sources.items())
    found = [finding for finding in findings(known, ignored) if finding.found.fixes]
    fixed = dict(sources)
    for path in {finding.place[0] for finding in found}:
        fixed[path] = fix_text(sources[path], path, known, found)
        write_file(path, fixed[path])
    if found:
        click.echo(f"kubectl kubexit: {sum(len(finding.found.fixes) for finding in found)} fixed", err=True)
    return fixed


def fix_text(text: str, path: str, known: Bundle, found: list[Finding]) -> str:
    """Return a file with the fixes of the findings that are in it."""
    pods = [pod for pod in known.pods if pod.document.path == path]

    def edit(node: Any, pod: Pod) -> bool:
        # The same pod in two readings of one file has the same place.
        here = [finding for finding in found if place(finding.pod) == place(pod)]
        if here:
            own_parts(node)
        for finding in here:
            container = finding.found.container
            if container is not None:
                for fix in finding.found.fixes:
                    apply(node["spec"], node["spec"][container.list_name][container.index], fix)
        return bool(here)

    return change_pods(text, path, edit)[0] if pods else text


def place(pod: Pod) -> tuple[str, int, tuple[str | int, ...]]:
    """Return where a pod is."""
    return pod.document.path, pod.document.first, pod.path
