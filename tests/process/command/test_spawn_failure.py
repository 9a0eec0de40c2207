"""kubexit cannot even fork."""

import errno
import os
import resource

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form


@pytest.mark.behaviour("every-exit-writes-a-death", "codes-of-kubexit")
def test_no_process_left(kubexit: Kubexit, actor: str) -> None:
    """Without room for a process it is 70, one line that says why, and a tombstone: peers do not wait forever."""
    (program,) = kubexit.open_to_all(actor)

    def no_process_left() -> None:
        os.setgroups([])
        os.setresgid(65533, 65533, 65533)
        os.setresuid(65533, 65533, 65533)
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))

    finished = kubexit.run(program, "exit", "0", cwd="/", preexec_fn=no_process_left)

    assert finished.code == 70
    assert os.strerror(errno.EAGAIN) in finished.stderr
    assert kubexit.tombstone()["ExitCode"] == 70
