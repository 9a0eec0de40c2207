"""The wrong uses of `--install`, alone or with `--clear`, and of the name `cp` are refused by every form."""

import os
import sys

import pytest

from harness.kubexit import Kubexit
from harness.single_file import install

pytestmark = pytest.mark.every_form


@pytest.mark.behaviour("bad-setting-exits-with-2", "installs-itself")
def test_one_call_logs_one_line(kubexit: Kubexit) -> None:
    """One call logs one line. A Python package is no single file: it says which file to take, and makes no folder."""
    finished = install(kubexit, kubexit.folder / "shared")

    if kubexit.is_native:
        assert finished.code == 0
        assert "installed" in finished.stderr.splitlines()[-1]
    else:
        assert finished.code == 2
        assert "kubexit-linux-amd64" in finished.stderr
        assert os.listdir(kubexit.folder) == []
    assert finished.stdout == ""


@pytest.mark.behaviour("bad-setting-exits-with-2", "new-generation-clears-graveyard")
def test_one_call_for_both(kubexit: Kubexit) -> None:
    """A Python package refuses both options in one call and removes nothing."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    options = ["--clear", kubexit.graveyard, "--install", kubexit.folder / "shared"]
    finished = kubexit.run(options=options, name=None, GRAVEYARD=None)

    assert finished.code == (0 if kubexit.is_native else 2)
    assert os.listdir(kubexit.graveyard) == ([] if kubexit.is_native else ["main"])


@pytest.mark.behaviour("bad-setting-exits-with-2", "installs-itself")
def test_package_as_cp(kubexit: Kubexit) -> None:
    """Called as cp, a Python package refuses all, its interpreter too; the other forms copy themselves alone."""
    (kubexit.folder / "cp").symlink_to(kubexit.path)
    called = kubexit.under(kubexit.folder / "cp")
    for source in (sys.executable, kubexit.path):
        finished = called.run(options=[source, kubexit.folder / "copy"], name=None, GRAVEYARD=None)

        assert finished.code == (0 if kubexit.is_native and source == kubexit.path else 2)
        assert kubexit.is_native or "kubexit-linux-amd64" in finished.stderr
    assert (kubexit.folder / "copy").exists() == kubexit.is_native


@pytest.mark.behaviour("bad-setting-exits-with-2", "installs-itself")
@pytest.mark.parametrize(
    "options",
    [
        ["--install"],
        ["--install", ""],
        ["--install", "--clear"],
        ["--install=shared"],
        ["--install", "a", "true"],
        ["--install", "a", "--install", "b"],
        ["--install", "a", "--clear", ""],
        ["--install", "a", "--version", "b"],
        ["--clear", "a", "--clear", "b"],
        ["--clear", "a", "--install"],
        ["--clear", ""],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(kubexit: Kubexit, options: list[str]) -> None:
    """With anything but one folder behind each option, the code is 2; an empty word is not the working folder."""
    finished = kubexit.run(options=options, name=None, GRAVEYARD=None, cwd=kubexit.folder)

    assert finished.code == 2
    assert f" error kubexit: option {options[0]} " in finished.stderr
    assert os.listdir(kubexit.folder) == []
