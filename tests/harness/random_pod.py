"""Pods of two to four containers with random dependencies, whose containers exit, crash and are started again.

A small kubelet starts a container again as the pod's policy says, after a random pause. When nothing disturbs the pod
any longer, every container must run or have ended for good, and what runs must be allowed to: no order of restarts
hangs, and no death is missed.
"""

import contextlib
import os
import random
import signal
import time
from dataclasses import dataclass, field
from typing import Any

from . import processes
from .graveyard import read
from .kubexit import Kubexit
from .supervised import Supervised

REBIRTH, BIRTH = 0.4, 0.8  # seconds
ALARM = 25.0
LONGEST_PAUSE = 0.08  # before a container is started again
MOST_STARTS = 12  # of one container: then the kubelet's pauses are longer than this test
NAMES = ("a", "b", "c", "d")
ENDS = {"USR1": 1, "USR2": 0}  # what the command exits with at a signal


@dataclass
class Container:
    """A container of the pod: its settings, its present life, and how the last one ended."""

    name: str
    deaths: dict[str, str]  # name: condition
    policy: str
    births: list[str]
    code_at_term: int  # 143: the kubelet starts it again after a stop, although what it depends on may be dead
    life: Supervised | None = None
    due: float = 0.0  # when it is started (again)
    code: int | None = None  # of the last life
    killed: bool = False  # the last life got SIGKILL
    crashed: bool = False  # by which it left no death
    starts: int = 0
    story: list[str] = field(default_factory=list)

    def settings(self) -> dict[str, Any]:
        listed = ",".join(f"{name}:{condition}" for name, condition in self.deaths.items())
        made = {"REBIRTH_TIMEOUT": f"{REBIRTH}s", "BIRTH_TIMEOUT": f"{BIRTH}s"}
        if listed:
            made |= {"DEATH_DEPS": listed, "DEATH_POLICY": self.policy}
        if self.births:
            made["BIRTH_DEPS"] = ",".join(f"{name}:born" for name in self.births)
        return made

    @property
    def runs(self) -> bool:
        """Whether its command runs."""
        return self.life is not None and "READY" in self.life.stdout

    @property
    def ended(self) -> bool:
        """Whether it has ended for good."""
        return self.life is None and self.due == float("inf")

    def died_as(self, condition: str) -> bool:
        """Whether its last life, after which it is not started again, ended in this way."""
        return condition == "died" or (condition == "failed") == (self.crashed or self.code != 0)


