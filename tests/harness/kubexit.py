"""The `kubexit` of the tests: starts it in one of its forms, with a separate graveyard."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from . import graveyard, processes
from .faulter import Faulter
from .forms import BUILD, DRIVER, Form
from .programs import program
from .stepper import Stepper
from .supervised import Finished, Supervised
from .waiting import eventually

PATH = "/usr/local/bin:/usr/bin:/bin"
ALARM_OF_A_RUN = 30.0

Text = str | bytes | os.PathLike[str]


@cache
def pid_namespace_refused() -> str | None:
    """Why no PID namespace can be made here; None when it can."""
    try:
        done = subprocess.run([*PID_NAMESPACE, "true"], capture_output=True, text=True, timeout=20)
    except FileNotFoundError:
        return "unshare(1) is not installed"
    return None if done.returncode == 0 else (done.stderr.strip() or f"unshare ended with {done.returncode}")


PID_NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--"]


class Kubexit:
    """Starts kubexit and sees to it that nothing of it is left after the test."""

    def __init__(self, form: Form, folder: Path) -> None:
        self.started: list[Supervised] = []
        self._form = form
        self._folder = folder
        self._graveyard = folder / "graveyard"
        self._before = set(processes.children(os.getpid()))

    @property
    def form(self) -> str:
        return self._form.name

    @property
    def is_native(self) -> bool:
        """Whether kubexit runs without an interpreter around it."""
        return self._form.is_native

    @property
    def folder(self) -> Path:
        """A folder of this test alone."""
        return self._folder

    @property
    def graveyard(self) -> Path:
        """The graveyard of this test; kubexit creates it."""
        return self._graveyard

    @property
    def path(self) -> str:
        """The program itself, for tests that start it through another one."""
        return os.fspath(self._form.path)

    def under(self, path: os.PathLike[str] | str) -> "Kubexit":
        """The same kubexit by another path: a link, a copy, a script that calls it."""
        return self.of_form(replace(self._form, path=Path(path)))

    def of_form(self, form: Form) -> "Kubexit":
        """Another form of kubexit, with the same graveyard."""
        other = Kubexit(form, self._folder)
        other.started = self.started  # ended with the rest
        return other

    def program(self, name: str = "actor", *flags: str) -> str:
        """The path of a compiled helper program."""
        return os.fspath(program(name, *flags))

    def start(
        self,
        *command: Text,
        name: str | bytes | None = "main",
        waiter: Text | None = None,
        pid1: bool = False,
        fence: bool = False,
        env: Mapping[Text, Text] | None = None,
        options: Iterable[Text] = (),
        stdin: Any = subprocess.DEVNULL,
        stdout: Any = subprocess.PIPE,
        stderr: Any = subprocess.PIPE,
        cwd: Text | None = None,
        preexec_fn: Callable[[], object] | None = None,
        pass_fds: Iterable[int] = (),
        without: Iterable[str] = (),
        steps: Stepper | Faulter | None = None,
        restore_signals: bool = True,
        **settings: Any,
    ) -> Supervised:
        """Start kubexit; keywords in capitals are settings (`DEATH_DEPS="db"`), None leaves one unset.

        `env` is added to the environment, which otherwise has PATH and the settings; names in `without` are removed.
        `options` are arguments for kubexit, before the command.

        `pid1` makes kubexit PID 1 of a separate PID namespace. `fence` puts it below another PID 1, which prints the
        processes that remain at its end: a search for orphans signals processes in the whole namespace, which must
        not be the namespace of the machine.

        `steps` stops kubexit at chosen system calls, or makes them fail (`harness.stepper`, `harness.faulter`).
        """
        environment = {b"PATH": PATH.encode()}
        environment.update({k.encode(): v.encode() for k, v in self._form.environment.items()})
        environment[b"KUBEXIT_GRAVEYARD"] = os.fsencode(self.graveyard)
        if name is not None:
            environment[b"KUBEXIT_NAME"] = os.fsencode(name)
        for key, value in settings.items():
            if not key.isupper():
                raise TypeError(f"start() has no keyword {key!r}, and settings are in capitals")
            environment.pop(f"KUBEXIT_{key}".encode(), None)
            if value is not None:
                environment[f"KUBEXIT_{key}".encode()] = _raw(value)
        for raw_key, raw_value in (env or {}).items():
            environment[os.fsencode(raw_key)] = os.fsencode(raw_value)
        for key in without:
            environment.pop(key.encode(), None)
        if b"KUBEXIT_ORPHAN_GRACE_PERIOD" in environment and not (pid1 or fence):
            raise TypeError("a drain is tested with pid1=True or fence=True")
        line = [*self._program(waiter, environment), *options, *command]
        if steps is not None:
            if pid1:
                raise TypeError("what steps would be PID 1 itself: use fence=True")
            if self.form not in ("gate", "static"):
                pytest.skip(f"SYSTEM CALLS NOT TESTED: other code makes calls too in the form {self.form}")
            line = [*steps.around, *line]
            pass_fds = [*pass_fds, *steps.descriptors]
        if pid1 or fence:
            if refused := pid_namespace_refused():
                pytest.skip(f"PID NAMESPACES NOT TESTED: none can be made here: {refused}")
            line = [*PID_NAMESPACE, *([self.program(), "fence"] if fence else []), *line]
        process = subprocess.Popen(
            line,
            env=environment,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=cwd,
            preexec_fn=preexec_fn,
            pass_fds=tuple(pass_fds),
            restore_signals=restore_signals,
        )
        depth = (2 if fence else int(pid1)) + int(steps is not None)
        supervised = Supervised(process, environment, depth=depth)
        self.started.append(supervised)
        return supervised

    def run(self, *command: Text, timeout: float = ALARM_OF_A_RUN, **keywords: Any) -> Finished:
        """Start kubexit and wait for its end."""
        supervised = self.start(*command, **keywords)
        code = supervised.wait(timeout)
        return Finished(code, supervised.stdout, supervised.stderr)

    def tombstone(self, name: str = "main") -> dict[str, Any] | None:
        """Return the tombstone of that name as PyYAML reads it, times as text; None without a tombstone."""
        return graveyard.read(self.graveyard / name)

    def wait_tombstone(self, name: str = "main", key: str = "Died", timeout: float = 20) -> dict[str, Any]:
        """The tombstone of that name as soon as it has the key."""
        return graveyard.wait(self.graveyard / name, key, timeout)

    def open_to_all(self, *programs: str) -> list[str]:
        """Let any user into the graveyard of this test, and to copies of the programs; their paths."""
        if os.getuid() != 0:
            pytest.skip("ANOTHER USER NOT TESTED: only root can become one")
        used = [self._form.path] if self.is_native else [self._form.path, Path(sys.executable).resolve()]
        closed = [str(up) for path in used for up in path.parents if not up.stat().st_mode & 0o001]
        if closed:
            pytest.skip(f"ANOTHER USER NOT TESTED: {closed[0]} keeps others out")
        self.graveyard.mkdir()
        self.graveyard.chmod(0o777)
        for up in (self.folder, *self.folder.parents):
            if not up.stat().st_mode & 0o001:
                up.chmod(up.stat().st_mode | 0o011)
        return [shutil.copy(path, os.fspath(self.folder)) for path in programs]

    def wait_alive(self, name: str = "main", timeout: float = 20) -> None:
        """Return when kubexit of that name watches the graveyard: its liveness FIFO is in place."""
        eventually(lambda: (self.graveyard / f".{name}.alive").is_fifo(), f"FIFO of {name}", timeout)

    def carve(self, name: str, **keys: Any) -> None:
        """Put a foreign tombstone in place by rename: `carve("db", Born=True, Died=True, ExitCode=0)`; True is now."""
        graveyard.carve(self.graveyard / name, **keys)

    def end(self) -> None:
        """End everything that was started here, by pid."""
        for supervised in self.started:
            supervised.end()
        processes.end_adopted(self._before)

    def _program(self, waiter: Text | None, environment: dict[bytes, bytes]) -> list[Text]:
        if waiter is None:
            return [self._form.path]
        if self.form == "installed":
            # -P: the folder of the driver is not where to import from.
            return [BUILD / "venv/bin/python", "-P", DRIVER, waiter]
        if self.form == "static":
            pytest.skip("STAND-INS FOR THE WAITER NOT TESTED in this form: the static file has its waiter inside")
        environment[b"GATE_WAITER"] = os.fsencode(waiter)
        return [self._form.path]


def _raw(value: object) -> bytes:
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, str | bytes | os.PathLike):
        return os.fsencode(value)
    return str(int(value) if isinstance(value, signal.Signals) else value).encode()
