"""Called as `cp`, kubexit copies itself: manifests made for the original's image work unchanged."""

import os
import stat
from pathlib import Path

import pytest

from harness.kubexit import Kubexit
from harness.single_file import drafts
from harness.supervised import Finished

pytestmark = [pytest.mark.every_form, pytest.mark.single_file]


@pytest.fixture
def image(kubexit: Kubexit) -> Path:
    """A folder `bin` with kubexit and a link `cp` to it, and an empty folder `kubexit` beside it, as in the image."""
    (kubexit.folder / "bin").mkdir()
    (kubexit.folder / "kubexit").mkdir()
    (kubexit.folder / "bin/kubexit").write_bytes(Path(kubexit.path).read_bytes())
    (kubexit.folder / "bin/kubexit").chmod(0o755)
    (kubexit.folder / "bin/cp").symlink_to("kubexit")
    return kubexit.folder


def cp(kubexit: Kubexit, image: Path, *arguments: object, **keywords: object) -> Finished:
    """Run bin/cp in the image."""
    called = kubexit.under(image / "bin/cp")
    options = [os.fspath(argument) for argument in arguments]
    return called.run(options=options, name=None, GRAVEYARD=None, cwd=image, **keywords)


def is_copy(image: Path, path: str) -> bool:
    """Whether a file in the image is a copy of bin/kubexit."""
    copy = image / path
    status = copy.lstat()
    return (
        stat.S_ISREG(status.st_mode)
        and stat.S_IMODE(status.st_mode) == 0o555
        and copy.read_bytes() == (image / "bin/kubexit").read_bytes()
        and drafts(copy.parent) == []
    )


@pytest.mark.behaviour("settings-of-the-original", "installs-itself")
def test_the_cp_of_the_original_works_again_and_again(kubexit: Kubexit, image: Path) -> None:
    """`cp /bin/kubexit /kubexit/kubexit`, and again when the init container is started again."""
    for _ in range(2):
        finished = cp(kubexit, image, image / "bin/kubexit", image / "kubexit/kubexit")

        assert finished.code == 0
        assert f" info kubexit: installed {image}/kubexit/kubexit, " in finished.stderr
    assert is_copy(image, "kubexit/kubexit")


@pytest.mark.behaviour("installs-itself")
@pytest.mark.parametrize(
    ("arguments", "copy"),
    [
        ("bin/kubexit kubexit", "kubexit/kubexit"),
        ("bin/kubexit kubexit/", "kubexit/kubexit"),
        ("bin/kubexit copy", "copy"),
        ("bin/kubexit ./kubexit/../copy", "copy"),
        ("bin/cp kubexit", "kubexit/cp"),
        ("bin/../bin/cp kubexit/other", "kubexit/other"),
        ("-f bin/kubexit kubexit", "kubexit/kubexit"),
        ("-pv -a bin/kubexit kubexit", "kubexit/kubexit"),
        ("bin/kubexit kubexit -rf", "kubexit/kubexit"),
        ("-L -- bin/kubexit -R", "-R"),
    ],
)
def test_cp_copies_to_files_and_folders(kubexit: Kubexit, image: Path, arguments: str, copy: str) -> None:
    """cp copies to a file, or under its name into a folder; harmless options are ignored."""
    finished = cp(kubexit, image, *arguments.split())

    assert finished.code == 0
    assert is_copy(image, copy)


@pytest.mark.behaviour("installs-itself")
def test_a_hard_link_called_cp_copies(kubexit: Kubexit, image: Path) -> None:
    """A hard link that is called cp copies too."""
    (image / "bin/cp").unlink()
    os.link(image / "bin/kubexit", image / "bin/cp")

    assert cp(kubexit, image, "bin/kubexit", "kubexit").code == 0
    assert is_copy(image, "kubexit/kubexit")


@pytest.mark.behaviour("installs-itself")
def test_links_at_the_end(kubexit: Kubexit, image: Path) -> None:
    """A link to a folder is that folder; a link to a file is replaced, and the file left alone."""
    (image / "link").symlink_to("kubexit")
    (image / "precious").write_text("precious")
    (image / "file").symlink_to("precious")

    assert cp(kubexit, image, "bin/kubexit", "link").code == 0
    assert is_copy(image, "kubexit/kubexit")
    assert cp(kubexit, image, "bin/kubexit", "file").code == 0
    assert is_copy(image, "file")
    assert (image / "precious").read_text() == "precious"


