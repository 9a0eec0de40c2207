"""Log lines without a reader are counted, and the count is logged when a process reads again."""

import fcntl
import json
import os
import re
import select
import signal
from collections.abc import Iterator

import pytest

from harness.kubexit import Kubexit
from harness.waiting import ALARM

pytestmark = pytest.mark.every_form


class Reader:
    """Both ends of a small pipe that has no room left, and what is read from it."""

    def __init__(self) -> None:
        self._end, self.inside = os.pipe()
        fcntl.fcntl(self.inside, fcntl.F_SETPIPE_SZ, 4096)
        os.set_blocking(self.inside, False)
        os.write(self.inside, b"\n" * fcntl.fcntl(self.inside, fcntl.F_GETPIPE_SZ))
        os.set_blocking(self.inside, True)
        self._text = b""

    def read(self) -> list[str]:
        """The whole lines so far, as soon as there is one more."""
        ready, _, _ = select.select([self._end], [], [], ALARM)
        assert ready, self._text
        self._text += os.read(self._end, 65536)
        return [line.decode() for line in self._text.split(b"\n")[:-1] if line]

    def close(self) -> None:
        os.close(self._end)
        os.close(self.inside)


@pytest.fixture
def reader() -> Iterator[Reader]:
    opened = Reader()
    yield opened
    opened.close()


def told(kubexit: Kubexit, actor: str, reader: Reader, log_format: str) -> str:
    """The lines of a run whose log was not read for a while, up to the one after the report."""
    supervised = kubexit.start(
        actor, "ready-then-wait", "--exit", "TERM=0", stderr=reader.inside, LOG_LEVEL="debug", LOG_FORMAT=log_format
    )
    supervised.wait_line("READY")
    for count in range(1, 6):
        supervised.signal(signal.SIGUSR1)
        supervised.wait_line("SIGNAL USR1", count=count)
    assert reader.read() == []
    supervised.signal(signal.SIGTERM)
    assert supervised.wait() == 0
    lines = reader.read()
    (report,) = [line for line in lines if "lost" in line]
    assert report == lines[0]
    assert len(lines) > 1
    return report


@pytest.mark.behaviour("full-stderr-does-not-delay", "log-lines")
def test_one_line_counts_the_lost_lines(kubexit: Kubexit, actor: str, reader: Reader) -> None:
    """One line, a warning like any other, says how many lines were lost."""
    report = told(kubexit, actor, reader, "text")

    line = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z warn kubexit\[main\]: (\d+) log lines were lost: .*"
    assert (found := re.fullmatch(line, report)), report
    assert int(found[1]) >= 5


@pytest.mark.behaviour("full-stderr-does-not-delay", "log-lines")
def test_the_count_is_a_json_object_too(kubexit: Kubexit, actor: str, reader: Reader) -> None:
    """As JSON it is an object like any other."""
    report = json.loads(told(kubexit, actor, reader, "json"))

    assert list(report) == ["time", "level", "name", "message"]
    assert report["level"] == "warn"
    assert "log lines were lost" in report["message"]
