"""The archive that a machine has as its root, as another program unpacks it."""

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from vm.initramfs import Initramfs


def test_cpio_unpacks_it(tmp_path: Path) -> None:
    """Folders come before their files; content of any length and modes are kept."""
    reader = next(filter(shutil.which, ("cpio", "busybox")), None)
    if reader is None:
        pytest.skip("ARCHIVE OF THE MACHINES NOT TESTED: there is no cpio and no busybox (build/machine.sh test)")
    archive = Initramfs()
    archive.folder("proc")
    for length in range(6):
        archive.file(f"a/b/{length}", b"x" * length, 0o640)
    archive.file("init", b"#!/bin/sh\n")
    target = tmp_path / "target"
    target.mkdir()
    unpack = [reader, "-i"] if reader == "cpio" else [reader, "cpio", "-i"]
    subprocess.run(unpack, cwd=target, input=gzip.decompress(archive.packed()), check=True)

    assert (target / "proc").is_dir()
    assert [(target / "a" / "b" / str(length)).read_bytes() for length in range(6)] == [b"x" * n for n in range(6)]
    assert (target / "a" / "b" / "5").stat().st_mode & 0o777 == 0o640
    assert (target / "init").stat().st_mode & 0o777 == 0o755


def test_equal_trees_make_equal_archives(tmp_path: Path) -> None:
    """The archive depends on content alone, not on the time of files or of the call."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "case.sh").write_text("true\n")
    made = []
    for name in ("one", "two"):
        archive = Initramfs()
        archive.tree("guest", tmp_path / name)
        made.append(archive.packed())

    assert made[0] == made[1]
