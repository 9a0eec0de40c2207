"""Print or write files that a command has changed."""

import codecs
import difflib
import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from kubectl_kubexit.errors import UserError
from kubectl_kubexit.progress import doing


@dataclass(frozen=True)
class Output:
    """What happens to a changed file: printed whole, as differences, or written in its place."""

    diff: bool
    in_place: bool


# Returns the new text of a file and how many pods it has changed; gets the text and the name of the file.
Change = Callable[[str, str], tuple[str, int]]


def write_changes(sources: dict[str, str], change: Change, output: Output) -> None:
    """Change files: all of them, or none if one cannot be changed.

    Raises:
        UserError: stdin cannot be changed in place, or a file cannot be written.
    """
    if output.in_place and "-" in sources:
        raise UserError("--in-place needs a file; stdin has none")
    changed = {}
    for path, text in sources.items():
        with doing(f"changing {path}"):
            changed[path] = change(text, path)
    if not any(count for _, count in changed.values()):
        click.echo("kubectl kubexit: nothing to change", err=True)
    last = ""
    for path, (text, _) in changed.items():
        if output.diff:
            sys.stdout.writelines(differences(sources[path], text, path))
        if output.in_place and text != sources[path]:
            write_file(path, text)
        if not output.diff and not output.in_place:
            sys.stdout.write("\n" if last and not last.endswith("\n") else "")
            sys.stdout.write("---\n" if last and not text.startswith("---") else "")
            sys.stdout.write(text)
            last = text or last


def differences(old: str, new: str, path: str) -> list[str]:
    """Return two texts as a unified diff, coloured on a terminal."""
    before, after = (io.StringIO(text, newline="\n").readlines() for text in (old, new))
    lines = [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(before, after, path, path)
    ]
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return lines
    colours = {"+": "green", "-": "red", "@": "cyan"}
    return [click.style(line, fg=colours.get(line[:1])) for line in lines]


def write_file(path: str, text: str) -> None:
    """Replace a file in one step; its mode, its owner and its byte order mark stay."""
    target = Path(path).resolve()
    draft = target.with_name(f".{target.name}.kubexit")
    try:
        with target.open("rb") as file:
            marked = file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
        draft.write_text(text, encoding="utf-8-sig" if marked else "utf-8", newline="")
        before = target.stat()
        draft.chmod(before.st_mode)
        if hasattr(os, "chown") and before.st_uid != draft.stat().st_uid:
            os.chown(draft, before.st_uid, before.st_gid)  # root changes the file of another user
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UserError(f"{path}: cannot be written: {error.strerror}") from None
