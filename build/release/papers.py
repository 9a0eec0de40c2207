"""What goes with the programs: static files, bills, licences, manual page, completions, and the sums of everything."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from release import bill, completion, manual
from release.archive import Entry, gzip, tar
from release.help import Help, of
from release.project import DIST, MACHINES, ROOT, epoch, static_file

SUMS = "SHA256SUMS"
PLUGIN = ROOT / ".build" / "venv" / "bin" / "kubectl-kubexit"
PLACES = {"bash": "bash/{name}", "zsh": "zsh/_{name}", "fish": "fish/{name}.fish"}


def own_arch() -> str:
    """Return the architecture of this machine as the files are named."""
    machine = os.uname().machine
    return next((arch for arch, name in MACHINES.items() if name == machine), machine)


def completions(found: Help) -> bytes:
    """Return an archive with the completions of both programs, in the folders that shells read."""
    own = {"bash": completion.bash(found), "zsh": completion.zsh(found), "fish": completion.fish(found)}
    entries = []
    for shell, place in PLACES.items():
        told = subprocess.run([PLUGIN, "completion", shell], capture_output=True, check=True, env=_plain()).stdout
        entries.append(Entry(place.format(name="kubectl-kubexit"), told))
        entries.append(Entry(place.format(name="kubexit"), own[shell].encode()))
    return gzip(tar(sorted(entries, key=lambda one: one.name), epoch()))


def write(out: Path, arches: Sequence[str]) -> None:
    """Write everything but the sums into a folder."""
    for arch in arches:
        shutil.copyfile(static_file(arch), out / static_file(arch).name)
        (out / static_file(arch).name).chmod(0o755)
        shutil.copyfile(bill.path(arch), out / bill.path(arch).name)
    shutil.copyfile(DIST / "LICENSES", out / "LICENSES")
    found = of(static_file(own_arch()))
    (out / "kubexit.1").write_text(manual.page(found))
    (out / "kubexit-completions.tar.gz").write_bytes(completions(found))


def sums(folder: Path) -> str:
    """Return the sums of all files of a folder, as sha256sum(1) writes and checks them."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.name != SUMS)
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def _plain() -> dict[str, str]:
    """The environment without what belongs to the interpreter that runs now."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
