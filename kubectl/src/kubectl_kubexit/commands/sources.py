"""Manifests from files, folders and stdin: how a user names them, and how they are read."""

import codecs
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from kubectl_kubexit.admission.injected import as_it_runs
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.progress import doing

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

MOST_BYTES = 32 * 2**20  # of a file: more is a mistake, and would take minutes
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SUFFIXES = {".yaml", ".yml", ".json"}


def file_names(_context: click.Context, _parameter: click.Parameter, begin: str) -> list["CompletionItem"]:
    """Let the shell complete the name of a file."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(begin, type="file")]


filename_option = click.option(
    "-f",
    "--filename",
    "names",
    multiple=True,
    metavar="FILE",
    shell_complete=file_names,
    help="A file, a folder, or - for stdin. Repeatable.",
)
files_argument = click.argument("files", nargs=-1, metavar="[FILE]…", shell_complete=file_names)


def read_sources(names: Iterable[str]) -> dict[str, str]:
    """Return the texts of files by the names that the user gave.

    Args:
        names: files, folders (their .yaml, .yml and .json files, with subfolders) and `-` for stdin.

    Raises:
        UserError: a file cannot be read, or is too large.
    """
    found: dict[str, str] = {}
    for name in names:
        if name == "-" and "-" in found:
            continue  # what stdin had is read already
        if name == "-":
            found["-"] = decoded(limited(sys.stdin.buffer, "stdin"), "stdin")
            continue
        for path in files_of(named(name)):
            try:
                with doing(f"reading {path}"), path.open("rb") as file:
                    found[str(path)] = decoded(limited(file, str(path)), str(path))
            except OSError as error:
                raise UserError(f"{path}: {error.strerror}") from None
    return found


def read_logs(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Return saved logs, each with a name for its container: that of the file, or of the folder of 0.log.

    Args:
        names: files, folders (all files in them, with subfolders) and `-` for stdin. Bytes that are no UTF-8 are
            replaced: a command can log what it wants.

    Raises:
        UserError: a file cannot be read, or a folder has none.
    """
    for name in names:
        if name == "-":
            yield "-", sys.stdin.buffer.read().decode(errors="replace")
            continue
        path = named(name)
        files = [file for file in sorted(path.rglob("*")) if file.is_file()] if path.is_dir() else [path]
        if not files:
            raise UserError(f"{path}: no file in this folder; give the logs of the pod, one file a container")
        for file in files:
            try:
                with doing(f"reading {file}"):
                    text = file.read_bytes().decode(errors="replace")
            except OSError as error:
                raise UserError(f"{file}: {error.strerror}") from None
            yield file.parent.name if file.stem.isdecimal() else file.stem, text


def named(name: str) -> Path:
    """Return the path of a name. An empty one is a variable of a shell that is not set, and not this folder."""
    if not name:
        raise UserError("the name of a file is empty; is a variable of your shell not set?")
    return Path(name)


def running(pod: Pod) -> Pod:
    """Return a pod as it will run: with kubexit, if its label asks the API server for it.

    Raises:
        UserError: the API server would refuse it.
    """
    runs, refusals = as_it_runs(pod)
    for refusal in refusals:
        place = f"{pod.document.path}:{refusal.at.line} {pod.title}"
        raise UserError(f"{place}: the admission policy refuses the pod: {refusal.message}; {refusal.remedy}")
    return runs


def files_of(path: Path) -> Iterator[Path]:
    """Return a file, or the manifests in a folder."""
    if not path.is_dir():
        yield path
        return
    below = [file for file in sorted(path.rglob("*")) if file.suffix in SUFFIXES and file.is_file()]
    if not below:
        raise UserError(f"{path}: no .yaml, .yml or .json file in this folder")
    yield from below


def limited(file: BinaryIO, name: str) -> bytes:
    """Return what is in a file; refuse too much, before it is read as YAML."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UserError(f"{name}: larger than {MOST_BYTES // 2**20} MiB; split it into several files")
    return content


def decoded(content: bytes, name: str) -> str:
    """Return a text in UTF-8."""
    hint = "; this is UTF-16, as > of Windows PowerShell writes it" if content[:2] in UTF_16 else ""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{name}: not UTF-8 at byte {error.start}{hint}") from None