class Pod:
    """The pod and its kubelet."""

    def __init__(self, kubexit: Kubexit, number: int, chance: random.Random) -> None:
        self._kubexit = kubexit
        self.graveyard = kubexit.graveyard / str(number)
        """The folder that its containers share."""
        self.graveyard.mkdir(parents=True)
        self.has_been_full = False
        """Whether the disk of the graveyard was full for a time."""
        self._chance = chance
        self.restart = chance.choice(["Always", "OnFailure", "OnFailure", "Never"])
        names = NAMES[: chance.randint(2, 4)]
        self.containers = {name: self._container(name, names) for name in names}

    def _container(self, name: str, names: tuple[str, ...]) -> Container:
        others = [other for other in names if other != name]
        deaths = {other: self._condition() for other in others if self._chance.random() < 0.6}
        births = [other for other in others if other < name and self._chance.random() < 0.3]
        policy = self._chance.choice(["any", "any", "all"])
        return Container(name, deaths, policy, births, self._chance.choice([0, 143]), due=self._chance.uniform(0, 0.03))

    def _condition(self) -> str:
        return self._chance.choice(["died", "died", "failed", "succeeded"])

    def turn(self) -> None:
        """What a kubelet does: notice ends, start what is due."""
        now = time.monotonic()
        for container in self.containers.values():
            if container.life is not None and container.life.process.poll() is not None:
                self._take_end(container, now)
            if container.life is None and now >= container.due:
                self._start(container)
        time.sleep(0.003)

    def _take_end(self, container: Container, now: float) -> None:
        assert container.life is not None
        container.life.wait()
        stone = read(self.graveyard / container.name) or {}
        if "Died" not in stone and self.has_been_full:
            container.crashed |= "cannot write tombstone" in container.life.stderr  # that is what its peers see
        container.crashed = container.crashed and "Died" not in stone  # else it ended just before
        container.code = 128 + signal.SIGKILL if container.crashed else stone["ExitCode"]
        container.story.append(f"{container.code}{' (killed)' * container.crashed}")
        again = self.restart == "Always" or (self.restart == "OnFailure" and container.code != 0)
        container.due = now + self._chance.uniform(0, LONGEST_PAUSE)
        if not again or container.starts >= MOST_STARTS:
            container.due = float("inf")
        self._check_end(container, container.life)
        self._kubexit.started.remove(container.life)
        container.life.end()
        container.life = None

    def _check_end(self, container: Container, life: Supervised) -> None:
        """A command that never started has a reason, in the log and in the exit code.

        A life that was killed before its kubexit ran says nothing, and leaves the death of the life before.
        """
        if not container.killed and not container.crashed and "command started" not in life.stderr:
            assert container.code in (0, 69, 143), (container, life.stderr)
            assert "the command will not start" in life.stderr, (container, life.stderr)

    def _start(self, container: Container) -> None:
        command = [self._kubexit.program(), "ready-then-wait"]
        for name, code in (ENDS | {"TERM": container.code_at_term}).items():
            command += ["--exit", f"{name}={code}"]
        container.killed = container.crashed = False
        container.starts += 1
        container.life = self._kubexit.start(
            *command, name=container.name, pid1=True, GRAVEYARD=self.graveyard, **container.settings()
        )

    def disturb(self) -> None:
        """End one container in one of several ways, if it runs."""
        container = self._chance.choice(list(self.containers.values()))
        if container.life is None or not (kubexit := processes.children(container.life.process.pid)):
            return
        how = self._chance.choice(["crash", "TERM", "USR1", "USR2"])
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            if how == "crash":
                os.kill(kubexit[0], signal.SIGKILL)
                container.killed = container.crashed = True
            elif how == "TERM":
                os.kill(kubexit[0], signal.SIGTERM)
            elif container.runs and (command := processes.children(kubexit[0])):
                os.kill(command[0], signal.Signals[f"SIG{how}"])

    def settled(self) -> bool:
        """Whether every container runs, with no stop under way, or has ended for good."""
        return all(one.runs or one.ended for one in self.containers.values()) and not self.missed()

    def missed(self) -> list[str]:
        """The containers that run although what they depend on has ended for good, in the way that is meant."""
        found = []
        for one in self.containers.values():
            dead = [
                self.containers[name].ended and self.containers[name].died_as(condition)
                for name, condition in one.deaths.items()
            ]
            if one.runs and dead and (any(dead) if one.policy == "any" else all(dead)):
                found.append(one.name)
        return found

    def tell(self) -> str:
        """All that is needed to understand a failure."""
        told = [f"restartPolicy: {self.restart}; missed: {self.missed()}"]
        for one in self.containers.values():
            told.append(f"{one.name} {one.settings()}: {one.story} starts {one.starts}, runs {one.runs}")
            if one.life is not None:
                told.append(one.life.stderr)
        return "\n".join(told)

    def check_settled(self, seed: str) -> None:
        """Leave the pod alone and wait until it is settled; AssertionError with the seed if it never is."""
        alarm = time.monotonic() + ALARM
        while not self.settled():
            self.turn()
            assert time.monotonic() < alarm, f"seed {seed!r}: not settled after {ALARM:g} s\n{self.tell()}"
        if self.restart == "Always":
            starved = [one.name for one in self.containers.values() if one.ended and one.starts < MOST_STARTS]
            assert not starved, f"seed {seed!r}\n{self.tell()}"

    def end(self) -> None:
        """End what runs."""
        for container in self.containers.values():
            if container.life is not None:
                self._kubexit.started.remove(container.life)
                container.life.end()
