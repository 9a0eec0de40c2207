"""Pinned packages: only the pinned bytes count, and a file that is gone from the archive is replaced loudly."""

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import fetch
from vm import archive
from vm.pins import Pin

CONTENT = b"a kernel"
PIN = Pin("old", "amd64", "bookworm", "meta", "1-1", "pool/old_1.deb", hashlib.sha256(CONTENT).hexdigest())
NEWER = b"a newer kernel"


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place with files, and no archive besides; the cache is empty."""
    folder = tmp_path / "pool"
    folder.mkdir()
    monkeypatch.setenv("KUBEXIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KUBEXIT_SOURCES", str(folder))
    monkeypatch.setattr(fetch, "archives", list)
    return folder


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> list[Pin]:
    """What the suite offers in place of a pin: the last of the list; an empty list: nothing."""
    offers: list[Pin] = []

    class Offered:
        def __init__(self, pin: Pin) -> None:
            if not offers:
                raise archive.ArchiveError(f"no {pin.suite}")

        def pin(self) -> Pin:
            return offers[-1]

    monkeypatch.setattr(archive, "Offer", Offered)
    return offers


def test_a_pinned_file_is_fetched_once(pool: Path, offer: list[Pin]) -> None:
    """It comes from a place, and after that from the cache."""
    warnings: list[str] = []
    (pool / "old_1.deb").write_bytes(CONTENT)
    _, first = archive.package(PIN, warnings)
    (pool / "old_1.deb").unlink()
    pin, second = archive.package(PIN, warnings)

    assert (pin, first, warnings) == (PIN, second, [])
    assert second.read_bytes() == CONTENT


def test_other_bytes_are_refused(pool: Path, offer: list[Pin]) -> None:
    """A file with the name of the pinned one and another content is not used; the error says how to renew the pin."""
    (pool / "old_1.deb").write_bytes(NEWER)

    with pytest.raises(archive.ArchiveError, match=r"its hash is [0-9a-f]{64}, pinned is [0-9a-f]{64}") as error:
        archive.package(PIN, [])
    assert "make vm ARGS=--renew" in str(error.value)
    assert "bookworm offers nothing instead" in str(error.value)


def test_a_file_that_is_gone_is_replaced_loudly(pool: Path, offer: list[Pin]) -> None:
    """The suite's present kernel is used, and the warning names both versions."""
    warnings: list[str] = []
    newer = replace(PIN, version="2-1", path="pool/new_2.deb", sha256=hashlib.sha256(NEWER).hexdigest())
    offer.append(newer)
    (pool / "new_2.deb").write_bytes(NEWER)
    pin, file = archive.package(PIN, warnings)

    assert (pin, file.read_bytes()) == (newer, NEWER)
    assert warnings[0].startswith("PIN GONE: old_1.deb is not available")
    assert "2-1 of bookworm is used instead of 1-1" in warnings[0]


def test_the_kernel_of_a_package(tmp_path: Path) -> None:
    """It is found by the beginning of its name; a package without one is refused."""
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    fields = "Package: k\nVersion: 1\nArchitecture: all\nMaintainer: k\nDescription: k\n"
    (tree / "DEBIAN" / "control").write_text(fields)
    (tree / "boot").mkdir()
    (tree / "boot" / "vmlinuz-6.1").write_bytes(CONTENT * 100_000)
    (tree / "boot" / "zz-after").write_bytes(CONTENT * 1_000_000)
    deb = tmp_path / "k.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, deb], check=True, capture_output=True)

    assert archive.extracted(deb, ("vmlinuz",), tmp_path / "found").read_bytes() == CONTENT * 100_000
    with pytest.raises(archive.ArchiveError, match="has no busybox"):
        archive.extracted(deb, ("busybox",), tmp_path / "none")
