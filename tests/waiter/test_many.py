"""Many waiters against one API server."""

import pytest

from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, ready
from harness.waiter_in_pod import Waiter

WAITING = pod("main", "db")
MANY = 50


@pytest.mark.stress
@pytest.mark.behaviour("broken-streams-reopened", "busy-server-not-crowded")
def test_do_not_come_back_in_step(api: ApiServer, waiter: Waiter) -> None:
    """Fifty waiters whose server restarts come back spread out, and all of them come back.

    Fails without jitter: all lists of a round arrive within a few milliseconds.
    """
    api.show(WAITING)
    started = [waiter.start("db") for _ in range(MANY)]
    api.wait_asked(MANY, "watch", timeout=60)
    api.refuse()
    for one in started:
        one.wait_line("list.*refused.*next try", "stderr")
    before = len(api.asked("list"))
    api.listen()
    times = sorted(request.at for request in api.wait_asked(before + MANY, "list", timeout=60)[before:])
    api.show(ready(WAITING, "db"))

    assert [one.wait(60) for one in started] == [0] * MANY
    assert max(sum(at <= other < at + 0.05 for other in times) for at in times) < MANY / 2
    assert times[-5] - times[4] > 0.3
