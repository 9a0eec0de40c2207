"""The sources of the node: pins, images, control groups. No node is started here."""

import hashlib
import json
import re
import tarfile
from pathlib import Path

import pytest

from node import cgroups, commands, images, programs
from node.layout import Layout

FOLDERS = (programs.KUBERNETES, programs.RUNTIME, programs.DEPLOY, programs.IMAGES)
NODE = Layout(Path("/somewhere/node"))


@pytest.mark.parametrize("program", [*programs.PROGRAMS, *programs.TOOLS], ids=lambda program: program.name)
def test_each_program_is_pinned(program: programs.Program) -> None:
    """The version comes from go.mod, which names the package as a tool, and go.sum has the module's hash."""
    package = "/".join(part for part in (program.module, program.package) if part)
    tools = re.search(r"^tool \((.*?)^\)", (program.folder / "go.mod").read_text(), re.MULTILINE | re.DOTALL)

    assert re.fullmatch(r"\d+\.\d+\.\d+", program.version)
    assert tools is not None
    assert package in tools[1].split()
    assert f"{program.module} v{program.version} h1:" in (program.folder / "go.sum").read_text()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_module_is_replaced_by_a_folder(folder: Path) -> None:
    """A module is replaced by a published version at most, never by a folder."""
    replaced = re.findall(r"^\s+(\S+) => (\S+)( v\S+)?$", (folder / "go.mod").read_text(), re.MULTILINE)

    assert [target for _, target, version in replaced if not version] == []


def test_one_toolchain_builds_all_programs() -> None:
    """All programs are built by the same toolchain."""
    pins = {re.search(r"^toolchain (\S+)$", (folder / "go.mod").read_text(), re.MULTILINE)[1] for folder in FOLDERS}

    assert len(pins) == 1


def test_each_daemon_is_a_program() -> None:
    """Process 1 starts only what is built, by the path where it is linked."""
    names = {program.name for program in programs.PROGRAMS}
    started = commands.commands(NODE)

    assert set(started) < names
    assert {words[0] for words in started.values()} == {str(NODE.bin / name) for name in started}


def test_two_nodes_have_two_groups() -> None:
    """The name of the control group depends on the folder, so two trees do not meet."""
    other = Layout(Path("/elsewhere/node"))

    assert NODE.cgroup != other.cgroup
    assert NODE.cgroup == Layout(NODE.folder).cgroup


def test_groups_that_are_not_there_are_removed_in_silence() -> None:
    """A node that never ran has no group, and removing it is nothing wrong."""
    cgroups.remove(NODE.cgroup)

    assert cgroups.processes(NODE.cgroup) == set()


def test_images_share_layers_in_an_archive(tmp_path: Path) -> None:
    """Images that share a layer have it in the archive once, and each image lists its layers from the lowest."""
    low = images.layer(tmp_path / "low.tar", {"bin/program": b"#!/bin/sh\n", "bin/link": "program"})
    high = images.layer(tmp_path / "high.tar", {"data": b"x"}, {"data": 0o600})
    first = images.Image(["one:1", "one:2"], [low], {"User": "7"})
    archive = images.save(tmp_path / "all.tar", first, images.Image(["two:1"], [low, high]))

    with tarfile.open(archive) as tar:
        names = tar.getnames()
        entries = json.load(tar.extractfile("manifest.json"))
        config = json.load(tar.extractfile(entries[0]["Config"]))
    digest = hashlib.sha256(low.read_bytes()).hexdigest()
    assert len(names) == len(set(names)) == 5
    assert [entry["RepoTags"] for entry in entries] == [["one:1", "one:2"], ["two:1"]]
    assert entries[1]["Layers"][0] == entries[0]["Layers"][0] == f"{digest}.tar"
    assert config["rootfs"]["diff_ids"] == [f"sha256:{digest}"]
    assert config["config"]["User"] == "7"
    with tarfile.open(low) as tar:
        assert tar.getmember("bin/link").linkname == "program"
        assert tar.getmember("bin/program").mode == 0o755
    with tarfile.open(high) as tar:
        assert tar.getmember("data").mode == 0o600
