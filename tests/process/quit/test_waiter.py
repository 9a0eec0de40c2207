"""Quit requests that need TLS or a name resolved are the waiter's, all of them in one process."""

import re
from collections.abc import Callable

import pytest

from harness import processes
from harness.containers import lines
from harness.kubexit import Kubexit
from harness.servers.webserver import WebServer
from harness.waiters import Waiter
from harness.waiting import eventually

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("quit-requests")]

Web = Callable[..., WebServer]
FOREIGN = "https://127.0.0.1:1/a"
NAMED = "127.1"  # 127.0.0.1 to a resolver, and no IP literal


def test_the_waiter_is_told_what_to_ask(kubexit: Kubexit, web: Web) -> None:
    """It gets kubexit's name, its time limit, and what to ask and how; it does not get what kubexit asks itself."""
    waiter = Waiter(kubexit.folder, f"cat {kubexit.graveyard}/main >&2")
    native = web()
    finished = kubexit.run(
        "sh",
        "-c",
        "exit 3",
        waiter=waiter,
        QUIT_POST=f"{FOREIGN}, {native.url()} ,http://proxy:8080/b?x=1#y",
        QUIT_GET="https://proxy/c",
        QUIT_TIMEOUT="1h",
    )

    assert finished.code == 3
    (words,) = waiter.starts
    said = re.fullmatch(r"--name main --quit-seconds (\S+) (.*)", words)
    assert said is not None
    assert 3500 < float(said[1]) <= 3600
    assert said[2] == f"--post {FOREIGN} --post http://proxy:8080/b?x=1#y --get https://proxy/c"
    assert len(native.requests) == 1
    assert "ExitCode: 3" in finished.stderr


def test_sixteen_long_urls_arrive_whole(kubexit: Kubexit) -> None:
    """Sixteen URLs of 2000 bytes reach it whole."""
    waiter = Waiter(kubexit.folder, "")
    urls = [f"https://proxy/{number:02}".ljust(2000, "x") for number in range(16)]
    kubexit.run("true", waiter=waiter, QUIT_GET=",".join(urls))

    assert waiter.starts[0].split()[4:] == [word for url in urls for word in ("--get", url)]


def test_no_waiter_starts_without_need(kubexit: Kubexit, web: Web) -> None:
    """Where nothing needs it no interpreter is started at a container's end."""
    waiter = Waiter(kubexit.folder, "")
    kubexit.run("true", waiter=waiter, QUIT_POST=web().url(), QUIT_GET=web().url("/", "localhost"))

    assert waiter.starts == []


@pytest.mark.parametrize("code", [1, 70, 143])
def test_a_failing_waiter_is_a_warning(kubexit: Kubexit, code: int) -> None:
    """A waiter that fails is a warning; the code stays the command's."""
    finished = kubexit.run("sh", "-c", "exit 3", waiter=Waiter(kubexit.folder, f"exit {code}"), QUIT_POST=FOREIGN)

    assert finished.code == 3
    (line,) = lines(finished.stderr, "warn")
    assert f"exited with {code}; kubexit's exit code stays 3" in line


def test_it_cannot_be_started(kubexit: Kubexit) -> None:
    """So is one that is not there, as in an image without Python."""
    finished = kubexit.run("sh", "-c", "exit 3", waiter="/no/such/waiter", QUIT_POST=FOREIGN)

    assert finished.code == 3
    assert "/no/such/waiter" in finished.stderr
    assert len(lines(finished.stderr, "warn")) == 1


@pytest.mark.behaviour("quit-requests-never-delay-sigkill", "parent-death-kills-command")
def test_a_hanging_waiter_is_killed_with_its_children(kubexit: Kubexit) -> None:
    """At the end of the time it gets SIGKILL, with all processes that it has started."""
    pids = kubexit.folder / "pids"
    waiter = Waiter(kubexit.folder, f"sleep 1000 & echo $! $$ > {pids}; wait")
    main = kubexit.start("sh", "-c", "exit 3", waiter=waiter, QUIT_POST=FOREIGN, QUIT_TIMEOUT="1h")
    mine = [int(pid) for pid in eventually(lambda: pids.exists() and pids.read_text(), "it has started").split()]
    main.signal(15)

    assert main.wait() == 3
    assert "the quit requests of the waiter did not finish in time; kubexit's exit code stays 3" in main.stderr
    eventually(lambda: not any(map(processes.alive, mine)), "both have ended")


@pytest.mark.behaviour("default-dispositions", "nothing-of-the-wait-remains")
def test_the_waiter_starts_clean(kubexit: Kubexit, actor: str) -> None:
    """It starts with nothing blocked and no descriptor of kubexit."""
    waiter = Waiter(kubexit.folder, f"{actor} fds; {actor} mask")
    finished = kubexit.run("true", waiter=waiter, QUIT_POST=FOREIGN)

    assert [line for line in finished.stderr.splitlines() if line.startswith("fd ")] == ["fd 0", "fd 1", "fd 2"]
    assert "blocked" not in finished.stderr
    assert finished.stdout == ""
