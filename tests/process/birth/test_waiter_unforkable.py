"""If the system refuses a process for the waiter, kubexit tries again, less and less often."""

import resource
from datetime import datetime
from itertools import pairwise

import pytest

from harness.kubexit import Kubexit
from harness.waiters import Waiter
from harness.world import namespaces

NOBODY_ELSE = 54_321


def no_process() -> None:
    """Change to a user that may not have one more process, between fork and exec."""
    namespaces.user(NOBODY_ELSE, NOBODY_ELSE)()
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


@pytest.mark.behaviour("signal-during-birth-wait", "broken-streams-reopened")
def test_pauses_between_forks_grow(kubexit: Kubexit) -> None:
    """Each pause is twice as long as the one before: a node without processes is not kept busy, nor is the log filled.

    The wait is still one: a SIGTERM ends it.
    """
    namespaces.require_other_users(kubexit.path)
    kubexit.open_to_all()
    waiter = Waiter(kubexit.folder, "exit 0")
    settings = {"BIRTH_DEPS": "db", "BIRTH_TIMEOUT": "infinite", "POD_NAME": "pod", "NAMESPACE": "ns"}
    app = kubexit.start("echo", "BORN", name="app", waiter=waiter, preexec_fn=no_process, **settings)
    found = [
        app.wait_line(r"^(\S+) warn .*cannot start the waiter", stream="stderr", count=count) for count in (1, 2, 3)
    ]
    app.signal(15)

    assert app.wait() == 143
    assert (app.stdout, waiter.starts) == ("", [])
    times = [datetime.fromisoformat(match[1]) for match in found]
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    assert pauses[0] >= 0.05
    assert pauses[1] >= 0.1
