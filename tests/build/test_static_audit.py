"""`make check KIND=audit`: what is known against a pin ends it with 1; what could not be asked is said."""

import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest

import fetch
from audit import __main__ as report
from audit import advisories, debian, pypi
from audit.finding import Finding

PYTHON = "python3.11"
PINS = {
    "python": {
        "source-package": PYTHON,
        "version": "3.11.2",
        "debian": "3.11.2-6+deb12u8",
        "suite": "bookworm",
        "advisories": "the tracker",
    }
}


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """One native source, pinned at an update of Debian 12; one package, pinned at 2.8.0."""
    monkeypatch.setattr(fetch, "pins", lambda: PINS)
    monkeypatch.setattr(pypi, "pins", lambda: {"urllib3": "2.8.0"})


def uploaded(monkeypatch: pytest.MonkeyPatch, *known: tuple[str, str]) -> list[Finding]:
    """What is found when Debian has these versions of the source, in these suites."""
    monkeypatch.setattr(debian, "KEYRING", Path("/"))
    monkeypatch.setattr(debian.shutil, "which", lambda name: name)
    monkeypatch.setattr(debian, "refusal", lambda *_: "")
    monkeypatch.setattr(debian, "uploads", lambda *_: [(PYTHON, version, suite) for version, suite in known])
    return list(debian.findings())


@pytest.mark.usefixtures("pins")
@pytest.mark.parametrize(
    ("version", "suite", "kind"),
    [
        ("3.11.2-6+deb12u8", "bookworm", None),
        ("3.11.2-6+deb12u7", "bookworm-security", None),
        ("3.11.2-6+deb12u9", "bookworm-security", "RENEW"),
        ("3.11.2-6+deb12u10", "bookworm-security", "RENEW"),
        ("3.11.2-6+deb12u9", "bookworm", "newer"),
        ("3.11.2-6+deb12u9", "bookworm-updates", "newer"),
        ("3.11.9-1", "trixie-security", None),
    ],
)
def test_a_later_upload_calls_for_renewal(
    version: str, suite: str, kind: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later upload to the suite's security archive calls for a renewal; another one is news; others' are nothing.

    Versions are in Debian's order: u10 is later than u8.
    """
    found = uploaded(monkeypatch, ("3.11.2-6+deb12u8", "bookworm"), (version, suite))

    assert [finding.kind for finding in found] == ([kind] if kind else [])
    assert all(version in finding.text and suite in finding.text for finding in found)


@pytest.mark.usefixtures("pins")
def test_a_source_that_does_not_come_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the archive lists a source and does not have it, the line says so: a person then knows why a pin waits."""
    uploaded(monkeypatch)
    monkeypatch.setattr(debian, "uploads", lambda *_: [(PYTHON, "3.11.2-6+deb12u9", "bookworm-security")])
    monkeypatch.setattr(debian, "refusal", lambda *_: "404 Not Found")
    (text,) = [finding.text for finding in debian.findings() if finding.kind == "RENEW"]

    assert "3.11.2-6+deb12u9 is in bookworm-security, but the archive does not give its source (404 Not Found)" in text


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Err:1 http://a.test trixie/main openssl 3 (dsc)\n  404  Not Found [IP: 192.0.2.1 80]\n", "404 Not Found"),
        ("", "no reason given"),
    ],
)
def test_the_reason_is_the_answer_to_apt(said: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """apt's answer is the reason; it is empty where the description of the source comes."""
    monkeypatch.setattr(debian, "apt", lambda *_, **__: said)
    assert debian.refusal("openssl", "3") == reason

    monkeypatch.setattr(debian, "apt", lambda *_, work, **__: (work / "openssl_3.dsc").write_text("") or "")
    assert debian.refusal("openssl", "3") == ""


@pytest.mark.usefixtures("pins")
def test_silent_archives_are_no_good_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the archives do not answer, the audit says so instead of finding nothing."""
    assert [finding.kind for finding in uploaded(monkeypatch)] == ["unknown"]


def test_apt_is_asked_for_all_suites(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sources.list has the suite, its updates and its security archive, signed by Debian's keys."""
    monkeypatch.setattr(debian, "bases", lambda: ("http://a.test/debian", "http://a.test/security"))

    lines = debian.sources(["bookworm"]).splitlines()

    assert [line.split()[2:] for line in lines] == [
        ["http://a.test/debian", "bookworm", "main"],
        ["http://a.test/debian", "bookworm-updates", "main"],
        ["http://a.test/security", "bookworm-security", "main"],
    ]
    assert all("signed-by=" in line for line in lines)


def test_archives_are_known_from_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's two archives are found among the other archives of apt."""
    program = tmp_path / "apt-get"
    lines = ("stable http://other.test/", "bookworm http://a.test/debian/", "bookworm-security http://a.test/security")
    program.write_text("#!/bin/sh\nprintf '%s\\n' " + " ".join(f"'{line}'" for line in lines) + "\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    assert debian.bases() == ("http://a.test/debian", "http://a.test/security")


def wheel(folder: Path, name: str) -> str:
    """A package without anything in it, as a wheel; its hash."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        info = f"{name}-1.0.dist-info"
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index in a folder, and a lock, with one release that was withdrawn and one that was not."""
    lock = []
    for name, withdrawn in (("fine", ""), ("taken-back", ' data-yanked="a defect"')):
        page = tmp_path / "index" / name
        page.mkdir(parents=True)
        base = name.replace("-", "_")
        digest = wheel(page, base)
        page.joinpath("index.html").write_text(
            f'<!DOCTYPE html><a href="{base}-1.0-py3-none-any.whl#sha256={digest}"{withdrawn}>wheel</a>'
        )
        lock.append(f"{name}==1.0 \\\n    --hash=sha256:{digest}\n")
    tmp_path.joinpath("lock.txt").write_text("".join(lock))
    monkeypatch.setattr(pypi, "LOCK", tmp_path / "lock.txt")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "index").as_uri())
    return tmp_path


