"""Findings for a person: the place, what is wrong, why, and the remedy; coloured on a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from kubectl_kubexit.errors import printable
from kubectl_kubexit.findings.check import Severity
from kubectl_kubexit.findings.run import Finding

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold blue"}


def show(findings: Sequence[Finding], console: Console, sources: dict[str, str], checked: int) -> None:
    """Print findings with the line that each is about, and a last line with the counts.

    Args:
        findings: in the order in which they are printed.
        console: where to print.
        sources: the texts of the files by their paths.
        checked: how many pods were checked.
    """
    lines = {path: text.splitlines() for path, text in sources.items()}
    for finding in findings:
        one(finding, console, lines)
    console.print(summary(findings, checked), soft_wrap=True)


def one(finding: Finding, console: Console, lines: dict[str, list[str]]) -> None:
    """Print one finding."""
    path, line, column = finding.place
    severity = finding.check.severity
    head = Text.assemble(
        (f"{path}:{line}:{column} ", "bold"), (f"{severity.value} ", COLOURS[severity]), (finding.check.code, "cyan"),
        printable(f" {finding.subject}: {finding.found.message}"),
    )  # fmt: skip
    console.print(head, soft_wrap=True)
    text = lines.get(path, [])
    if 0 < line <= len(text):
        console.print(Text(f"  {line:>5} | {printable(text[line - 1].expandtabs())}", "dim"), soft_wrap=True)
    console.print(Text(f"        why: {finding.check.why}"), soft_wrap=True)
    fixable = " (--fix does this)" if finding.found.fixes else ""
    console.print(Text.assemble("        fix: ", (printable(finding.found.remedy), "green"), fixable), soft_wrap=True)


def summary(findings: Sequence[Finding], checked: int) -> str:
    """Return how much was found, for example `2 errors, 1 warning in 3 pods`."""
    counts = {severity: sum(finding.check.severity is severity for finding in findings) for severity in Severity}
    words = [plural(count, severity.value) for severity, count in counts.items() if count]
    return f"{', '.join(words) or 'nothing found'} in {plural(checked, 'pod')}"


def plural(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
