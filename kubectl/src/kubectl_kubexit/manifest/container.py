"""A container of a pod: what it runs, and its environment as the manifest shows it."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from kubectl_kubexit.manifest.tree import row_at, table_at, tables_of
from kubectl_kubexit.manifest.values import Position, Table

INIT, SIDECAR, MAIN = "init", "sidecar", "main"
GENERATED = "generated"  # the source of a plan that the admission policy will make
# Programs that stay PID 1, start what follows and forward signals to it; their options that take the next word.
INITS = {"tini", "tini-static", "docker-init", "dumb-init", "catatonit"}
VALUED = {"-e", "-p", "-r", "--rewrite"}
SHELLS = {"sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"}
IN_SHELL = re.compile(r"(?:^|[;&|(\n{]|\bexec\b|\bdo\b|\bthen\b)\s*(?:[\w./-]*/)?kubexit\s")


@dataclass(frozen=True)
class Variable:
    """A variable of a container.

    value: None if only the cluster knows it. source: the key below valueFrom, for example `fieldRef`; "" for a value;
    GENERATED if the manifest does not have the variable at all.
    is_block: the value is on the lines below `at`. written: the value before the kubelet replaces references in it.
    """

    name: str
    value: str | None
    source: str
    at: Position
    is_block: bool = False
    written: str = ""


@dataclass(frozen=True)
class Mount:
    """A volume of the pod in a container: sub is the subPath or subPathExpr."""

    volume: str
    path: str
    read_only: bool
    sub: str
    node: Table


@dataclass
class Container:
    """A container. role: init, sidecar (an init container with restartPolicy Always) or main."""

    node: Table
    role: str
    index: int
    variables: dict[str, Variable] = field(default_factory=dict)
    repeated: list[Variable] = field(default_factory=list)
    opaque: bool = False  # more variables come from a place that the manifest does not show

    @property
    def name(self) -> str:
        """The name of the container; "" if it has none."""
        return text_of(self.node.get("name"))

    @property
    def at(self) -> Position:
        """Where the name of the container is."""
        return self.node.values_at.get("name", self.node.at)

    @property
    def list_name(self) -> str:
        """The key of the pod that has this container."""
        return "containers" if self.role == MAIN else "initContainers"

    @cached_property
    def command(self) -> list[str]:
        """The words of `command`, which replaces the ENTRYPOINT of the image."""
        return [text_of(word) for word in row_at(self.node, "command")]

    @cached_property
    def args(self) -> list[str]:
        """The words of `args`, which replaces the CMD of the image."""
        return [text_of(word) for word in row_at(self.node, "args")]

    @cached_property
    def words(self) -> list[str]:
        """All words that the manifest gives the container to execute."""
        return self.command + self.args

    @cached_property
    def kubexit_at(self) -> int | None:
        """The index of kubexit in `words`: 0 in front, or behind an init or another program that starts it."""
        return place_of_kubexit(self.words) if self.command else None

    @cached_property
    def has_kubexit(self) -> bool:
        """Whether the manifest itself puts kubexit before the command."""
        return self.kubexit_at is not None

    @cached_property
    def init(self) -> list[str]:
        """The init that starts kubexit, with its options; empty without one."""
        return self.words[: self.kubexit_at] if self.kubexit_at and base(self.words[0]) in INITS else []

    @cached_property
    def in_shell(self) -> bool:
        """Whether a shell starts kubexit."""
        words = self.words
        if not words or base(words[0]) not in SHELLS:
            return False
        return any(IN_SHELL.search(f"{word} ") for word in words[1:])

    @cached_property
    def is_tool(self) -> bool:
        """Whether kubexit is called for something else than to supervise a command, for example --install."""
        words = [] if self.kubexit_at is None else self.words[self.kubexit_at + 1 :]
        return bool(words) and words[0].startswith("--") and words[0] != "--"

    @cached_property
    def is_wrapped(self) -> bool:
        """Whether kubexit supervises this container, or probably does: it may be the ENTRYPOINT of the image."""
        if self.has_kubexit:
            return not self.is_tool
        return self.in_shell or (not self.command and "KUBEXIT_NAME" in self.variables)

    @cached_property
    def wrapped_words(self) -> list[str]:
        """The command that kubexit supervises, if the manifest shows it."""
        if self.kubexit_at is None:
            return self.args
        words = self.words[self.kubexit_at + 1 :]
        return words[1:] if words[:1] == ["--"] else words

    @cached_property
    def mounts(self) -> list[Mount]:
        """The volumes that are mounted."""
        return [
            Mount(
                text_of(node.get("name")),
                "/" + text_of(node.get("mountPath")).strip("/"),
                node.get("readOnly") is True,
                text_of(node.get("subPath") or node.get("subPathExpr")),
                node,
            )
            for node in tables_of(self.node, "volumeMounts")
        ]

    def mount_of(self, path: str) -> Mount | None:
        """Return the mount that a path is on; None if it is on the root of the container."""
        fitting = [mount for mount in self.mounts if f"{path.rstrip('/')}/".startswith(f"{mount.path.rstrip('/')}/")]
        return max(fitting, key=lambda mount: len(mount.path), default=None)

    def probe(self, kind: str) -> Table:
        """Return readinessProbe, livenessProbe or startupProbe; empty if it is not set."""
        return table_at(self.node, kind)

    @property
    def ports(self) -> list[Table]:
        """The ports that the container declares."""
        return tables_of(self.node, "ports")


def text_of(value: Any) -> str:
    """Return a scalar as text; "" for None and everything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def base(word: str) -> str:
    """Return the file name of a program."""
    return word.rpartition("/")[2]


def is_kubexit(word: str) -> bool:
    """Return whether a program is kubexit, as its file name says."""
    return base(word) in {"kubexit", "kubexit-linux-amd64", "kubexit-linux-arm64"}


def place_of_kubexit(words: list[str]) -> int | None:
    """Return the index of kubexit in the words that a container executes; None if it is not certain to be started.

    It can be behind an init (`tini -- kubexit -- app`), or with its `--` behind a program that executes its arguments,
    for example env or an entry point script.
    """
    if not words or base(words[0]) in SHELLS:
        return None
    at = 0
    if base(words[0]) in INITS:
        at = 1
        while words[at : at + 1] and words[at].startswith("-"):
            at += 2 if words[at] in VALUED else 1
    if words[at : at + 1] and is_kubexit(words[at]):
        return at
    pairs = pairwise(words)
    return next((index for index, (word, behind) in enumerate(pairs) if is_kubexit(word) and behind == "--"), None)