@pytest.mark.usefixtures("index")
def test_a_withdrawn_release_calls_for_renewal() -> None:
    """A pinned release that its authors withdrew calls for a renewal; others are not mentioned."""
    assert list(pypi.withdrawn()) == [Finding("RENEW", "taken-back 1.0 was withdrawn from PyPI")]


def test_index_without_the_pin(index: Path) -> None:
    """When pip cannot find a pinned release, the question counts as not answered."""
    index.joinpath("lock.txt").write_text(f"gone==1.0 --hash=sha256:{'0' * 64}\n")

    assert [finding.kind for finding in pypi.withdrawn()] == ["unknown"]


def record(name: str, ecosystem: str, **affected: object) -> dict[str, object]:
    package = {"name": name, "ecosystem": ecosystem}
    return {"id": "TEST-1", "aliases": ["CVE-1"], "affected": [{"package": package, **affected}]}


def span(*events: tuple[str, str]) -> list[dict[str, object]]:
    return [{"type": "ECOSYSTEM", "events": [{what: version} for what, version in events]}]


@pytest.mark.usefixtures("pins")
@pytest.mark.parametrize(
    ("known", "hit"),
    [
        (record("urllib3", "PyPI", versions=["2.7.0", "2.8.0"]), True),
        (record("urllib3", "PyPI", versions=["2.7.0"]), False),
        (record("urllib3", "PyPI", ranges=span(("introduced", "0"), ("fixed", "2.8.1"))), True),
        (record("urllib3", "PyPI", ranges=span(("introduced", "0"), ("fixed", "2.8.0"))), False),
        (record("urllib3", "PyPI", ranges=span(("introduced", "2.10"))), False),
        (record("urllib3", "PyPI", ranges=span(("introduced", "2.0"), ("last_affected", "2.8.0"))), True),
        (record("urllib3", "PyPI", ranges=span(("introduced", "2.0"), ("last_affected", "2.7.9"))), False),
        (record("urllib3", "npm", versions=["2.8.0"]), False),
        (record(PYTHON, "Debian:12", ranges=span(("introduced", "0"), ("fixed", "3.11.2-6+deb12u10"))), True),
        (record(PYTHON, "Debian:12", ranges=span(("introduced", "0"), ("fixed", "3.11.2-6+deb12u8"))), False),
        (record(PYTHON, "Debian:13", ranges=span(("introduced", "0"))), False),
        (record("urllib3", "PyPI", versions=["2.8.0"]) | {"withdrawn": "2026-01-01T00:00:00Z"}, False),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_an_advisory_hits_a_pin(
    known: dict[str, object], hit: bool, packed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record in the OSV format hits a pin by its list of versions or by a range, in the order of its ecosystem."""
    text = json.dumps(known)
    place = tmp_path / "all.zip" if packed else tmp_path
    if packed:
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("PYSEC-1.json", text)
    else:
        tmp_path.joinpath("PYSEC-1.json").write_text(text)
    monkeypatch.setenv("KUBEXIT_ADVISORIES", str(place))

    found = [finding.kind for finding in advisories.findings()]

    assert found == (["RENEW"] if hit else [])


@pytest.mark.usefixtures("pins")
@pytest.mark.parametrize(("kind", "code"), [("RENEW", 1), ("newer", 0), ("unknown", 0)])
def test_the_audit_fails_for_renewals_only(
    kind: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The audit fails only for a pin that must be renewed, and always says where to look."""
    finding = Finding(kind, "the finding")  # type: ignore[arg-type]
    monkeypatch.setattr(debian, "findings", lambda: [finding])
    monkeypatch.setattr(pypi, "findings", list)
    monkeypatch.setattr(advisories, "findings", list)
    monkeypatch.setattr(report, "INSIDE", ("urllib3",))
    monkeypatch.setattr(report.inventory, "compiler", list)

    assert report.main() == code

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [kind, "the", "finding"]
    assert "    python 3.11.2-6+deb12u8: the tracker" in lines
