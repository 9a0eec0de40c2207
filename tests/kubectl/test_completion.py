"""Completion in shells and by kubectl."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


def run(*words: str) -> list[str]:
    """Run one of the two programs and return its lines."""
    done = subprocess.run([BIN / words[0], *words[1:]], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.behaviour("authoring-completion")
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_can_read_the_script(shell: str) -> None:
    """The script is in the language of the shell, and calls the program."""
    script = "\n".join(run("kubectl-kubexit", "completion", shell))

    assert "_KUBECTL_KUBEXIT_COMPLETE" in script
    if shutil.which(shell):
        checked = subprocess.run([shell, "-n"], input=script, text=True, capture_output=True)
        assert checked.returncode == 0, checked.stderr
    else:
        assert "kubectl-kubexit" in script


@pytest.mark.behaviour("authoring-completion")
def test_bash_completes_commands() -> None:
    """In bash the beginning of a command is completed."""
    script = (
        'source <("$0" completion bash); COMP_WORDS=(kubectl-kubexit ch); COMP_CWORD=1;'
        "_kubectl_kubexit_completion kubectl-kubexit; echo ${COMPREPLY[@]}"
    )
    environment = {"PATH": f"{BIN}:/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", "-c", script, str(BIN / "kubectl-kubexit")], capture_output=True, text=True, env=environment
    )

    assert done.stdout.split() == ["check"]


@pytest.mark.behaviour("authoring-completion")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ch"], ["check", ":4"]),
        (["graph", "-o", "s"], ["svg", ":4"]),
        (["check", "--fi"], ["--filename", "--fix", ":4"]),
        (["check", "job"], [":0"]),
    ],
)
def test_kubectl_completes_its_plugin(words: list[str], expected: list[str]) -> None:
    """kubectl calls kubectl_complete-kubexit: words, each with its help, and whether files may follow."""
    found = run("kubectl_complete-kubexit", *words)

    assert [line.partition("\t")[0] for line in found] == expected


@pytest.mark.behaviour("authoring-completion")
@pytest.mark.parametrize(
    "line", ["check -f jo", "check jo", "wrap --plan jo", "graph jo", "timeline -f jo", "unwrap jo"]
)
def test_files_are_completed(line: str, tmp_path: Path) -> None:
    """Each script completes a file there; fish, if it is here, does so."""
    words = f"kubectl-kubexit {line}".split()
    for shell in ("bash", "zsh", "fish"):
        index = str(len(words) - 1)
        given = {"COMP_WORDS": " ".join(words), "COMP_CWORD": words[-1] if shell == "fish" else index}
        given |= {"_KUBECTL_KUBEXIT_COMPLETE": f"{shell}_complete"}
        done = subprocess.run([BIN / words[0]], env=os.environ | given, capture_output=True, text=True)
        assert done.stdout.replace(",", "\n").split() == {"zsh": ["file", "jo", "_"]}.get(shell, ["file", "jo"])
    if shutil.which("fish"):
        (tmp_path / "job.yaml").touch()
        script = f"kubectl-kubexit completion fish | source; complete -C '{' '.join(words)}'"
        home = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(tmp_path)}
        found = subprocess.run(["fish", "-c", script], cwd=tmp_path, env=home, capture_output=True, text=True)
        assert found.stdout.split() == ["job.yaml"], found.stderr
