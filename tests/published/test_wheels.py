"""The wheels: what is in them, and installed in roots without a compiler."""

import base64
import csv
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from packaging.metadata import Metadata
from packaging.utils import parse_wheel_filename

from published.chroot import Root
from published.conftest import not_tested
from website.links import targets

pytestmark = [pytest.mark.release, pytest.mark.timeout(900)]  # the first time, wheels and roots are downloaded
SECONDS = 10.0  # of processor time
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


@pytest.fixture(params=MACHINES)
def arch(request: pytest.FixtureRequest, released: Path) -> str:
    """Each architecture that was released."""
    if not (released / f"kubexit-linux-{request.param}").exists():
        not_tested(f"it was made without {request.param}")
    return str(request.param)


@pytest.fixture
def wheel(arch: str, released: Path) -> zipfile.ZipFile:
    """The wheel for it."""
    (path,) = released.glob(f"kubexit-*{MACHINES[arch]}.whl")
    return zipfile.ZipFile(path)


def read(wheel: zipfile.ZipFile, ending: str) -> bytes:
    """The only file whose name ends so."""
    (name,) = [name for name in wheel.namelist() if name.endswith(ending)]
    return wheel.read(name)


@pytest.mark.behaviour("wheel-has-the-file")
def test_the_wheel_is_the_static_file(wheel: zipfile.ZipFile, arch: str, released: Path, version: str) -> None:
    """The only thing that is installed is the static file, executable, as the script kubexit."""
    (script,) = [entry for entry in wheel.infolist() if ".dist-info/" not in entry.filename]

    assert script.filename == f"kubexit-{version}.data/scripts/kubexit"
    assert (script.external_attr >> 16) & 0o777 == 0o755
    assert wheel.read(script) == (released / f"kubexit-linux-{arch}").read_bytes()


@pytest.mark.behaviour("wheel-has-the-file")
def test_every_linux_of_the_architecture_takes_it(wheel: zipfile.ZipFile, arch: str) -> None:
    """The tags say that the file needs no C library, in the name and in the wheel alike."""
    machine = MACHINES[arch]
    wanted = {f"manylinux_2_17_{machine}", f"manylinux2014_{machine}", f"musllinux_1_1_{machine}"}
    assert wheel.filename is not None
    _, _, _, tags = parse_wheel_filename(Path(wheel.filename).name)
    lines = read(wheel, "/WHEEL").decode().splitlines()

    assert {tag.platform for tag in tags} == wanted
    assert {line for line in lines if line.startswith("Tag:")} == {f"Tag: py3-none-{name}" for name in wanted}
    assert "Root-Is-Purelib: false" in lines


@pytest.mark.behaviour("wheel-has-the-file")
def test_the_wheel_needs_no_other_package(wheel: zipfile.ZipFile, version: str) -> None:
    """Its metadata are valid, name no dependency, and name all licences; their texts are inside."""
    metadata = Metadata.from_email(read(wheel, "/METADATA"), validate=True)

    assert (metadata.name, str(metadata.version)) == ("kubexit", version)
    assert not metadata.requires_dist
    assert "Bootloader-exception" in str(metadata.license_expression)
    assert {Path(str(name)).name for name in metadata.license_files or []} == {"LICENSE", "LICENSES"}
    assert b"Rich Felker" in read(wheel, "/licenses/LICENSES")


@pytest.mark.behaviour("wheel-has-the-file")
def test_the_bill_is_where_scanners_look(wheel: zipfile.ZipFile, arch: str, released: Path) -> None:
    """PEP 770: dist-info/sboms has the bill of materials of this file."""
    assert (
        read(wheel, ".dist-info/sboms/kubexit.cdx.json") == (released / f"kubexit-linux-{arch}.cdx.json").read_bytes()
    )


@pytest.mark.behaviour("readme-without-the-repository")
@pytest.mark.parametrize("name", ["kubexit", "kubectl_kubexit"])
def test_descriptions_link_to_the_tag(name: str, released: Path, version: str) -> None:
    """What PyPI shows of each wheel and source archive is Markdown, and each of its links has a host."""
    for path in (*released.glob(f"{name}-{version}-*.whl"), released / f"{name}-{version}.tar.gz"):
        metadata = Metadata.from_email(packed_metadata(path), validate=True)
        description = str(metadata.description)

        assert str(metadata.description_content_type).startswith("text/markdown"), path.name
        assert f"/kubexit/blob/v{version}/docs/use/" in description, path.name
        assert list(targets(description)) == [], path.name


def packed_metadata(path: Path) -> bytes:
    """METADATA of a wheel, PKG-INFO of a source archive."""
    if path.suffix == ".whl":
        return read(zipfile.ZipFile(path), ".dist-info/METADATA")
    with tarfile.open(path) as archive:
        (name,) = [name for name in archive.getnames() if name.count("/") == 1 and name.endswith("/PKG-INFO")]
        file = archive.extractfile(name)
        assert file is not None
        return file.read()


def test_the_record_names_every_file(wheel: zipfile.ZipFile) -> None:
    """RECORD has each file with its hash."""
    rows = {row[0]: row[1] for row in csv.reader(io.StringIO(read(wheel, "/RECORD").decode()))}

    assert set(rows) == set(wheel.namelist())
    for name, named in rows.items():
        found = base64.urlsafe_b64encode(hashlib.sha256(wheel.read(name)).digest()).rstrip(b"=").decode()
        assert named == ("" if name.endswith("/RECORD") else f"sha256={found}")


@pytest.mark.behaviour("wheel-installs-anywhere")
def test_the_wheel_is_installed_in_seconds(root: Root, version: str) -> None:
    """In a root without a compiler and without network, `pip install kubexit` and the first call take under 10 s."""
    installed = root.pip("install", "--no-index", "--find-links", "/wheels", "kubexit")
    assert installed.code == 0, installed.stderr
    called = root.run("kubexit", "--version")

    assert (called.code, called.stdout) == (0, f"kubexit {version}\n")
    assert installed.seconds + called.seconds < SECONDS
    assert root.pip("uninstall", "--yes", "kubexit").code == 0


@pytest.mark.behaviour("wheel-installs-anywhere")
def test_both_distributions_are_installed_together(root: Root, version: str) -> None:
    """kubexit and kubectl-kubexit do not disturb each other; both run, and kubexit supervises a command."""
    installed = root.pip("install", "--no-index", "--find-links", "/wheels", "kubexit", "kubectl-kubexit")
    assert installed.code == 0, installed.stderr
    plugin = root.run("kubectl-kubexit", "--version")
    setting = {"KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": "/tmp/graveyard"}
    supervised = root.run("kubexit", "--", root.python, "-c", "raise SystemExit(6)", **setting)

    assert plugin.code == 0, plugin.stderr
    assert version in plugin.stdout
    assert supervised.code == 6, supervised.stderr
    assert "ExitCode: 6" in (root.folder / "tmp/graveyard/main").read_text()
    checked = root.pip("check")
    assert checked.code == 0, checked.stdout
