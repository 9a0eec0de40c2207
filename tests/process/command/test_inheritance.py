"""The command inherits what kubexit was given."""

import os
import resource
import subprocess
from pathlib import Path

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form

OWN = {"pid", "ppid", "pgid", "death_signal", "terminal_group"}


def facts(text: str) -> dict[str, str]:
    """The actor's `key=value` lines, without what must differ."""
    pairs = dict(line.split("=", 1) for line in text.splitlines())
    return {key: value for key, value in pairs.items() if key not in OWN}


def given() -> None:
    """Change everything that can be inherited from its default, between fork and exec."""
    os.umask(0o027)
    os.nice(5)
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    resource.setrlimit(resource.RLIMIT_CORE, (4096, 8192))
    resource.setrlimit(resource.RLIMIT_NOFILE, (123, 456))
    resource.setrlimit(resource.RLIMIT_STACK, (4 << 20, 5 << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


@pytest.mark.behaviour("surroundings-unchanged")
def test_everything_passes_unchanged(kubexit: Kubexit, actor: str) -> None:
    """Stdio, working directory, limits, umask, nice value, scheduling and session are as without kubexit."""
    folder = kubexit.folder / "folder"
    folder.mkdir()
    output = (kubexit.folder / "output").open("ab")
    keywords = {"cwd": folder, "preexec_fn": given, "stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
    with output:
        subprocess.run([actor, "stat"], check=True, timeout=20, **keywords)
        bare = Path(output.name).read_text()
        kubexit.run(actor, "stat", **keywords, LOG_LEVEL="off")
        supervised = Path(output.name).read_text()[len(bare) :]

    assert facts(supervised) == facts(bare)


@pytest.mark.behaviour("surroundings-unchanged")
def test_out_of_memory_score(kubexit: Kubexit, actor: str) -> None:
    """The score by which the kernel chooses a process to kill passes unchanged."""
    supervised = kubexit.start(actor, "plain", preexec_fn=lambda: Path("/proc/self/oom_score_adj").write_text("321"))
    supervised.wait_line("READY")

    assert Path(f"/proc/{supervised.command_pid()}/oom_score_adj").read_text() == "321\n"


@pytest.mark.behaviour("surroundings-unchanged")
def test_stdin_reaches_the_command_whole(kubexit: Kubexit) -> None:
    """The command can read all that is written to kubexit's stdin, to the last byte and the end."""
    read_end, write_end = os.pipe()
    os.write(write_end, b"one\ntwo")
    os.close(write_end)
    with os.fdopen(read_end, "rb") as stdin:
        finished = kubexit.run("cat", stdin=stdin)

    assert finished.stdout == "one\ntwo"


@pytest.mark.behaviour("runs-anywhere-unprivileged")
def test_kubexit_runs_as_any_user(kubexit: Kubexit, actor: str) -> None:
    """kubexit runs as a user without a name, home or rights."""
    (program,) = kubexit.open_to_all(actor)

    def become_nobody() -> None:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)

    finished = kubexit.run(program, "stat", cwd="/", preexec_fn=become_nobody)

    assert "uid=65534" in finished.stdout
    assert (finished.code, kubexit.tombstone()["ExitCode"]) == (0, 0)
