"""`--install` and `--clear` together are one init container, in an order that is safe to interrupt."""

import itertools
import os
from pathlib import Path

import pytest

from harness import single_file
from harness.containers import born
from harness.kubexit import Kubexit
from harness.supervised import Finished
from harness.world import namespaces

pytestmark = [pytest.mark.every_form, pytest.mark.single_file]


@pytest.fixture
def shared(kubexit: Kubexit) -> Path:
    """The folder for the file; in the graveyard is a tombstone of an earlier generation."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    folder = kubexit.folder / "shared"
    folder.mkdir()
    return folder


def prepare(
    kubexit: Kubexit, shared: Path, graveyard: Path, install_first: bool = True, **keywords: object
) -> Finished:
    """Run both, in one order or the other."""
    pairs = [["--install", shared], ["--clear", graveyard]]
    options = itertools.chain(*(pairs if install_first else reversed(pairs)))
    return kubexit.run(options=options, name=None, GRAVEYARD=None, **keywords)


@pytest.mark.behaviour("new-generation-clears-graveyard", "installs-itself")
@pytest.mark.parametrize("install_first", [True, False])
def test_both_options_work_in_any_order(kubexit: Kubexit, shared: Path, install_first: bool) -> None:
    """Both options work, in any order, and each writes a line."""
    finished = prepare(kubexit, shared, kubexit.graveyard, install_first)

    assert finished.code == 0
    assert os.listdir(shared) == ["kubexit"]
    assert os.listdir(kubexit.graveyard) == []
    installed, begun = finished.stderr.splitlines()
    assert " installed " in installed
    assert "cleared, 1 old file removed" in begun


@pytest.mark.behaviour("new-generation-clears-graveyard", "codes-of-kubexit", "installs-itself")
@pytest.mark.parametrize("install_first", [True, False])
def test_a_failed_install_clears_nothing(kubexit: Kubexit, shared: Path, install_first: bool) -> None:
    """If the file cannot be installed, nothing is removed either, and the log says so."""
    shared.rmdir()
    shared.write_text("no folder")
    finished = prepare(kubexit, shared, kubexit.graveyard, install_first)

    assert finished.code == 73
    assert os.listdir(kubexit.graveyard) == ["main"]
    refused, left = finished.stderr.splitlines()
    assert " error kubexit: cannot install " in refused
    assert f" error kubexit: graveyard {kubexit.graveyard} was not cleared, because nothing was installed" in left


@pytest.mark.behaviour("new-generation-clears-graveyard", "codes-of-kubexit", "installs-itself")
def test_a_failed_clearing_installs_all_the_same(kubexit: Kubexit, shared: Path) -> None:
    """If the graveyard cannot be cleared, the file is installed, and the log reports both."""
    namespaces.require_mounts()
    world = namespaces.private_mounts(namespaces.read_only(kubexit.graveyard))
    finished = prepare(kubexit, shared, kubexit.graveyard, preexec_fn=world)

    assert finished.code == 73
    assert os.listdir(shared) == ["kubexit"]
    installed, refused = finished.stderr.splitlines()
    assert " info kubexit: installed " in installed
    assert " error kubexit: graveyard " in refused


@pytest.mark.behaviour("living-pod-is-not-cleared", "installs-itself")
@pytest.mark.parametrize("install_first", [True, False])
def test_in_a_living_pod_the_file_is_installed(kubexit: Kubexit, shared: Path, install_first: bool) -> None:
    """If a container is alive, the graveyard is not cleared, but the file is installed."""
    born(kubexit, "alive")
    finished = prepare(kubexit, shared, kubexit.graveyard, install_first)

    assert finished.code == 73
    assert os.listdir(shared) == ["kubexit"]
    assert (kubexit.graveyard / "main").exists()
    installed, refused = finished.stderr.splitlines()
    assert " info kubexit: installed " in installed
    assert f" error kubexit: graveyard {kubexit.graveyard} is not cleared: alive is alive in it" in refused


@pytest.mark.behaviour("new-generation-clears-graveyard", "installs-itself")
def test_one_folder_for_both(kubexit: Kubexit, shared: Path) -> None:
    """The file may be in the graveyard: it is no tombstone, and neither is the draft of a copy that is under way."""
    (kubexit.graveyard / f"{single_file.DRAFTS}1").write_text("")
    alone = kubexit.run(options=["--clear", kubexit.graveyard], name=None, GRAVEYARD=None)
    assert alone.code == 0
    assert os.listdir(kubexit.graveyard) == [f"{single_file.DRAFTS}1"]
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    finished = prepare(kubexit, kubexit.graveyard, kubexit.graveyard)

    assert finished.code == 0
    assert os.listdir(kubexit.graveyard) == ["kubexit"]
