"""A life of one kubexit in a pod, with one fault somewhere in it, and what was seen of it from outside."""

import errno
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import processes
from harness.faulter import Faulter, Place
from harness.forms import FORMS
from harness.graveyard import read
from harness.kubexit import Kubexit
from harness.servers.webserver import WebServer
from harness.supervised import Supervised
from harness.waiting import eventually

ALARM = 30.0  # seconds, if a hang is not seen before
MANY_SLEEPS = 8  # with a time limit, while nothing else happens: nothing will
KILLED = 137  # what faulter exits with after SIGKILL, and the exit code of a killed command
SLEEPS = ("nanosleep", "clock_nanosleep")
COMMAND_ENDS = ["--exit", "TERM=7", "--exit", "USR1=3"]


class HangError(Exception):
    """A supervisor waits for what will not come."""


@dataclass
class Story:
    """What was seen."""

    code: int
    stone: dict[str, Any]
    has_fifo: bool
    said: str
    printed: str
    witness: str  # why the witness ended, as its tombstone has it; empty if the driver ended it
    seconds: float  # from the end of the subject to that of the witness
    crash_shown: bool  # when the witness was started, the graveyard showed a crash of an earlier run
    again: str  # what is wrong with the next run, after a crash; empty if all is well
    others: dict[str, int]  # the exit codes of the other containers
    left: list[str]  # processes that the pod left behind
    places: list[Place] = field(default_factory=list)
    happened: bool = False
    stopped: bool = False


