"""No process outlives a kubexit that was killed."""

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.waiting import eventually

pytestmark = pytest.mark.every_form


@pytest.mark.behaviour("parent-death-kills-command")
def test_killing_kubexit_kills_its_command(kubexit: Kubexit, actor: str) -> None:
    """SIGKILL of kubexit also ends its command, which ignores everything else."""
    supervised = kubexit.start(actor, "ready-then-wait")
    supervised.wait_line("READY")
    command = supervised.command_pid()
    supervised.kill()

    eventually(lambda: not processes.alive(command), "the command died with kubexit")


@pytest.mark.behaviour("parent-death-kills-command")
def test_command_in_the_moment_of_its_birth(kubexit: Kubexit, actor: str) -> None:
    """A SIGKILL between fork and exec ends the command too: the child looks for its parent again.

    Fails when a child sets its parent-death signal and does not look: a parent that died before is never noticed.
    """
    for number in range(20):
        supervised = kubexit.start(actor, "plain", name=f"main-{number}")
        child = supervised.command_pid()
        supervised.kill()
        eventually(lambda: not processes.alive(child), "the child died with kubexit")  # noqa: B023


@pytest.mark.behaviour("parent-death-kills-command")
def test_killing_kubexit_kills_its_waiter(kubexit: Kubexit, actor: str) -> None:
    """SIGKILL of kubexit also ends its waiter."""
    waiter = kubexit.folder / "waiter"
    waiter.write_text(f"#!/bin/sh\nexec {actor} ready-then-wait\n")
    waiter.chmod(0o755)
    supervised = kubexit.start(
        actor, "exit", "0", waiter=waiter, BIRTH_DEPS="db", POD_NAME="pod", NAMESPACE="default", BIRTH_TIMEOUT="1h"
    )
    child = supervised.command_pid()
    supervised.kill()

    eventually(lambda: not processes.alive(child), "the waiter died with kubexit")
