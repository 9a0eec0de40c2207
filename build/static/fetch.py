"""Fetch the sources that pins.toml names, and believe nothing but their hashes.

    fetch.py                fetch what is missing
    fetch.py NAME           the same for one source; prints the paths of its files, in the order of the pins
    fetch.py --pins NAME    prints the hashes of its files, which stand for all that is in them
    fetch.py --licences NAME
                            prints where its licences are, in its own tree

Looked through in this order: the cache; the places in KUBEXIT_SOURCES (folders or URLs, separated by blanks); the
archives that the machine's own apt knows. A place is asked for a file by its path in Debian's pool, by its name
there, and by the name that its authors gave it: a mirror of Debian, a plain folder and a project's own download
page all serve.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PINS = Path(__file__).with_name("pins.toml")
APT_HELPER = "/usr/lib/apt/apt-helper"
SECONDS = 60  # without a byte from a server


class SourceError(Exception):
    """A source is not available, or is not what the pins say; one sentence that says what to do."""


def pins() -> dict[str, dict[str, Any]]:
    """The table of pins.toml, by the names of the sources."""
    return tomllib.loads(PINS.read_text())


def cache() -> Path:
    """The folder that keeps the files, outside the tree; it may vanish at any time between two builds."""
    own = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubexit"
    return Path(os.environ.get("KUBEXIT_CACHE") or own) / "sources"


def sha256(path: Path) -> str:
    """The hash of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def archives() -> list[str]:
    """The base URLs of the Debian archives in the configuration of apt; none where there is no apt."""
    if shutil.which("apt-get") is None:
        return []
    # Also where apt has never updated its lists, as in a fresh container.
    command = ["apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI)", "Created-By: Packages"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return sorted({uri.rstrip("/") for uri in found})


def names(file: dict[str, str]) -> list[str]:
    """How a place may call a pinned file: path in the pool, name in the pool, the authors' name."""
    known = [file["path"], Path(file["path"]).name, file.get("upstream", "")]
    return [name for name in known if name]


def copy(place: str, name: str, target: Path) -> str:
    """Copy a file from a folder or a URL to `target`; returns "" or the reason why not."""
    if "://" not in place:
        source = Path(place).expanduser() / name
        if not source.is_file():
            return "no such file"
        shutil.copyfile(source, target)
        return ""
    try:
        with (
            urllib.request.urlopen(f"{place.rstrip('/')}/{urllib.parse.quote(name)}", timeout=SECONDS) as answer,
            target.open("wb") as out,
        ):
            shutil.copyfileobj(answer, out)
    except (urllib.error.URLError, OSError) as error:
        return str(error)
    return ""


def download(base: str, file: dict[str, str], target: Path) -> str:
    """Let apt fetch a file from one of its archives, with the proxies and keys it is set up with; "" or the reason."""
    command = [APT_HELPER, "download-file", f"{base}/{file['path']}", str(target), f"SHA256:{file['sha256']}"]
    if not Path(APT_HELPER).exists():
        return copy(base, file["path"], target)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line.removeprefix("E: ") for line in done.stderr.splitlines() if line.startswith("E:")]
    return "" if done.returncode == 0 else " ".join(said[:1]) or f"apt-helper ended with {done.returncode}"


def attempts(file: dict[str, str], target: Path) -> Iterator[tuple[str, str]]:
    """Try one place after the other: what was tried, and "" if something came, else why nothing did."""
    for place in os.environ.get("KUBEXIT_SOURCES", "").split():
        for name in names(file):
            yield f"{place}/{name}", copy(place, name, target)
    for base in archives():
        yield f"{base}/{file['path']}", download(base, file, target)


def fetch(name: str, file: dict[str, str]) -> Path:
    """The path of a verified file in the cache; SourceError when no place has it, with what each place said."""
    kept = cache() / Path(file["path"]).name
    if kept.is_file() and sha256(kept) == file["sha256"]:
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    tried = []
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".fetch-") as folder:
        target = Path(folder) / "file"
        for place, reason in attempts(file, target):
            if not reason and (found := sha256(target)) != file["sha256"]:
                reason = f"its hash is {found}, pinned is {file['sha256']}"
            if not reason:
                target.replace(kept)
                return kept
            tried.append(f"    {place}: {reason}")
    raise SourceError(
        f"kubexit: {kept.name} (source of {name}) is not available:\n"
        + "\n".join(tried or ["    nowhere to look: no apt here, and KUBEXIT_SOURCES is empty"])
        + "\n  Debian's pool drops a version some time after a newer one came. Either name a mirror or a folder that"
        ' still has it\n  (KUBEXIT_SOURCES="URL FOLDER …"), or renew the pin: "A new release" in'
        "\n  docs/develop/static-build.md."
    )


def answer(question: str, name: str, source: dict[str, Any]) -> list[str]:
    """What is printed about one source; without a question its files are fetched, and their paths printed."""
    if question == "--pins":
        return [file["sha256"] for file in source["files"]]
    if question == "--licences":
        return list(source["licence-files"])
    return [str(fetch(name, file)) for file in source["files"]]


def main(arguments: list[str]) -> int:
    """Fetch everything, or one source and print its paths; 1 and a reason on stderr when that fails."""
    table = pins()
    question = arguments.pop(0) if arguments and arguments[0].startswith("--") else ""
    try:
        for name in arguments or table:
            if name not in table:
                raise SourceError(f"kubexit: pins.toml has no source '{name}'; it has {', '.join(table)}")
            print(*answer(question, name, table[name]), sep="\n")
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
