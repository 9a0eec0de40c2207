"""The sources of the static file: pinned by hash, from wherever the user has them."""

import hashlib
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import fetch

ROOT = Path(__file__).parents[2]
WORDS = b"what the authors wrote\n"
FILE = {
    "path": "pool/main/t/thing/thing_1.0.orig.tar.gz",
    "upstream": "Thing-1.0.tgz",
    "sha256": hashlib.sha256(WORDS).hexdigest(),
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no place to look, and no apt."""
    monkeypatch.setenv("KUBEXIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("KUBEXIT_SOURCES", raising=False)
    monkeypatch.setattr(fetch, "archives", list)
    return tmp_path / "cache" / "sources"


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None: ...


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the URL on loopback under which it is served."""
    folder = tmp_path / "served"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def put(folder: Path, name: str, words: bytes = WORDS) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(words)


@pytest.mark.parametrize("name", fetch.pins())
def test_pin_is_complete(name: str) -> None:
    """A pin has its version, its Debian version and suite, licence, advisories and files, and they agree."""
    pin = fetch.pins()[name]

    assert set(pin) - {"source-package"} == {
        *("version", "debian", "suite", "licence", "licence-files", "cpe", "advisories", "files")
    }
    assert pin["version"] in pin["debian"]
    assert f":{pin['version']}:" in pin["cpe"]
    without_epoch = pin["debian"].partition(":")[2] or pin["debian"]
    package = pin.get("source-package", name)
    for file in pin["files"]:
        assert re.fullmatch(r"[0-9a-f]{64}", file["sha256"])
        folder, _, base = file["path"].rpartition("/")
        assert folder in {f"pool/{archive}main/{package[0]}/{package}" for archive in ("", "updates/")}
        upstream = without_epoch.rpartition("-")[0]
        version = without_epoch if ".debian.tar." in base else upstream
        assert re.fullmatch(re.escape(f"{package}_{version}") + r"\.(orig|debian)\.tar\.(gz|xz)", base)


@pytest.mark.parametrize("name", [FILE["path"], "thing_1.0.orig.tar.gz", "Thing-1.0.tgz"])
@pytest.mark.parametrize("kind", ["folder", "server"])
def test_place_of_the_user(
    name: str, kind: str, cache: Path, served: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """KUBEXIT_SOURCES names a folder or a URL; a file is found by its pool path, its name, or its authors' name."""
    folder, url = served
    put(folder, name)
    monkeypatch.setenv("KUBEXIT_SOURCES", f"/nowhere {folder if kind == 'folder' else url}")

    found = fetch.fetch("thing", FILE)

    assert found == cache / "thing_1.0.orig.tar.gz"
    assert found.read_bytes() == WORDS


def test_archive_of_apt(cache: Path, served: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word from the user, the machine's own Debian archives are asked, one after the other."""
    folder, url = served
    put(folder / "second", FILE["path"])
    monkeypatch.setattr(fetch, "archives", lambda: [f"{url}/first", f"{url}/second"])

    assert fetch.fetch("thing", FILE).read_bytes() == WORDS


def test_archives_are_those_of_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The base URLs come from apt's configuration, each of them once."""
    program = tmp_path / "apt-get"
    program.write_text("#!/bin/sh\nprintf '%s\\n' http://b.test/debian/ http://a.test/debian http://b.test/debian/\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    assert fetch.archives() == ["http://a.test/debian", "http://b.test/debian"]


def test_wrong_hash_is_refused(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with another hash is not used and not kept; the error names the place and both hashes.

    Fails when fetch() drops the comparison.
    """
    put(tmp_path / "evil", FILE["path"], b"something else\n")
    monkeypatch.setenv("KUBEXIT_SOURCES", str(tmp_path / "evil"))

    with pytest.raises(fetch.SourceError) as error:
        fetch.fetch("thing", FILE)

    other = hashlib.sha256(b"something else\n").hexdigest()
    assert f"{tmp_path}/evil/{FILE['path']}: its hash is {other}, pinned is {FILE['sha256']}" in str(error.value)
    assert list(cache.iterdir()) == []


def test_right_file_behind_a_wrong_one(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place with a wrong file does not keep the next one from being asked."""
    put(tmp_path / "evil", FILE["path"], b"something else\n")
    put(tmp_path / "good", FILE["path"])
    monkeypatch.setenv("KUBEXIT_SOURCES", f"{tmp_path}/evil {tmp_path}/good")

    assert fetch.fetch("thing", FILE).read_bytes() == WORDS


def test_spoilt_cache_is_not_believed(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the cache counts only while its hash is right; otherwise it is fetched again."""
    put(cache, "thing_1.0.orig.tar.gz", b"half of wha")
    put(tmp_path / "good", FILE["path"])
    monkeypatch.setenv("KUBEXIT_SOURCES", str(tmp_path / "good"))

    assert fetch.fetch("thing", FILE).read_bytes() == WORDS


def test_file_that_nobody_has(cache: Path, served: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """When no place has a file, the error lists what each one said, and the two ways on."""
    monkeypatch.setattr(fetch, "archives", lambda: [served[1]])

    with pytest.raises(fetch.SourceError) as error:
        fetch.fetch("thing", FILE)

    assert f"{served[1]}/{FILE['path']}: " in str(error.value)
    assert "404" in str(error.value)
    assert "KUBEXIT_SOURCES" in str(error.value)
    assert "docs/develop/static-build.md" in str(error.value)
    assert "## A new release" in (ROOT / "docs" / "develop" / "static-build.md").read_text()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with unpack.sh and one source: a text of two lines, with two patches of Debian's."""
    tree = tmp_path / "tree"
    (tree / "build/static").mkdir(parents=True)
    (tree / ".build/static/venv/bin").mkdir(parents=True)
    (tree / ".build/static/venv/bin/python").symlink_to(sys.executable)
    for name in ("fetch.py", "unpack.sh"):
        shutil.copy(ROOT / "build/static" / name, tree / "build/static" / name)
    put(tree / "thing-1.0", "text", b"one\ntwo\n")
    put(tree / "debian/patches", "series", b"# in this order\nfirst.patch\nsecond.patch -p1 # reason\n")
    change = "--- a/text\n+++ b/text\n@@ -1,2 +1,2 @@\n-{}\n+{}\n two\n"
    put(tree / "debian/patches", "first.patch", change.format("one", "more").encode())
    put(tree / "debian/patches", "second.patch", change.format("more", "most").encode())
    return tree


def unpack(tree: Path) -> subprocess.CompletedProcess[str]:
    """Pack the folders of a tree as Debian does, pin them, and run unpack.sh."""
    files = []
    for folder, name in (("thing-1.0", "thing_1.0.orig.tar.gz"), ("debian", "thing_1.0-1.debian.tar.xz")):
        subprocess.run(["tar", "-caf", name, folder], cwd=tree, check=True)
        files.append(f'[[thing.files]]\npath = "{name}"\nsha256 = "{fetch.sha256(tree / name)}"\n')
    (tree / "build/static/pins.toml").write_text('[thing]\nversion = "1.0"\n\n' + "\n".join(files))
    environment = os.environ | {"KUBEXIT_SOURCES": str(tree), "KUBEXIT_CACHE": str(tree / "cache")}
    command = ["build/static/unpack.sh", "thing", "out"]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


def test_debian_patches_are_applied(tree: Path) -> None:
    """All patches of the series are applied, in its order, and listed."""
    done = unpack(tree)

    assert done.returncode == 0, done.stderr
    assert (tree / "out/text").read_text() == "most\ntwo\n"
    assert (tree / "out/patches.txt").read_text() == "first.patch\nsecond.patch\n"


def test_patch_that_does_not_fit_ends_the_build(tree: Path) -> None:
    """A patch that does not apply to the line is an error that names it, never a warning."""
    put(tree / "thing-1.0", "text", b"one\nand a half\ntwo\n")

    done = unpack(tree)

    assert done.returncode == 1
    assert "patch first.patch of thing does not apply" in done.stderr


def test_series_without_patches_ends_the_build(tree: Path) -> None:
    """A source of Debian's without patches is a mistake in the pins: its fixes would be missing."""
    put(tree / "debian/patches", "series", b"# nothing\n")

    assert unpack(tree).returncode == 1
