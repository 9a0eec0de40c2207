"""The path of the graveyard is tidied and made absolute once, at start."""

import os
import subprocess
from pathlib import Path

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.world import namespaces


@pytest.mark.behaviour("graveyard-path-normalized")
@pytest.mark.parametrize("shape", ["{}/", "{}///", "{}/.", "{}/./", "/.{}", "//{}"])
def test_superfluous_slashes_and_dots_are_removed(kubexit: Kubexit, shape: str) -> None:
    """Extra slashes and `.` parts do no harm, and messages show the tidy path."""
    kubexit.graveyard.write_text("in the way")
    in_the_way = kubexit.run("true", GRAVEYARD=shape.format(kubexit.graveyard))
    kubexit.graveyard.unlink()
    kubexit.run("true", GRAVEYARD=shape.format(kubexit.graveyard))

    assert f" {kubexit.graveyard} " in in_the_way.stderr
    assert os.listdir(kubexit.graveyard) == ["main"]


@pytest.mark.behaviour("graveyard-path-normalized")
@pytest.mark.parametrize("relative", ["graveyard", "./graveyard", "a/../graveyard"])
def test_a_relative_path_starts_at_the_working_folder(kubexit: Kubexit, relative: str) -> None:
    """A relative path begins at the folder in which kubexit was started."""
    (kubexit.folder / "a").mkdir()
    container = running(kubexit, "main", GRAVEYARD=relative, cwd=kubexit.folder)
    kubexit.wait_tombstone("main", "Born")
    container.signal(15)
    container.wait()

    assert os.listdir(kubexit.graveyard) == ["main"]


@pytest.mark.behaviour("graveyard-path-normalized", "bad-setting-exits-with-2")
@pytest.mark.parametrize("path", ["/" + "x" * 5000, "x/" * 2100])
def test_a_path_too_long_exits_with_2(kubexit: Kubexit, path: str) -> None:
    """A path above the system's limit is a settings error."""
    finished = kubexit.run("echo", "BORN", GRAVEYARD=path, cwd=kubexit.folder)

    assert finished.code == 2
    assert finished.stdout == ""
    assert "KUBEXIT_GRAVEYARD" in finished.stderr


@pytest.mark.behaviour("graveyard-path-normalized", "codes-of-kubexit")
def test_part_too_long(kubexit: Kubexit) -> None:
    """A part above the limit for file names makes a graveyard that cannot be used."""
    assert kubexit.run("echo", GRAVEYARD=kubexit.folder / ("x" * 300)).code == 73


@pytest.mark.behaviour("graveyard-path-normalized")
def test_a_slash_is_the_root_folder(kubexit: Kubexit, tmp_path: Path) -> None:
    """The graveyard `/` is the root, not the working folder."""
    namespaces.require_mounts()
    if kubexit.form not in ("gate", "static"):
        pytest.skip(f"ROOT NOT TESTED: the {kubexit.form} form does not run in an empty root")
    root = tmp_path / "root"
    root.mkdir()
    (root / "kubexit").write_bytes(b"")
    (root / "actor").write_bytes(b"")

    def enter() -> None:
        os.chroot(root)
        os.chdir("/actor.d")

    (root / "actor.d").mkdir()
    world = namespaces.private_mounts(
        namespaces.bind(Path(kubexit.path), root / "kubexit"),
        namespaces.bind(Path(kubexit.program()), root / "actor"),
    )
    done = subprocess.run(
        ["/kubexit", "/actor", "exit", "3"],
        env={"KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": "/"},
        preexec_fn=namespaces.in_turn(world, enter),
        capture_output=True,
        text=True,
        timeout=20,
    )

    assert done.returncode == 3, done.stderr
    assert (root / "main").exists()
    assert os.listdir(root / "actor.d") == []


@pytest.mark.behaviour("graveyard-path-normalized")
def test_no_working_folder(kubexit: Kubexit) -> None:
    """Without a working folder, a relative graveyard is a settings error and an absolute one works."""
    gone = kubexit.folder / "gone"
    gone.mkdir()

    def lose() -> None:
        os.chdir(gone)
        os.rmdir(gone)

    relative = kubexit.run("/bin/echo", "BORN", GRAVEYARD="graveyard", preexec_fn=lose)
    gone.mkdir()
    absolute = kubexit.run("/bin/echo", "BORN", preexec_fn=lose)

    assert (relative.code, relative.stdout) == (2, "")
    assert (absolute.code, absolute.stdout) == (0, "BORN\n")
