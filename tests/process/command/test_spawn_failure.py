"""If kubexit cannot fork, it exits with 70 and writes a tombstone."""

import errno
import os
import resource

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form


@pytest.mark.behaviour("every-exit-writes-a-death", "codes-of-kubexit")
def test_no_process_left(kubexit: Kubexit, actor: str) -> None:
    """Without room for a process the code is 70, with one line that says why, and peers do not wait forever."""
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
