"""The source archive: the extension form."""

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from harness.forms import BUILD, ROOT

pytestmark = pytest.mark.release
ALARM = 500


@pytest.mark.behaviour("source-archive-is-the-extension")
@pytest.mark.timeout(ALARM)
def test_without_the_wheel_the_extension_is_compiled(released: Path, version: str, tmp_path: Path) -> None:
    """`pip install --no-binary kubexit` compiles the extension module and brings its entry point.

    What builds it is what is pinned, and is here already, so that the index is not asked.
    """
    python = BUILD / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True, timeout=ALARM)
    here = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**here, "PYTHONPATH": str(next((BUILD / "venv/lib").glob("python*/site-packages")))}
    words = ["install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--ignore-installed"]
    found = ["--no-binary", "kubexit", "--find-links", released, f"kubexit=={version}"]
    command = [tmp_path / "venv/bin/pip", *words, *found]
    subprocess.run(command, check=True, env=environment, timeout=ALARM, cwd=tmp_path)
    script = (tmp_path / "venv/bin/kubexit").read_text()
    called = subprocess.run([tmp_path / "venv/bin/kubexit", "--version"], capture_output=True, text=True, env=here)

    assert "kubexit.cli" in script
    assert list((tmp_path / "venv").glob("lib/python*/site-packages/kubexit/_supervisor*.so"))
    assert (called.returncode, called.stdout) == (0, f"kubexit {version}\n")


@pytest.mark.behaviour("source-archive-is-the-extension")
def test_the_source_archive_has_no_trace_of_the_machine(released: Path, version: str) -> None:
    """All entries have one time and no owner, in the order of their names; no path of the tree is inside."""
    with tarfile.open(released / f"kubexit-{version}.tar.gz") as archive:
        members = archive.getmembers()
        texts = b"".join(file.read() for member in members if (file := archive.extractfile(member)))

    assert len(members) > 100
    assert [member.name for member in members] == sorted(member.name for member in members)
    assert {(member.uid, member.gid, member.uname, member.gname) for member in members} == {(0, 0, "", "")}
    assert len({member.mtime for member in members}) == 1
    assert [place for place in (str(ROOT), str(Path.home()) + "/") if place.encode() in texts] == []
