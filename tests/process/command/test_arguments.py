"""Every word after the command reaches it byte for byte."""

import os

import pytest

from harness.kubexit import Kubexit
from harness.supervised import Finished

pytestmark = pytest.mark.every_form

WORDS = [
    b"", b" ", b"two words", b"caf\xe9", bytes(range(1, 256)), b"--help", b"--version", b"--", b"-", b"-x=\n", b"$HOME",
    b"*", b"'\"", "naïve ☃".encode(), b"x" * 100_000,
]  # fmt: skip


def received(finished: Finished) -> list[bytes]:
    """The command's argv."""
    words = os.fsencode(finished.stdout).split(b"\0")
    assert words.pop() == b""
    return words


@pytest.mark.behaviour("arguments-unchanged")
def test_byte_for_byte(kubexit: Kubexit, actor: str) -> None:
    """Arguments arrive unchanged: empty, not UTF-8, very long, and ones that look like kubexit's."""
    finished = kubexit.run(actor, "dump-args", *WORDS)

    assert received(finished) == [actor.encode(), b"dump-args", *WORDS]


@pytest.mark.behaviour("arguments-unchanged")
def test_separator_is_taken_once(kubexit: Kubexit, actor: str) -> None:
    """`--` in front of the command is taken away; a second one is the command's."""
    finished = kubexit.run(actor, "dump-args", "--", "--", options=["--"])

    assert received(finished) == [actor.encode(), b"dump-args", b"--", b"--"]


@pytest.mark.behaviour("arguments-unchanged")
def test_command_after_the_separator_may_look_like_an_option(kubexit: Kubexit, actor: str) -> None:
    """After `--` a command may have any name."""
    (kubexit.folder / "--help").symlink_to(actor)

    finished = kubexit.run("--help", "dump-args", options=["--"], env={"PATH": kubexit.folder})

    assert received(finished) == [b"--help", b"dump-args"]


@pytest.mark.behaviour("arguments-unchanged")
def test_first_word_is_what_was_written(kubexit: Kubexit, actor: str) -> None:
    """A command found on the PATH is called by the name that was given (busybox and friends look at it)."""
    (kubexit.folder / "worker").symlink_to(actor)

    finished = kubexit.run("worker", "dump-args", env={"PATH": kubexit.folder})

    assert received(finished) == [b"worker", b"dump-args"]


@pytest.mark.behaviour("arguments-unchanged")
def test_twenty_thousand_arguments_reach_the_command(kubexit: Kubexit, actor: str) -> None:
    """Twenty thousand arguments reach the command."""
    finished = kubexit.run(actor, "dump-args", *[str(number) for number in range(20_000)])

    assert len(received(finished)) == 20_002
