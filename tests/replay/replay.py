"""One order of events of the model, repeated by real kubexits that take one step at a time."""

import math
import signal
import time
from collections.abc import Callable

from harness.kubexit import Kubexit
from harness.stepper import Stepper
from model.order import End, Order, Step

from .folder import Folder
from .life import Life, MismatchError, expect

NAMES = ("main", "sidecar")
NO_LIMIT = 3600.0


class SlowError(Exception):
    """The limit of a wait was over before the order came to it."""


class Replay:
    """Two containers in a graveyard. `limit` are the seconds of the waits that last as long as they can."""

    def __init__(self, kubexit: Kubexit, steps: Callable[..., Stepper], order: Order, limit: float) -> None:
        self._kubexit = kubexit
        self._steps = steps
        self._order = order
        self._limit = limit
        self._folder = Folder(kubexit.graveyard)
        self._lives: dict[int, Life] = {}
        self._number = 0

    def run(self) -> None:
        """Take all steps and compare the end. MismatchError has the steps up to the first that is not the model's;
        SlowError: only with a longer limit."""
        self._kubexit.graveyard.mkdir(parents=True)
        for name, left in zip(NAMES, self._order.left, strict=False):
            self._folder.leave(name, left)
        if self._order.cleared:
            self._clear()
        for number, step in enumerate(self._order.steps):
            self._number = number
            try:
                self._take(step)
            except AssertionError as error:
                if self._is_late():
                    raise SlowError from error
                raise MismatchError(f"{error}\n{self._story()}") from error
        for who, end in enumerate(self._order.end):
            self._compare_end(who, end)

    def _take(self, step: Step) -> None:
        """Take a step: by its whole word, by its word without a value, or as a system call."""
        word, _, value = step.what.rpartition("-")
        taken = TAKEN.get(step.what) or TAKEN.get(word)
        if taken is not None:
            taken(self, step.who, value)
        else:
            self._lives[step.who].make(step.what)

    def _start(self, who: int, _: str) -> None:
        other = NAMES[1 - who]
        ends = self._order.ends[who]
        settings = {"DEATH_DEPS": other + (":failed" if ends == "failed" else "")} if ends else {}
        limit = self._limit if self._reaches_limit(who) else NO_LIMIT
        self._lives[who] = Life(
            self._kubexit, self._steps, NAMES[who], other, REBIRTH_TIMEOUT=f"{limit:g}s", **settings
        )  # fmt: skip

    def _reaches_limit(self, who: int) -> bool:
        """Whether the life that is under way waits for as long as it can, from this step on."""
        later = self._order.steps[self._number :]
        return next((s.what for s in later if s.who == who and s.what in ("limit", "gone")), "") == "limit"

    def _looks(self, who: int, _: str) -> None:
        self._lives[who].look()

    def _holds_fifo(self, who: int, _: str) -> None:
        expect(f"the next call of {NAMES[who]}, which holds the FIFO", self._lives[who].at, "peer-stone")

    def _opens_fifo(self, who: int, value: str) -> None:
        other = 1 - who
        expect(f"FIFO of {NAMES[other]}", self._folder.fifo(NAMES[other], self._lives.get(other)), value)
        self._lives[who].make("peer-fifo")

    def _reads_stone(self, who: int, value: str) -> None:
        expect(f"tombstone of {NAMES[1 - who]}", self._folder.stone(NAMES[1 - who]), value)
        self._lives[who].make("peer-stone")

    def _sees_crash(self, who: int, _: str) -> None:
        self._lives[who].see_crash()

    def _acts(self, who: int, _: str) -> None:
        self._lives[who].act()

    def _puts_stone(self, who: int, value: str) -> None:
        self._lives[who].make("stone-put")
        expect(f"tombstone of {NAMES[who]}", self._folder.stone(NAMES[who]), value)

    def _writes_wait(self, who: int, value: str) -> None:
        """The limit of its wait begins when this is written, or later."""
        if self._reaches_limit(who):
            self._lives[who].wait_ends = time.monotonic() + self._limit
        self._puts_stone(who, value)

    def _command_succeeds(self, who: int, _: str) -> None:
        self._lives[who].end_command(signal.SIGUSR1)

    def _command_fails(self, who: int, _: str) -> None:
        self._lives[who].end_command(signal.SIGUSR2)

    def _reaches_end_of_wait(self, who: int, _: str) -> None:
        if self._is_late():
            raise SlowError
        self._lives[who].wait_ends = math.inf
        self._lives[who].sleep_through()

    def _is_late(self) -> bool:
        """Whether a wait can be over of which the order has not come to the end."""
        return any(time.monotonic() > life.wait_ends for life in self._lives.values())

    def _exits(self, who: int, value: str) -> None:
        """It is about to exit, and its tombstone says why: the other container, if that ended it."""
        life = self._lives[who]
        reason = str(self._folder.of_death(life.name, "Reason"))
        expect(f"the next call of {life.name}", life.at, "exit")
        expect(f"failure of {life.name}", self._folder.of_death(life.name, "ExitCode") != 0, value == "1")
        expect(f"{life.name} ended by the other one", reason.startswith(f"dependency {NAMES[1 - who]} "), life.acted)
        expect(f"{life.name} ended by a crash", "crashed" in reason, life.acted_on_crash)

    def _killed(self, who: int, _: str) -> None:
        self._lives[who].killed = True

    def _gone(self, who: int, _: str) -> None:
        life = self._lives.pop(who)
        if life.killed:
            life.kill()
        else:
            life.make("exit")
            expect(f"exit code of {life.name}", life.code, self._folder.of_death(life.name, "ExitCode"))
        self._compare_log(life)

    def _twin_is_alone(self, who: int, _: str) -> None:
        before = self._folder.files()
        twin = self._kubexit.run("true", name=NAMES[who])
        expect(f"exit code of a second {NAMES[who]}", twin.code, 0)
        expect(f"a second {NAMES[who]} says that it is one", "is already alive" in twin.stderr, True)
        expect("graveyard", self._folder.files(), before)

    def _clear(self) -> None:
        done = self._kubexit.run(options=["--clear", self._kubexit.graveyard], name=None, GRAVEYARD=None)
        expect("exit code of --clear", done.code, 0)
        expect("cleared graveyard", self._folder.files(), {})

    def _compare_end(self, who: int, end: End) -> None:
        name, life = NAMES[who], self._lives.get(who)
        if life is not None:
            life.rest()
            self._compare_log(life)
        expect(f"at the end {name} lives", life is not None, end.state in ("RUNS", "WAITS"))
        expect(f"at the end the tombstone of {name}", self._folder.stone(name), end.stone)
        expect(f"at the end the FIFO of {name}", self._folder.has_fifo(name), end.fifo)
        if end.stone == "DEAD":
            expect(f"at the end a failure of {name}", self._folder.of_death(name, "ExitCode") != 0, end.failed)

    def _compare_log(self, life: Life) -> None:
        """A crash that it has not seen is not in its log."""
        if not life.crash_seen:
            expect(f"{life.name} logs a crash", "crashed" in life.supervised.stderr, False)

    def _story(self) -> str:
        """The order's name, and its steps up to now."""
        steps = self._order.steps[: self._number + 1]
        return "\n".join([f"spin -T {self._order.name}", *(f"    {NAMES[step.who]} {step.what}" for step in steps)])


TAKEN = {
    "start": Replay._start,
    "looks": Replay._looks,
    "peer-fifo-HELD": Replay._holds_fifo,
    "peer-fifo": Replay._opens_fifo,
    "peer-stone": Replay._reads_stone,
    "peer-crashed": Replay._sees_crash,
    "acts": Replay._acts,
    "stone-WAITING": Replay._writes_wait,
    "stone-BORN": Replay._puts_stone,
    "stone-DEAD": Replay._puts_stone,
    "command-succeeds": Replay._command_succeeds,
    "command-fails": Replay._command_fails,
    "limit": Replay._reaches_end_of_wait,
    "exit": Replay._exits,
    "killed": Replay._killed,
    "gone": Replay._gone,
    "twin-is-alone": Replay._twin_is_alone,
}
"""How each step is taken that is not only a system call of that name."""
