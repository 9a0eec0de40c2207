"""Findings for programs: JSON, SARIF 2.1.0 and the annotations of GitHub Actions."""

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from kubectl_kubexit.findings.check import ALL, Check, Severity
from kubectl_kubexit.findings.run import Finding

SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(findings: Sequence[Finding]) -> str:
    """Return `{"version": 1, "findings": [...]}`."""
    return json.dumps({"version": 1, "findings": [row(finding) for finding in findings]}, indent=2)


def row(finding: Finding) -> dict[str, Any]:
    """Return a finding with plain values."""
    path, line, column = finding.place
    return {
        "code": finding.check.code,
        "severity": finding.check.severity.value,
        "title": finding.check.title,
        "path": path,
        "line": line,
        "column": column,
        "kind": finding.pod.kind,
        "name": finding.pod.name,
        "container": finding.found.container.name if finding.found.container else None,
        "message": finding.found.message,
        "why": finding.check.why,
        "remedy": finding.found.remedy,
        "fixable": bool(finding.found.fixes),
    }


def as_sarif(findings: Sequence[Finding], version: str) -> str:
    """Return a SARIF log for code scanning.

    Args:
        findings: the results.
        version: of this tool.
    """
    driver = {
        "name": "kubectl-kubexit",
        "semanticVersion": version,
        "rules": [rule(check) for check in sorted(ALL, key=lambda check: check.code)],
    }
    run = {"tool": {"driver": driver}, "results": [result(finding) for finding in findings]}
    return json.dumps({"version": "2.1.0", "$schema": SCHEMA, "runs": [run]}, indent=2)


def rule(check: Check) -> dict[str, Any]:
    """Return a check as a rule."""
    return {
        "id": check.code,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.why},
        "defaultConfiguration": {"level": SARIF_LEVELS[check.severity]},
    }


def result(finding: Finding) -> dict[str, Any]:
    """Return a finding as a result."""
    path, line, column = finding.place
    place = {
        "artifactLocation": {"uri": uri(PurePath(path))},
        "region": {"startLine": line, "startColumn": column},
    }
    return {
        "ruleId": finding.check.code,
        "level": SARIF_LEVELS[finding.check.severity],
        "message": {"text": f"{finding.subject}: {finding.found.message}. Remedy: {finding.found.remedy}"},
        "locations": [{"physicalLocation": place}],
    }


def uri(path: PurePath) -> str:
    """Return a path as a reference to it: with slashes, also on Windows, and without blanks."""
    return quote(path.as_posix(), safe="/:")


def as_github(findings: Sequence[Finding]) -> str:
    """Return one workflow command for each finding, which GitHub Actions shows beside the line."""
    return "".join(f"{annotation(finding)}\n" for finding in findings)


def annotation(finding: Finding) -> str:
    """Return a finding as a workflow command."""
    path, line, column = finding.place
    title = f"{finding.check.code} {finding.check.title}"
    text = f"{finding.subject}: {finding.found.message}; {finding.found.remedy}"
    fields = f"file={escaped(PurePath(path).as_posix(), True)},line={line},col={column},title={escaped(title, True)}"
    return f"::{GITHUB_LEVELS[finding.check.severity]} {fields}::{escaped(text, False)}"


def escaped(text: str, in_field: bool) -> str:
    """Return a text as workflow commands need it; a field cannot have colons and commas either."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_field else text
