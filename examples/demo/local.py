"""local.toml of an example: the programs that replace its images on one machine, and how each case must end."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class LocalError(Exception):
    """What is wrong with a local.toml."""


@dataclass(frozen=True)
class Image:
    """Programs of this machine that replace programs of an image."""

    entrypoint: list[str] = field(default_factory=list)
    """What is executed when the manifest names no command."""
    programs: dict[str, list[str]] = field(default_factory=dict)
    """Words of the command in the manifest, and their replacements."""
    user: str = ""
    """The account of this machine that replaces the user of the manifest."""
    path: list[str] = field(default_factory=list)
    """Patterns of folders that come first in PATH."""
    needs: dict[str, str] = field(default_factory=dict)
    """Programs that must be installed, and their Debian packages."""
    ready_line: str = ""


@dataclass(frozen=True)
class Case:
    """One way to run the example, and what has to come out."""

    about: str
    ends: dict[str, int]
    """The exit code of each container."""
    order: list[str] = field(default_factory=list)
    """Containers that have to die in this order."""
    says: dict[str, str] = field(default_factory=dict)
    """What a container's log has to contain."""
    environment: dict[str, dict[str, str]] = field(default_factory=dict)
    """Variables that differ from the manifest, by container."""
    without: list[str] = field(default_factory=list)
    """Containers that are left out."""
    native: list[str] = field(default_factory=list)
    """Injected containers that are native sidecars here: they start first, the kubelet stops them at the end, and their
    exit codes do not count."""
    delete_after: dict[str, str] = field(default_factory=dict)
    """When this container says this, the pod is deleted."""


@dataclass(frozen=True)
class Local:
    """All of it."""

    about: str
    case: dict[str, Case]
    image: dict[str, Image] = field(default_factory=dict)
    injected: dict[str, Image] = field(default_factory=dict)
    """Containers that are not in the manifest: a webhook would add them."""


def read(file: Path) -> Local:
    """A local.toml; LocalError names what it cannot be."""
    try:
        table = tomllib.loads(file.read_text())
        return Local(
            **{
                **table,
                "case": each(Case, table["case"]),
                "image": each(Image, table.get("image", {})),
                "injected": each(Image, table.get("injected", {})),
            }
        )
    except (TypeError, KeyError, tomllib.TOMLDecodeError) as error:
        raise LocalError(f"{file}: {error}") from error


def each(kind: type[T], tables: Mapping[str, Mapping[str, Any]]) -> dict[str, T]:
    """A table of tables as a dictionary of objects."""
    return {name: kind(**table) for name, table in tables.items()}
