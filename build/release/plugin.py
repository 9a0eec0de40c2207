"""The plugin of kubectl: its wheel and source archive, and an archive with a manifest for krew.

krew unpacks an archive and links to its program: no pip runs there. So the archive holds kubectl-kubexit with all that
it imports, pure Python only, and needs nothing of the system but Python.
"""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import yaml

from release import readme
from release.archive import Entry, folder, gzip, tar
from release.project import ROOT, VERSION, epoch, repository
from release.wheel import hatch

SOURCE = ROOT / "kubectl"
PIP = ROOT / ".build" / "venv" / "bin" / "pip"
LOCK = ROOT / "requirements" / "plugin.txt"
ARCHIVE = "kubectl-kubexit.tar.gz"
MANIFEST = "kubexit.yaml"  # krew wants the name of the plugin
LAUNCHER = """\
#!/usr/bin/env python3
\"\"\"kubectl kubexit, from the folder beside this file.\"\"\"

import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("kubectl kubexit: needs Python 3.11 or later, and python3 is " + sys.version.split()[0])
sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))

from kubectl_kubexit.commands.main import main  # noqa: E402

main()
"""


def make(out: Path) -> None:
    """Write the wheel and the source archive of kubectl-kubexit into a folder."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name) / "kubectl"
        shutil.copytree(SOURCE, work, ignore=shutil.ignore_patterns("__pycache__"))
        (work / "README.md").write_text(readme.text("kubectl/README.md"), "utf-8")
        hatch(work, out, "wheel", "sdist")


def library(wheel: Path) -> list[Entry]:
    """Return kubectl-kubexit and its packages as they would be installed, without compiled parts."""
    with tempfile.TemporaryDirectory() as name:
        words = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile", "--target", name]
        subprocess.run([PIP, *words, "--require-hashes", "--only-binary", ":all:", "-r", LOCK], check=True)
        subprocess.run([PIP, *words, wheel], check=True)
        shutil.rmtree(Path(name) / "bin", ignore_errors=True)
        # What pip writes for itself names the machine, or changes with the wheel that was chosen for it.
        unwanted = (
            ".so",
            ".pyc",
            "/RECORD",
            "/WHEEL",
            "/direct_url.json",
            "/REQUESTED",
            "/INSTALLER",
            ".pyi",
            "/LICENCE~",
        )
        return [entry for entry in folder(Path(name), "lib/") if not entry.name.endswith(unwanted)]


def archive(wheel: Path) -> bytes:
    """Return the archive for krew."""
    program = Entry("kubectl-kubexit", LAUNCHER.encode(), 0o755)
    licence = Entry("LICENSE", (SOURCE / "LICENSE").read_bytes())
    return gzip(tar([licence, program, *library(wheel)], epoch()))


def manifest(packed: bytes) -> str:
    """Return the manifest that krew's index takes."""
    page = f"https://github.com/{repository()}"
    platform = {
        "uri": f"{page}/releases/download/v{VERSION}/{ARCHIVE}",
        "sha256": hashlib.sha256(packed).hexdigest(),
        "bin": "kubectl-kubexit",
    }
    systems = [(system, arch) for system in ("linux", "darwin") for arch in ("amd64", "arm64")]
    content = {
        "apiVersion": "krew.googlecontainertools.github.com/v1alpha2",
        "kind": "Plugin",
        "metadata": {"name": "kubexit"},
        "spec": {
            "version": f"v{VERSION}",
            "homepage": page,
            "shortDescription": "Wrap, check and draw pods that kubexit coordinates",
            "description": "Puts kubexit into manifests, finds mistakes in them, draws which container waits for\n"
            "which, and shows what the containers of a pod wait for.\n",
            "caveats": "This plugin needs Python 3.11 or later as python3.\n",
            "platforms": [
                {**platform, "selector": {"matchLabels": {"os": system, "arch": arch}}} for system, arch in systems
            ],
        },
    }
    return yaml.safe_dump(content, sort_keys=False, width=100)


def write(out: Path) -> None:
    """Write the archive and the manifest beside the wheel, which is there already."""
    (wheel,) = out.glob("kubectl_kubexit-*.whl")
    packed = archive(wheel)
    (out / ARCHIVE).write_bytes(packed)
    (out / MANIFEST).write_text(manifest(packed))
