"""The command starts with a clean mask and with the right dispositions."""

import os
import signal
from typing import Any

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form


def report(kubexit: Kubexit, actor: str, **keywords: Any) -> list[str]:
    """The actor's lines on blocked, pending and ignored signals."""
    return kubexit.run(actor, "mask", **keywords).stdout.splitlines()


@pytest.mark.behaviour("default-dispositions")
@pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])
def test_empty_mask_and_default_dispositions(kubexit: Kubexit, actor: str, own_group: bool) -> None:
    """The command starts with nothing blocked, nothing pending and nothing ignored (PIPE and XFSZ included)."""
    assert report(kubexit, actor, SIGNAL_GROUP=own_group, DEATH_DEPS="db") == []


@pytest.mark.behaviour("default-dispositions")
def test_mask_of_whoever_started_us(kubexit: Kubexit, actor: str) -> None:
    """Signals that were blocked on entry are not blocked in the command."""

    def block() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGCHLD, signal.SIGRTMIN])

    assert report(kubexit, actor, preexec_fn=block) == []


@pytest.mark.behaviour("default-dispositions")
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGRTMAX])
def test_ignored_on_entry_stays_ignored(kubexit: Kubexit, actor: str, number: signal.Signals) -> None:
    """A signal that was ignored on entry is ignored in the command (nohup)."""
    lines = report(kubexit, actor, preexec_fn=lambda: signal.signal(number, signal.SIG_IGN))

    assert lines == [f"ignored {int(number)}"]


@pytest.mark.behaviour("default-dispositions")
@pytest.mark.parametrize("number", [signal.SIGPIPE, signal.SIGXFSZ])
def test_what_an_interpreter_ignores_stays_ignored(kubexit: Kubexit, actor: str, number: signal.Signals) -> None:
    """SIGPIPE and SIGXFSZ stay ignored too, unless an interpreter runs first: it ignores both in any case."""
    if not kubexit.is_native:
        pytest.skip("SIGPIPE AND SIGXFSZ NOT TESTED in this form: the interpreter ignores both")

    lines = report(kubexit, actor, preexec_fn=lambda: signal.signal(number, signal.SIG_IGN))

    assert lines == [f"ignored {int(number)}"]


@pytest.mark.behaviour("default-dispositions")
def test_ignored_signal_is_forwarded_all_the_same(kubexit: Kubexit, actor: str) -> None:
    """A signal that was ignored on entry still reaches a command that handles it."""
    supervised = kubexit.start(
        actor, "ready-then-wait", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    )
    supervised.wait_line("READY")
    supervised.signal(signal.SIGHUP)

    supervised.wait_line("SIGNAL HUP")


@pytest.mark.behaviour("default-dispositions")
def test_pending_on_entry_is_not_lost(kubexit: Kubexit, actor: str) -> None:
    """A signal that was pending when kubexit was executed reaches the command."""

    def block_and_be_sent_one() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        if os.fork() == 0:
            os.kill(os.getppid(), signal.SIGUSR1)
            os._exit(0)
        os.wait()

    if not kubexit.is_native:
        pytest.skip("EARLY SIGNALS NOT TESTED in this form: until the supervisor runs, the interpreter gets them")

    assert kubexit.run(actor, "plain", preexec_fn=block_and_be_sent_one).code == 128 + signal.SIGUSR1
