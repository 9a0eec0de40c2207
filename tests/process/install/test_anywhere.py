"""A copy needs no more than a folder to write to: no /proc, no rights, no environment."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.kubexit import Kubexit
from harness.single_file import install
from harness.world import namespaces

pytestmark = [pytest.mark.every_form, pytest.mark.single_file]

NOBODY = 65_534


@pytest.fixture
def shared(kubexit: Kubexit) -> Iterator[Path]:
    """A folder of user `nobody`, in one that every user can reach."""
    namespaces.require_other_users(kubexit.path)
    folder = Path(tempfile.mkdtemp(prefix="kubexit-"))
    folder.chmod(0o755)
    (folder / "shared").mkdir(mode=0o755)
    os.chown(folder / "shared", NOBODY, NOBODY)
    yield folder / "shared"
    shutil.rmtree(folder)


@pytest.fixture
def no_proc(kubexit: Kubexit) -> namespaces.Step:
    """The step into a container whose /proc is empty."""
    namespaces.require_mounts()
    if kubexit.form == "sanitize":
        pytest.skip("NO /proc NOT TESTED in this form: the sanitizers read it")
    return namespaces.private_mounts(namespaces.tmpfs(Path("/proc"), "size=4k"))


@pytest.mark.behaviour("runs-anywhere-unprivileged", "installs-itself")
@pytest.mark.parametrize("mode", [0o755, 0o333], ids="{:03o}".format)
def test_any_user_installs_where_it_may_write(kubexit: Kubexit, shared: Path, mode: int) -> None:
    """Any user installs where it may write, also where it may not list; the file is its own, and all may execute it."""
    shared.chmod(mode)
    finished = install(kubexit, shared, preexec_fn=namespaces.user(NOBODY, NOBODY))
    status = (shared / "kubexit").stat()

    assert finished.code == 0
    assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (NOBODY, 0o555)
    assert install(kubexit, shared, preexec_fn=namespaces.user(NOBODY, NOBODY)).code == 0


@pytest.mark.behaviour("runs-anywhere-unprivileged", "installs-itself")
def test_an_empty_environment_is_enough(kubexit: Kubexit, shared: Path) -> None:
    """Nothing in the environment is needed."""
    assert install(kubexit, shared, without=["PATH"], cwd="/").code == 0


@pytest.mark.behaviour("runs-anywhere-unprivileged", "installs-itself")
def test_without_proc_it_finds_itself(kubexit: Kubexit, shared: Path, no_proc: namespaces.Step) -> None:
    """Without /proc it finds itself by the name it was executed by."""
    finished = install(kubexit, shared, preexec_fn=no_proc)

    assert finished.code == 0
    assert (shared / "kubexit").read_bytes() == Path(kubexit.path).read_bytes()


@pytest.mark.behaviour("runs-anywhere-unprivileged", "installs-itself")
def test_without_proc_by_another_name(kubexit: Kubexit, shared: Path, no_proc: namespaces.Step) -> None:
    """A script is executed by a name that is not kubexit's: nothing is copied that is not kubexit."""
    script = kubexit.folder / "script"
    script.write_text(f"#!{kubexit.path} --install\n")
    script.chmod(0o755)
    finished = kubexit.under(script).run(name=None, GRAVEYARD=None, preexec_fn=no_proc)

    assert finished.code == 70
    assert f"there is no /proc here, and {script} is another file" in finished.stderr