class Pod:
    """A subject, whose calls are followed, and the containers around it."""

    def __init__(self, folder: Path, faulter: Faulter) -> None:
        self.kubexit = Kubexit(FORMS["gate"], folder)
        self.faulter = faulter
        self.subject: Supervised | None = None
        self.peers: dict[str, Supervised] = {}
        self.web: WebServer | None = None
        self.crash_shown = False
        self._went_on = self._resumed = False
        self._before = set(processes.children(os.getpid()))

    def peer(self, name: str, **settings: Any) -> Supervised:
        """Start a container whose command runs until SIGTERM, and wait until it runs."""
        container = self.start(name, **settings)
        container.wait_line("^READY$")
        return container

    def start(self, name: str, **settings: Any) -> Supervised:
        """Start it without waiting."""
        command = [self.kubexit.program(), "ready-then-wait", "--exit", "TERM=0"]
        self.peers[name] = self.kubexit.start(*command, name=name, **settings)
        return self.peers[name]

    def born(self, name: str, **settings: Any) -> Supervised:
        """The same, and wait until its birth is written."""
        container = self.peer(name, **settings)
        self.kubexit.wait_tombstone(name, "Born")
        return container

    def begin(self, **settings: Any) -> None:
        """Start the subject. If it will be stopped, it does not poll: an event that it misses is lost."""
        if self.faulter.action == "stop":
            settings["POLL_INTERVAL"] = "0"
        command = [self.kubexit.program(), "ready-then-wait", *COMMAND_ENDS]
        self.subject = self.kubexit.start(*command, name="main", steps=self.faulter, **settings)

    def serve(self) -> WebServer:
        """A web server that answers 200 to everything."""
        self.web = WebServer().listen()
        return self.web

    def signal(self, number: int) -> None:
        """Send a signal to the subject, if it is there."""
        if not self.ended:
            os.kill(self.faulter.pid, number)

    def signals_read(self) -> int:
        """How often it has read signals."""
        return sum(place.call == "read" and "signalfd" in place.file for place in self.faulter.places)

    def close(self) -> None:
        """End what is left."""
        self.kubexit.end()
        if self.web is not None:
            self.web.close()

    @property
    def ended(self) -> bool:
        return self.subject is not None and self.subject.process.poll() is not None

    @property
    def runs(self) -> bool:
        """Whether the command of the subject has begun."""
        return self.subject is not None and "READY" in self.subject.stdout

    @property
    def is_born(self) -> bool:
        """Whether that is also written."""
        return self.runs and "Born" in (self.kubexit.tombstone() or {})

    def until(self, fact: Callable[[], object], what: str) -> None:
        """Wait for a fact, or for the end of the subject; HangError if neither will come.

        If the subject is stopped, return once without the fact: the others continue, and the next call resumes it.
        """
        if self._went_on:
            self._resume()
        deadline = time.monotonic() + ALARM
        calls = self.faulter.count("ppoll")
        while True:
            self.faulter.take()
            if fact() or self.ended:
                return
            if self.faulter.stopped and not self._went_on:
                self._went_on = True
                return
            idles = self._sleeps_for_ever() or self.faulter.count("ppoll") > calls + MANY_SLEEPS
            if idles and not fact() and not self.ended:  # not in the moment before
                raise HangError(f"waits for nothing: {what}; last call: {self._last()}\n{self._seen()}")
            if time.monotonic() > deadline:
                raise HangError(f"not in {ALARM:g} s: {what}; last call: {self._last()}\n{self._seen()}")
            time.sleep(0.001)

    def _resume(self) -> None:
        """Let a stopped subject continue."""
        if not self._resumed:
            self._resumed = True
            os.kill(self.faulter.pid, signal.SIGCONT)

    def _sleeps_for_ever(self) -> bool:
        """Whether the subject is in a call without a limit of time, and nothing in the pod runs that could end it."""
        last = self._last()
        if last is None or last.task or last.call in SLEEPS or last.file == "timed":
            return False
        before = self._sleepers()
        if before is None:
            return False
        time.sleep(0.05)
        self.faulter.take()
        return last == self._last() and before == self._sleepers()

    def _sleepers(self) -> list[str] | None:
        """How often each process of the pod has gone to sleep; None if one of them runs."""
        kubexits = [self.faulter.pid, *(peer.pid for peer in self.peers.values() if peer.process.poll() is None)]
        pids = [*kubexits, *(child for pid in kubexits for child in processes.children(pid))]
        found = [processes.status(pid) for pid in pids]
        if any(status.get("State", "S")[0] != "S" for status in found):
            return None
        return [status.get("voluntary_ctxt_switches", "") for status in found]

    def _last(self) -> Place | None:
        return self.faulter.places[-1] if self.faulter.places else None

    def _seen(self) -> str:
        if self.subject is None:
            return ""
        children = [f"{_command(pid)}: {processes.state(pid)}" for pid in processes.children(self.faulter.pid)]
        return f"its children: {children}; printed: {self.subject.stdout!r}\n{self.subject.stderr}"

    def finish(self) -> Story:
        """Wait for the end of the subject, then for what the witness does; end all others."""
        while not self.ended:
            self.until(lambda: False, "the subject ends")
        assert self.subject is not None
        code = self.subject.wait()
        stone = self.kubexit.tombstone() or {}
        has_fifo = (self.kubexit.graveyard / ".main.alive").exists()
        began = time.monotonic()
        if "Died" in stone or has_fifo:
            self.peers["witness"].wait(ALARM)
        seconds = time.monotonic() - began
        reason = (read(self.kubexit.graveyard / "witness") or {}).get("Reason", "")
        others = {name: self._end(peer) for name, peer in self.peers.items()}
        left = self._left()
        again = self._again() if code == KILLED else ""
        self.faulter.take()
        return Story(
            code=code,
            stone=stone,
            has_fifo=has_fifo,
            said=self.subject.stderr,
            printed=self.subject.stdout,
            witness=str(reason),
            others=others,
            seconds=seconds,
            crash_shown=self.crash_shown,
            again=again,
            left=left,
            places=self.faulter.places,
            happened=self.faulter.happened,
            stopped=self.faulter.stopped,
        )

    def _again(self) -> str:
        """Start the subject again, as a kubelet does after a crash; return what is not as in a first run."""
        finished = self.kubexit.run("true", name="main")
        files = sorted(path.name for path in self.kubexit.graveyard.iterdir() if "main" in path.name)
        code = (self.kubexit.tombstone() or {}).get("ExitCode")
        if (finished.code, code, files) != (0, 0, ["main"]):
            return f"exit code {finished.code}, in the tombstone {code}, files {files}\n{finished.stderr}"
        return ""

    def _left(self) -> list[str]:
        """What the pod leaves behind: a command ends a moment after its kubexit, by the kernel's SIGKILL."""
        deadline = time.monotonic() + 2
        while True:
            alive = [pid for pid in set(processes.children(os.getpid())) - self._before if processes.alive(pid)]
            if not alive or time.monotonic() > deadline:
                return [_command(pid) for pid in alive]
            time.sleep(0.001)

    def _end(self, peer: Supervised) -> int:
        """End a peer once it runs: before it has blocked its signals, SIGTERM would end it without a word."""
        eventually(lambda: "READY" in peer.stdout or peer.process.poll() is not None, "a peer runs or has ended")
        if peer.process.poll() is None:
            peer.signal(signal.SIGTERM)
        return peer.wait()


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def is_alone(fifo: Path) -> bool:
    """Whether this is a FIFO that no process reads."""
    try:
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
    except FileNotFoundError:
        return False
    except OSError as error:
        return error.errno == errno.ENXIO
    return False


