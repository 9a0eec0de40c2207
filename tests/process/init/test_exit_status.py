"""kubexit exits with the command's exit code, and writes it to the tombstone."""

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form


@pytest.mark.behaviour("exit-codes-passed-on")
def test_every_code_is_passed(kubexit: Kubexit, actor: str) -> None:
    """All codes from 0 to 255 are passed unchanged."""
    codes = range(256) if kubexit.is_native else (0, 1, 2, 69, 126, 127, 128, 137, 143, 254, 255)
    running = [(code, kubexit.start(actor, "exit", str(code), name=f"main-{code}")) for code in codes]

    assert {code: supervised.wait() for code, supervised in running} == {code: code for code in codes}
    assert {code: kubexit.tombstone(f"main-{code}")["ExitCode"] for code in codes} == {c: c for c in codes}


@pytest.mark.behaviour("only-the-tombstone-remains")
def test_nothing_but_the_tombstone_is_left(kubexit: Kubexit, actor: str) -> None:
    """After an orderly end only the tombstone is in the graveyard."""
    kubexit.run(actor, "exit", "0", DEATH_DEPS="db")

    assert [path.name for path in kubexit.graveyard.iterdir()] == ["main"]


@pytest.mark.behaviour("log-lines")
def test_output_is_the_commands_alone(kubexit: Kubexit, actor: str) -> None:
    """All that kubexit logs goes to stderr; stdout is the command's."""
    finished = kubexit.run(actor, "dump-args", LOG_LEVEL="debug")

    assert finished.stdout == f"{actor}\0dump-args\0"
    assert finished.stderr != ""
