"""Tombstones that are rewritten over and over are whole at every moment, as an independent eye sees them."""

import os
import threading

import pytest
import yaml

from harness.kubexit import Kubexit
from harness.observer import Observer

KEYS = {("Born", "Probe"), ("Born", "Died", "ExitCode", "Life", "Probe")}


def whole(text: bytes) -> bool:
    """A birth or a death, from its first byte to its last."""
    return text.endswith(b"\n") and tuple(yaml.load(text, yaml.BaseLoader)) in KEYS


def run(kubexit: Kubexit, rounds: int) -> None:
    """Lives one after the other over one name, read all the time."""
    seen: set[bytes] = set()
    looks = [0, 0]
    over = threading.Event()
    path = os.fsencode(kubexit.graveyard / "main")

    def read() -> None:
        while not over.is_set():
            try:
                file = os.open(path, os.O_RDONLY)
            except FileNotFoundError:
                looks[1] += 1
                continue
            seen.add(os.read(file, 65536))
            os.close(file)
            looks[0] += 1

    kubexit.graveyard.mkdir()
    eye = Observer(kubexit.graveyard, patience=0)
    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(rounds):
        life = kubexit.start("true", LOG_LEVEL="off")
        assert life.wait() == 0
        kubexit.started.remove(life)
        life.end()
        eye.so_far()  # or the kernel's queue would run full
    over.set()
    reader.join()

    assert [text for text in seen if not whole(text)] == []
    assert looks[0] > 0
    kinds = eye.of("main")
    assert set(kinds) == {"IN_MOVED_TO", "IN_DELETE"}
    assert kinds.count("IN_MOVED_TO") == 2 * rounds


@pytest.mark.behaviour("tombstone-appears-whole")
def test_readers_never_see_a_part(kubexit: Kubexit, rounds: int) -> None:
    """A reader that loops over the file never sees a part of it, and no event shows a write."""
    run(kubexit, rounds)


@pytest.mark.stress
@pytest.mark.timeout(0)
@pytest.mark.behaviour("tombstone-appears-whole")
def test_rewritten_many_times(kubexit: Kubexit, rounds: int) -> None:
    """The same STRESS_ROUNDS times."""
    run(kubexit, rounds)
