"""A small limit on the stack, as `ulimit -s` of a runtime or of an image sets it."""

import resource

import pytest

from harness.kubexit import Kubexit

# The kernel gives arguments and environment a quarter of the limit, at least 128 KiB (execve(2)): they fit here.
STACK_BYTES = 64 * 1024


def limit_stack() -> None:
    """Set the limit between fork and exec."""
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, STACK_BYTES))


@pytest.mark.every_form
@pytest.mark.single_file  # the installed form has the stack of an interpreter
@pytest.mark.behaviour("small-stack")
def test_a_small_stack_is_enough_for_a_whole_life(kubexit: Kubexit, actor: str) -> None:
    """A birth, a dependency's tombstone that is read, its death and a stop need less than 64 KiB of stack.

    Fails by SIGSEGV when the buffer of a tombstone or the state of the supervisor is on the stack.
    """
    kubexit.carve("db", Born=True)
    supervised = kubexit.start(
        actor, "ready-then-wait", "--exit", "TERM=4",
        preexec_fn=limit_stack, BIRTH_DEPS="db:born", DEATH_DEPS="db",
    )  # fmt: skip
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 4
    assert (kubexit.tombstone() or {})["Reason"] == "dependency db died with exit code 0"
