"""Descriptors: the command has its own and none of kubexit."""

import os
import resource
import shutil
import subprocess
from typing import Any

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form


def descriptors(text: str) -> set[int]:
    """The numbers that the actor found open."""
    return {int(line.removeprefix("fd ")) for line in text.splitlines() if line.startswith("fd ")}


@pytest.mark.behaviour("no-descriptor-inherited")
@pytest.mark.parametrize(
    "settings",
    [{}, {"DEATH_DEPS": "db"}, {"DEATH_DEPS": "db", "SIGNAL_GROUP": "true"}, {"LIVENESS": "false"}],
    ids=["bare", "watching", "group", "without-liveness"],
)
def test_none_of_ours(kubexit: Kubexit, actor: str, settings: dict[str, Any]) -> None:
    """The command finds descriptors 0, 1 and 2 open and nothing else."""
    assert descriptors(kubexit.run(actor, "fds", **settings).stdout) == {0, 1, 2}


@pytest.mark.behaviour("no-descriptor-inherited")
def test_none_of_ours_with_a_living_dependency(kubexit: Kubexit, actor: str) -> None:
    """The command does not have the descriptors with which kubexit watches the lives of others."""
    dependency = kubexit.start(actor, "plain", name="db")
    dependency.wait_line("READY")

    finished = kubexit.run(actor, "fds", DEATH_DEPS="db", BIRTH_DEPS="db:born")

    assert descriptors(finished.stdout) == {0, 1, 2}


@pytest.mark.behaviour("surroundings-unchanged")
def test_what_was_handed_to_us_is_handed_on(kubexit: Kubexit, actor: str) -> None:
    """Descriptors that kubexit was given without close-on-exec reach the command (socket activation)."""
    read_end, write_end = os.pipe()
    try:
        finished = kubexit.run(actor, "fds", pass_fds=[read_end, write_end], DEATH_DEPS="db")
    finally:
        os.close(read_end)
        os.close(write_end)

    assert descriptors(finished.stdout) == {0, 1, 2, read_end, write_end}


@pytest.mark.behaviour("no-descriptor-inherited", "surroundings-unchanged")
@pytest.mark.parametrize("closed", [[0], [2], [0, 2]], ids=["stdin", "stderr", "both"])
def test_stdio_that_was_closed(kubexit: Kubexit, actor: str, closed: list[int]) -> None:
    """Stdio that was closed on entry is closed in the command, and no descriptor of kubexit takes its place.

    Fails when kubexit opens its own into the gap: log lines would go into the graveyard.
    """

    def close() -> None:
        for descriptor in closed:
            os.close(descriptor)

    finished = kubexit.run(actor, "fds", preexec_fn=close, DEATH_DEPS="db", LOG_LEVEL="debug")

    assert finished.code == 0
    assert descriptors(finished.stdout) == {0, 1, 2} - set(closed)
    assert set(kubexit.tombstone()) == {"Born", "Died", "ExitCode", "Life", "Probe"}


@pytest.mark.behaviour("no-descriptor-inherited", "readiness-probe-process")
def test_a_probe_gets_no_descriptor_for_a_closed_stderr(kubexit: Kubexit, actor: str) -> None:
    """A readiness probe gets kubexit's stderr as its output at debug; if that is closed, it gets no other descriptor.

    Fails when the gap is not filled: the signalfd has the number 2 then.
    """
    found = kubexit.folder / "found"
    probe = kubexit.folder / "probe"
    probe.write_text(f"#!/bin/sh\nreadlink /proc/self/fd/9 9>&1 >{found}.new; mv {found}.new {found}\n")
    probe.chmod(0o755)
    main = kubexit.start(
        actor, "plain", preexec_fn=lambda: os.close(2), LOG_LEVEL="debug", READY_EXEC=probe, READY_PERIOD="10ms"
    )
    kubexit.wait_tombstone("main", "Ready")
    main.signal(15)
    main.wait()

    assert "signalfd" not in found.read_text()


@pytest.mark.behaviour("many-descriptors-start-fast")
@pytest.mark.skipif(shutil.which("strace") is None, reason="COST OF A HUGE LIMIT NOT TESTED: there is no strace")
def test_huge_limit_costs_nothing(kubexit: Kubexit, actor: str) -> None:
    """With as many descriptors as the limit allows, the start needs no extra system calls.

    Fails when all possible descriptors are closed in a loop.
    """
    if not kubexit.is_native:
        pytest.skip("COST OF A HUGE LIMIT NOT TESTED in this form: the interpreter makes calls too")

    def calls(limit: int) -> int:
        log = kubexit.folder / f"strace-{limit}"
        settings = {"KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": str(kubexit.graveyard), "KUBEXIT_DEATH_DEPS": "db"}
        subprocess.run(
            ["strace", "-f", "-o", log, kubexit.path, actor, "exit", "0"],
            env={"PATH": os.environ["PATH"], **settings},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)),
            check=True,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
        return len(log.read_text().splitlines())

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert most > 1000

    # A busy machine makes some looks more; a loop would make hundreds of calls.
    assert abs(calls(most) - calls(256)) < 200
