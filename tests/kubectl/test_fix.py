"""`check --fix`: safe fixes, and nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kubectl_kubexit.findings.run import findings
from kubectl_kubexit.manifest.bundle import bundle

BAD = sorted((Path(__file__).parent / "manifests" / "bad").glob("*.yaml"))
# Codes whose findings are fixed where the check knows the right value.
FIXED = {"KX104", "KX108", "KX303", "KX402", "KX501", "KX701", "KX702", "KX801", "KX901"}


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program that `make dev` has installed."""
    program = Path(sys.executable).with_name("kubectl-kubexit")
    return subprocess.run([program, "check", *arguments], input=stdin, capture_output=True, text=True, timeout=60)


def codes(path: Path, fixable: bool) -> list[str]:
    """The codes of the findings in a file that can be fixed, or that cannot."""
    found = findings(bundle([(str(path), path.read_text())]))
    return sorted(finding.check.code for finding in found if bool(finding.found.fixes) == fixable)


@pytest.mark.behaviour("authoring-fix")
@pytest.mark.parametrize("manifest", BAD, ids=lambda path: path.name)
def test_fixable_findings_are_gone_and_no_others(manifest: Path, tmp_path: Path) -> None:
    """After --fix nothing fixable is left, and no other finding has come or gone but for what a fix made right."""
    copy = Path(shutil.copy2(manifest, tmp_path / manifest.name))
    before, fixable = codes(copy, False), codes(copy, True)

    done = run("--fix", str(copy))

    assert codes(copy, True) == []
    assert [code for code in codes(copy, False) if code not in before] == []
    assert done.returncode == 1
    assert (copy.read_text() != manifest.read_text()) == bool(fixable)
    assert list(tmp_path.iterdir()) == [copy]


@pytest.mark.behaviour("authoring-fix")
def test_each_kind_of_fix_is_seen() -> None:
    """The manifests above have every finding that can be fixed."""
    assert {code for manifest in BAD for code in codes(manifest, True)} == FIXED


@pytest.mark.behaviour("authoring-fix")
def test_a_fix_keeps_comments_and_order(tmp_path: Path) -> None:
    """Only the line of the value changes; a comment behind it stays."""
    manifest = next(path for path in BAD if path.name == "restarts.yaml")
    copy = Path(shutil.copy2(manifest, tmp_path / "job.yaml"))
    run("--fix", str(copy))
    old, new = manifest.read_text().splitlines(), copy.read_text().splitlines()

    assert len(old) == len(new)
    assert [(one.partition("#")[0].strip(), two.strip()) for one, two in zip(old, new, strict=True) if one != two] == [
        (
            "- {name: KUBEXIT_DEATH_DEPS, value: import}",
            "- {name: KUBEXIT_DEATH_DEPS, value: import:succeeded} # KX501",
        )
    ]


@pytest.mark.behaviour("authoring-fix")
@pytest.mark.parametrize("word", ["010", "0x1F", "1_000", "1.10", "+5", ".5", "1e10", "yes", "off", "y", ".inf"])
def test_a_value_gets_quotes_as_it_is_written(word: str, tmp_path: Path) -> None:
    """The text of the value is kept, and the remedy names the same; an equal text in quotes is left alone."""
    pod = tmp_path / "pod.yaml"
    others = "{name: A, value: 'x'}, {name: B, value: }"
    pod.write_text(
        f"spec: {{containers: [{{name: a, command: [kubexit, x], env: [{others}, {{name: A, value: {word}}}]}}]}}"
    )
    found = findings(bundle([(str(pod), pod.read_text())]))
    remedies = [finding.found.remedy for finding in found if finding.check.code == "KX104"]
    run("--fix", "--ignore", "KX108", str(pod))
    env = yaml.safe_load(pod.read_text())["spec"]["containers"][0]["env"]

    assert remedies == [f'write "{word}"']
    assert [variable["value"] for variable in env] == ["x", None, word]


@pytest.mark.behaviour("authoring-fix")
def test_stdin_cannot_be_fixed() -> None:
    """--fix needs files; the message says so in one line."""
    done = run("--fix", "-", stdin=BAD[0].read_text())

    assert done.returncode == 2
    assert done.stderr.splitlines() == ["kubectl kubexit: --fix needs files, and stdin is not a file"]
