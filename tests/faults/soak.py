"""Pods that are disturbed at random: their containers exit, crash and are started again, and the disk is full.

The seed decides what a pod is and what happens to it, and when. `harness.random_pod` says what must hold in the end.
"""

import os
import random
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from harness.forms import FORMS
from harness.kubexit import Kubexit
from harness.random_pod import Pod
from harness.world import namespaces

PAGE = os.sysconf("SC_PAGE_SIZE")
DISK_PAGES = 64
LONGEST_FULL = 0.4  # seconds; a death is tried for one


@dataclass(frozen=True)
class Round:
    """What came of one pod."""

    seed: str
    wrong: str
    disturbed: int
    filled: int


class Disk:
    """The disk of the graveyard, which can be filled for a time."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._ballast = folder / "ballast"
        self._chance = chance
        self._until = 0.0
        self.filled = 0

    def turn(self) -> None:
        """Make room again when its time has come."""
        if self._until and time.monotonic() >= self._until:
            self._ballast.unlink()
            self._until = 0.0

    def fill(self) -> None:
        """Take all room that is left."""
        if self._until:
            return
        self._until = time.monotonic() + self._chance.uniform(0, LONGEST_FULL)
        self.filled += 1
        with self._ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * PAGE)
            except OSError:
                return

    def free(self) -> None:
        """Make room now."""
        self._until = self._until and 1.0
        self.turn()


def play(seed: str) -> Round:
    """Play one pod. In a mount namespace of this process, which is made at the first call."""
    chance = random.Random(seed)
    folder = Path(tempfile.mkdtemp(prefix="kubexit-soak-"))
    kubexit = Kubexit(FORMS["gate"], folder)
    kubexit.graveyard.mkdir()
    namespaces.private_mounts(namespaces.tmpfs(kubexit.graveyard, f"size={PAGE * DISK_PAGES}"))()
    pod = Pod(kubexit, 0, chance)
    disk = Disk(kubexit.graveyard, chance)
    disturbed = chance.randint(2, 12)
    wrong = ""
    try:
        for _ in range(disturbed):
            _disturb(pod, disk, chance)
        disk.free()
        pod.check_settled(seed)
    except AssertionError as error:
        wrong = str(error)
    finally:
        pod.end()
        kubexit.end()
        namespaces.unmount(kubexit.graveyard)
        shutil.rmtree(folder, ignore_errors=True)
    return Round(seed, wrong, disturbed, disk.filled)


def _disturb(pod: Pod, disk: Disk, chance: random.Random) -> None:
    """Let the pod live for a moment, then end a container, or fill the disk."""
    until = time.monotonic() + chance.uniform(0, 0.15)
    while time.monotonic() < until:
        disk.turn()
        pod.turn()
    if chance.random() < 0.3:
        pod.has_been_full = True
        disk.fill()
    else:
        pod.disturb()