@dataclass(frozen=True)
class Life:
    """A script for the subject and its pod: `steps` plays it up to the end of the subject."""

    name: str
    code: int  # what the subject exits with if nothing fails
    steps: Callable[[Pod], None]
    codes_if_late: tuple[int, ...] = ()  # if it was stopped meanwhile

    def play(self, folder: Path, place: Place | None = None, action: str = "none") -> Story:
        """Play it once."""
        faulter = Faulter(place, action)
        (folder / "graveyard").mkdir()
        pod = Pod(folder, faulter)
        try:
            self.steps(pod)
            return pod.finish()
        finally:
            pod.close()
            faulter.close()


def dependent(pod: Pod) -> None:
    """It waits until db is born, and is stopped when db dies."""
    pod.peer("witness", DEATH_DEPS="main")
    wait = {"BIRTH_DEPS": "db:born", "BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "infinite"}
    pod.begin(**wait, DEATH_DEPS="db", GRACE_PERIOD="1s")
    pod.until(lambda: pod.faulter.count("ppoll"), "the subject waits for its birth")
    db = pod.born("db")
    pod.until(lambda: pod.runs, "the subject starts its command")
    db.signal(signal.SIGTERM)
    db.wait()


def restarted(pod: Pod) -> None:
    """Its predecessor was killed; it runs until its command exits by itself."""
    killed = pod.kubexit.start(pod.kubexit.program(), "ready-then-wait", name="main")
    pod.kubexit.wait_tombstone("main", "Born")
    killed.kill()
    pod.begin()
    pod.until(lambda: pod.is_born, "the birth is written")
    pod.crash_shown = is_alone(pod.kubexit.graveyard / ".main.alive")
    witness = pod.start("witness", DEATH_DEPS="main")
    pod.until(lambda: pod.is_born and ("READY" in witness.stdout or pod.crash_shown), "the witness runs")
    for command in processes.children(pod.faulter.pid):
        os.kill(command, signal.SIGUSR1)


def asked(pod: Pod) -> None:
    """It is ready by a probe; SIGTERM waits until db has ended, and at the end it asks another container to quit."""
    web = pod.serve()
    pod.peer("witness", DEATH_DEPS="main")
    db = pod.born("db")
    pod.begin(READY_TCP=web.port, TERM_AFTER="db", QUIT_POST=web.url("/quit"), GRACE_PERIOD="2s")
    pod.until(lambda: pod.runs and "Ready" in (pod.kubexit.tombstone() or {}), "it is ready")
    read = pod.signals_read()
    pod.signal(signal.SIGTERM)
    pod.until(lambda: pod.signals_read() > read, "it reads the signal")
    db.signal(signal.SIGTERM)
    db.wait()
    if pod.faulter.place is not None and pod.faulter.place.call == "kill":
        pod.until(lambda: pod.faulter.count("kill"), "it forwards the signal")
        pod.signal(signal.SIGTERM)  # the command may not have got the first one; another is forwarded at once


# A dependent that looks when db has died already does not start its command: a death dependency is dead (0), or a birth
# dependency will not come (69). One that is asked to stop before its command runs does not start it either (143).
LIVES = {
    life.name: life
    for life in (
        Life("dependent", 7, dependent, (0, 69)),
        Life("restarted", 3, restarted),
        Life("asked", 7, asked, (143,)),
    )
}
