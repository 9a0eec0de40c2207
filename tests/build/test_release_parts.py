"""The parts of the release that need nothing built: archives, help, manual page, completions, notes."""

import gzip
import io
import re
import tarfile
from pathlib import Path

import pytest

from release import completion, help, manual, notes, project, readme, wheel
from release.archive import Entry, folder, tar
from release.archive import gzip as compressed
from website.links import DeadLinkError, targets

TEXT = """\
Usage: kubexit [--] COMMAND [ARGUMENTS...]
       kubexit --help | --version

Supervises the command
of one container.

For an init container:
  --install DIR    copy this file to DIR/kubexit,
                   replacing it

Settings are environment variables.

Settings: stop the command
  KUBEXIT_GRACE_PERIOD=DURATION  (default: 30s)
      Time between the stop signal
      and SIGKILL.

Exit codes: the exit code of the command. Other codes:
    2  invalid settings
   77  the API refused
"""


def test_archives_have_no_trace_of_the_machine() -> None:
    """A tar archive has one time, no owner, and the modes that are given; folders come first, once."""
    data = tar([Entry("a/b", b"1", 0o555), Entry("a/c", link="b")], 7, folders=True)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = archive.getmembers()

    assert [(one.name, oct(one.mode), one.mtime, one.uid, one.uname) for one in members] == [
        ("a", "0o755", 7, 0, ""),
        ("a/b", "0o555", 7, 0, ""),
        ("a/c", "0o644", 7, 0, ""),
    ]
    assert members[2].linkname == "b"


def test_compression_has_no_time() -> None:
    """What gzip writes has no time and no name: the header is the same each time."""
    data = compressed(b"text")

    assert gzip.decompress(data) == b"text"
    assert data[3:8] == bytes(5)


def test_a_folder_becomes_sorted_entries(tmp_path: Path) -> None:
    """Files are sorted by their paths; only the bit to execute is kept of their modes."""
    for name, mode in (("b", 0o700), ("a/c", 0o600)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch(mode)

    assert [(one.name, one.mode) for one in folder(tmp_path, "x/")] == [("x/a/c", 0o644), ("x/b", 0o755)]


def test_the_help_is_taken_apart() -> None:
    """Usage, options, settings with defaults, notes and exit codes are found, with the lines that continue them."""
    found = help.parse(TEXT)

    assert found.usage == ["kubexit [--] COMMAND [ARGUMENTS...]", "kubexit --help | --version"]
    assert found.about == "Supervises the command of one container."
    (option,) = found.options[0].items
    assert (option.name, option.value, option.text) == (
        "--install",
        "DIR",
        "copy this file to DIR/kubexit, replacing it",
    )
    (setting,) = found.settings[0].items
    assert (setting.name, setting.default) == ("KUBEXIT_GRACE_PERIOD", "30s")
    assert setting.text == "Time between the stop signal and SIGKILL."
    assert found.notes == ["Settings are environment variables."]
    assert [(code.name, code.text) for code in found.codes.items] == [
        ("2", "invalid settings"),
        ("77", "the API refused"),
    ]


@pytest.mark.parametrize(
    "text",
    [TEXT.replace("  KUBEXIT_GRACE_PERIOD=", "KUBEXIT_GRACE_PERIOD "), TEXT.replace("  --install", "--install")],
    ids=["setting", "option"],
)
def test_help_of_another_form_is_refused(text: str) -> None:
    """A line that is of no known kind ends the release: it would be missing in the manual page."""
    with pytest.raises(help.HelpError):
        help.parse(text)


def test_the_manual_page_escapes_what_troff_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hyphens, backslashes, quotes and a leading dot arrive as they are written."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")

    assert manual.escaped(r".a-b\c'd") == r"\&.a\-b\ec\(aqd"
    assert '.TH KUBEXIT 1 "1970-01-01"' in manual.page(help.parse(TEXT))


def test_completions_have_every_option() -> None:
    """Each option of the help, and the options that only the usage has, are in the completions of each shell."""
    found = help.parse(TEXT)
    for text in (completion.bash(found), completion.zsh(found)):
        assert all(option in text for option in ("--install", "--output", "--help"))
    assert all(f"-l {option}" in completion.fish(found) for option in ("install", "output", "help"))


def test_the_notes_are_the_chapter_of_the_version() -> None:
    """The text of a release is its chapter, without the heading and without the next chapter."""
    text = "# Changelog\n\n## 0.2.0 (2026-01-01)\n\n### Added\n\n- a\n\n## 0.1.0 (2025-01-01)\n\n- b\n"

    assert notes.chapter(text, "0.2.0") == "### Added\n\n- a\n"
    with pytest.raises(LookupError, match=r"no chapter 0\.2\b"):
        notes.chapter(text, "0.2")


@pytest.mark.parametrize("value", ["yesterday", "-1", "1.5"])
def test_a_bad_time_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SOURCE_DATE_EPOCH that is no number of seconds is refused by name."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)

    with pytest.raises(project.ReleaseError, match=f"SOURCE_DATE_EPOCH={value}: must be a number"):
        project.epoch()


def test_the_name_of_an_image_has_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registries refuse capitals, which the name of an owner may have."""
    monkeypatch.setenv("KUBEXIT_IMAGE", "registry.example.com/Owner/kubexit")

    assert project.image() == "registry.example.com/owner/kubexit"


def test_a_missing_static_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the static file the release says what to call."""
    monkeypatch.setattr(project, "DIST", project.ROOT / ".build" / "nowhere")

    with pytest.raises(project.ReleaseError, match="make static ARCH=arm64"):
        project.static_file("arm64")


def test_tags_name_both_c_libraries() -> None:
    """A wheel is for glibc and for musl, of one architecture."""
    assert wheel.platform("arm64") == "py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"


@pytest.mark.behaviour("readme-without-the-repository")
@pytest.mark.parametrize("path", ["README.md", "kubectl/README.md"])
def test_a_published_readme_has_no_relative_link(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every link of the README within the repository leads to the same file at the tag of the release."""
    monkeypatch.setenv("KUBEXIT_REPOSITORY", "someone/kubexit")
    written = (project.ROOT / path).read_text()
    published = readme.text(path)
    own = re.findall(rf"https://github.com/someone/kubexit/blob/v{project.VERSION}/([^)#]+)", published)
    pictures = re.findall(rf"https://raw.githubusercontent.com/someone/kubexit/v{project.VERSION}/([^)]+)", published)

    assert list(targets(published)) == []
    assert len(own) + len(pictures) == len(list(targets(written))) > 3
    assert [name for name in own + pictures if not (project.ROOT / name).is_file()] == []
    assert all(name.endswith(".svg") for name in pictures)
    assert re.findall(r"#[\w-]+\)", published) == re.findall(r"#[\w-]+\)", written)


def test_a_link_that_leads_to_nothing_stops_the_release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The error names the page and the link."""
    monkeypatch.setattr(readme, "ROOT", tmp_path)
    (tmp_path / "README.md").write_text("[more](none.md)\n")

    with pytest.raises(DeadLinkError, match=re.escape("README.md: the link to none.md leads to nothing")):
        readme.text("README.md")
