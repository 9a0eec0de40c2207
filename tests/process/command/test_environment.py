"""The command's environment is kubexit's, byte for byte and in the same order."""

import subprocess

import pytest

from harness.kubexit import PATH, Kubexit
from harness.supervised import Supervised

pytestmark = pytest.mark.every_form


def dumped(text: str) -> list[bytes]:
    """The NUL-terminated words of the actor's dump."""
    words = text.encode("utf-8", "surrogateescape").split(b"\0")
    assert words.pop() == b""
    return words


def given(supervised: Supervised) -> list[bytes]:
    """What kubexit was started with."""
    return [key + b"=" + value for key, value in supervised.environment.items()]


@pytest.mark.behaviour("environment-bytes-unchanged", "surroundings-unchanged", "no-packaging-in-environment")
def test_byte_for_byte(kubexit: Kubexit, actor: str) -> None:
    """Names and values arrive unchanged: not UTF-8, empty, with equal signs, with line ends, very long."""
    env = {
        b"LATIN": b"caf\xe9",
        b"JUNK": bytes(range(1, 256)),
        b"EMPTY": b"",
        b"EQUAL": b"=a=b=",
        b"LINES": b"one\ntwo\r\n",
        b"LONG": b"x" * 100_000,
        b"na\xffme": b"value",
        b"LD_LIBRARY_PATH_ORIG": b"/set/by/someone/else",
        b"_PYI_LOOKS_LIKE_OURS": b"kept",
        b"PYTHONHOME_": b"kept",
    }
    supervised = kubexit.start(actor, "dump-env", env=env)
    assert supervised.wait() == 0

    assert dumped(supervised.stdout) == given(supervised)


@pytest.mark.behaviour("no-packaging-in-environment")
def test_nothing_is_added_to_almost_nothing(kubexit: Kubexit, actor: str) -> None:
    """With an environment of name and graveyard alone (`env -i`) nothing is added: no locale, no library path."""
    supervised = kubexit.start(actor, "dump-env", without=["PATH"])
    assert supervised.wait() == 0

    assert dumped(supervised.stdout) == given(supervised)


@pytest.mark.behaviour("no-packaging-in-environment")
def test_dynamically_linked_command(kubexit: Kubexit) -> None:
    """A dynamically linked command finds its libraries, and no library path that was not there."""
    supervised = kubexit.start(kubexit.program("actor", "-O1"), "dump-env")
    assert supervised.wait() == 0

    assert dumped(supervised.stdout) == given(supervised)


@pytest.mark.behaviour("no-packaging-in-environment")
def test_library_path_of_someone_else(kubexit: Kubexit, actor: str) -> None:
    """A library path that was set before stays."""
    supervised = kubexit.start(actor, "dump-env", env={"LD_LIBRARY_PATH": "/opt/lib"})
    assert supervised.wait() == 0

    assert b"LD_LIBRARY_PATH=/opt/lib" in dumped(supervised.stdout)


@pytest.mark.behaviour("environment-bytes-unchanged")
def test_repeated_and_odd_variables_arrive(kubexit: Kubexit, actor: str) -> None:
    """A variable that is there twice, and one without an equal sign, arrive as they are."""
    odd = ["TWICE=1", "TWICE=2", "NO_EQUAL_SIGN", "=nameless", f"PATH={PATH}"]
    odd += ["KUBEXIT_NAME=main", f"KUBEXIT_GRAVEYARD={kubexit.graveyard}"]
    done = subprocess.run(
        [actor, "exec-with", *odd, "--", kubexit.path, actor, "dump-env"], stdout=subprocess.PIPE, timeout=20
    )

    assert done.stdout.split(b"\0")[:-1] == [word.encode() for word in odd]


@pytest.mark.behaviour("unknown-setting-warns", "environment-bytes-unchanged")
@pytest.mark.parametrize(
    "entry", ["KUBEXIT_FOO", "KUBEXIT_", "KUBEXIT_NAME", "KUBEXIT_GRACE_PERIOD", "KUBEXIT_DISABLED"]
)
def test_entry_of_ours_without_an_equal_sign(kubexit: Kubexit, actor: str, entry: str) -> None:
    """A KUBEXIT_* entry that is no variable sets nothing, makes no warning, and arrives as it is."""
    entries = [entry, f"PATH={PATH}", "KUBEXIT_NAME=main", f"KUBEXIT_GRAVEYARD={kubexit.graveyard}"]
    entries += ["KUBEXIT_LOG_LEVEL=warn", entry]
    done = subprocess.run(
        [actor, "exec-with", *entries, "--", kubexit.path, actor, "dump-env"], capture_output=True, timeout=20
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.split(b"\0")[:-1] == [word.encode() for word in entries]
    assert kubexit.tombstone()["ExitCode"] == 0
