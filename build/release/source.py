"""The source archive of kubexit: the extension form, which `pip install --no-binary kubexit` compiles.

setuptools writes it, in a copy of the tracked files; it is packed again with one time, one owner and sorted names.
"""

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from release import readme
from release.archive import Entry, gzip, tar
from release.project import PROJECT, ROOT, VERSION, epoch

TREE = ("kubexit", "ext")
FILES = ("pyproject.toml", "setup.py", "setup.cfg", "LICENSE")
BUILDER = ROOT / ".build" / "venv" / "bin" / "python"  # the interpreter of the release cannot load compiled modules


def make(out: Path) -> None:
    """Write kubexit-VERSION.tar.gz into a folder.

    Raises:
        subprocess.CalledProcessError: setuptools failed.
    """
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name) / "tree"
        ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.egg-info")
        for part in TREE:
            shutil.copytree(ROOT / part, tree / part, ignore=ignored)
        for part in FILES:
            shutil.copyfile(ROOT / part, tree / part)
        (tree / "README.md").write_text(readme.text("README.md"), "utf-8")
        script = "from setuptools.build_meta import build_sdist; build_sdist('..')"
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        subprocess.run([BUILDER, "-c", script], cwd=tree, env=environment, check=True)
        archive = Path(name) / f"{PROJECT['name']}-{VERSION}.tar.gz"
        (out / archive.name).write_bytes(normal(archive))


def normal(archive: Path) -> bytes:
    """Return a source archive with the time of the release, sorted, with plain modes and no owner."""
    entries = []
    with tarfile.open(archive) as packed:
        for member in sorted(packed.getmembers(), key=lambda one: one.name):
            file = packed.extractfile(member) or io.BytesIO()
            if member.isfile():
                entries.append(Entry(member.name, file.read(), 0o755 if member.mode & 0o100 else 0o644))
    return gzip(tar(entries, epoch()))
