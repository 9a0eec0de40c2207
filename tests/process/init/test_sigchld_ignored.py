"""kubexit works when the process that started it ignored SIGCHLD."""

import signal

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form


def ignore() -> None:
    """Ignore SIGCHLD between fork and exec."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


@pytest.mark.behaviour("ignored-sigchld")
def test_command_is_waited_for(kubexit: Kubexit, actor: str) -> None:
    """kubexit sees its command's end and code, although the kernel was asked to discard them.

    Fails when the disposition is left as it came: kubexit never learns of the end (tini hangs).
    """
    assert kubexit.run(actor, "exit", "5", preexec_fn=ignore).code == 5


@pytest.mark.behaviour("default-dispositions", "ignored-sigchld")
def test_command_gets_what_came_in(kubexit: Kubexit, actor: str) -> None:
    """The command has SIGCHLD ignored, as it would without kubexit."""
    assert kubexit.run(actor, "mask", preexec_fn=ignore).stdout == "ignored 17\n"


@pytest.mark.behaviour("orphans-keep-command-status", "ignored-sigchld")
def test_orphans_are_reaped_with_sigchld_ignored(kubexit: Kubexit, actor: str) -> None:
    """Orphans are collected although SIGCHLD was ignored."""
    assert kubexit.run(actor, "orphans", "100", "--exit", "7", preexec_fn=ignore).code == 7
