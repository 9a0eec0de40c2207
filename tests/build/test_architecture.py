"""The map in docs/develop/architecture.md is the tree."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/develop/architecture.md").read_text()
NATIVE = {path.stem for path in (ROOT / "ext").rglob("*.pyx")}


def named(heading: str) -> list[str]:
    """What the first column of the table with this heading names."""
    (rows,) = re.findall(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [name for row in rows.splitlines() for name in re.findall(r"`([^`]+)`", row.split("|")[1])]


@pytest.mark.parametrize("folder", ["kubexit", "kubexit/waiter"])
def test_table_of_a_folder_lists_each_file_once(folder: str) -> None:
    """The table of a folder has each of its files once."""
    files = [path.stem for path in (ROOT / folder).glob("*.py") if path.stem != "__init__"]

    assert sorted(named(f"file in `{folder}/`")) == sorted(files)


def test_folders_of_the_native_unit() -> None:
    """The table of ext/ has each folder that holds parts of the native unit, and the door."""
    folders = {f"{path.parent.name}/" for path in (ROOT / "ext").glob("*/*.pyx")}

    assert set(named("folder in `ext/`")) == folders | {"bindings.pyx"}


def test_flow_names_files() -> None:
    """Each word that an arrow of the flow joins is a file of ext/."""
    (flow,) = re.findall(r"## The flow, by file names\n\n```\n(.*?)```", PAGE, re.DOTALL)
    words = set(re.findall(r"(\w+) ─+►", flow)) | set(re.findall(r"► (\w+)", flow))

    assert len(words) > 8
    assert words - NATIVE == set()