@pytest.mark.behaviour("installs-itself")
@pytest.mark.parametrize("target", ["bin", "bin/kubexit"])
def test_cp_onto_itself_changes_nothing(kubexit: Kubexit, image: Path, target: str) -> None:
    """A file that is copied onto itself stays unchanged: the same file, bytes, rights and times of change."""

    def facts() -> tuple[object, ...]:
        # Not the time of access, which reading may change.
        status = (image / "bin/kubexit").stat()
        return status.st_ino, status.st_mode, status.st_uid, status.st_mtime_ns, status.st_ctime_ns

    before, content = facts(), (image / "bin/kubexit").read_bytes()

    assert cp(kubexit, image, "bin/kubexit", target).code == 0
    assert facts() == before
    assert (image / "bin/kubexit").read_bytes() == content


@pytest.mark.behaviour("bad-setting-exits-with-2", "installs-itself")
@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "bin/kubexit",
        "bin/kubexit kubexit a",
        "-n bin/kubexit kubexit",
        "-t kubexit bin/kubexit",
        "--help",
        "--version",
        "-",
        "- kubexit",
        "other kubexit",
        "missing kubexit",
        "/bin/sh kubexit",
        "kubexit bin",
    ],
)
def test_cp_copies_only_itself(kubexit: Kubexit, image: Path, arguments: str) -> None:
    """For another file, or an option with another meaning, the code is 2 with one line: this cp copies only itself."""
    (image / "other").write_bytes((image / "bin/kubexit").read_bytes())
    finished = cp(kubexit, image, *arguments.split())

    assert (finished.code, finished.stdout) == (2, "")
    (line,) = finished.stderr.splitlines()
    assert " error kubexit: this cp is kubexit and can only copy itself" in line
    assert os.listdir(image / "kubexit") == []


@pytest.mark.behaviour("codes-of-kubexit", "installs-itself")
@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("missing/", "No such file or directory; is the shared volume mounted?"),
        ("missing/kubexit", "No such file or directory; is the shared volume mounted?"),
        ("", "No such file or directory"),
        ("bin/kubexit/", "Not a directory"),
        ("bin/kubexit/x", "Not a directory"),
        ("x" * 300, "name too long"),
        ("/x" * 3000, "name too long"),
    ],
    ids=lambda value: value[:16],
)
def test_cp_makes_no_folder(kubexit: Kubexit, image: Path, target: str, what: str) -> None:
    """cp makes no missing folder; the line names the folder that was asked for."""
    before = sorted(os.listdir(image))
    finished = cp(kubexit, image, "bin/kubexit", target)

    assert finished.code == 73
    (line,) = finished.stderr.splitlines()
    assert f" cannot install {target[:200]}" in line
    assert what in line
    assert sorted(os.listdir(image)) == before


@pytest.mark.behaviour("settings-of-the-original", "installs-itself", "disabled-executes-only")
def test_settings_do_not_matter(kubexit: Kubexit, image: Path) -> None:
    """In an init container with its neighbours' settings, cp copies all the same."""
    env = {"KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": "graveyard", "KUBEXIT_DISABLED": "true", "KUBEXIT_X": "x"}
    finished = cp(kubexit, image, "bin/kubexit", "kubexit", env=env)

    assert finished.code == 0
    assert is_copy(image, "kubexit/kubexit")
    assert not (image / "graveyard").exists()


@pytest.mark.behaviour("settings-of-the-original")
@pytest.mark.parametrize("name", ["kubexit", "cp.old", "xcp", "cp/kubexit"])
def test_other_names_of_the_file_supervise(kubexit: Kubexit, image: Path, name: str) -> None:
    """Under any other name it supervises; this includes a command called cp."""
    (image / "cp").mkdir()
    link = image / "bin" / name
    if name != "kubexit":
        if "/" in name:
            (image / "bin/cp").unlink()
            link.parent.mkdir()
        link.symlink_to(image / "bin/kubexit")
    (image / "source").write_text("text")
    called = kubexit.under(link)

    assert called.run("cp", "source", "target", cwd=image).code == 0
    assert (image / "target").read_text() == "text"
