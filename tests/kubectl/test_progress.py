"""What takes longer than a second says on stderr what it waits for, on a terminal and nowhere else."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.terminal import Terminal
from kubectl_kubexit import progress

pytestmark = pytest.mark.behaviour("authoring-progress")

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
POD = "kind: Pod\nspec:\n  containers:\n  - name: main\n    image: {}/team/app:1\n"
CONFIG = """\
current-context: here
contexts: [{{name: here, context: {{cluster: here, user: me}}}}]
clusters: [{{name: here, cluster: {{server: "http://{}"}}}}]
users: [{{name: me, user: {{}}}}]
"""


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def start(terminal: Terminal, *words: object, **more: str) -> "subprocess.Popen[str]":
    """Start the program with a terminal as its stderr; its stdout is a pipe."""
    environment = {"PATH": "/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8", **more}
    return subprocess.Popen(
        [TOOL, *map(str, words)], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=terminal.inside, text=True,
    )  # fmt: skip


def release(silent: socket.socket) -> None:
    """Close the connection that the program has opened, and refuse further ones."""
    connection, _ = silent.accept()
    silent.close()
    connection.close()


def test_registry_and_api_server_are_named(silent: socket.socket, tmp_path: Path) -> None:
    """While the registry is silent, the image is named; then the error is one line, and stdout is empty."""
    terminal = Terminal()
    host = f"127.0.0.1:{silent.getsockname()[1]}"
    (tmp_path / "pod.yaml").write_text(POD.format(host))
    process = start(terminal, "wrap", "--entry", "registry", "--deliver", "none", tmp_path / "pod.yaml")
    terminal.wait_screen(f"finding the entry point of {host}/team/app:1".encode())
    release(silent)
    out, _ = process.communicate(timeout=60)

    assert (process.returncode, out) == (2, "")
    terminal.wait_screen(b"the entry point of ")
    terminal.hang_up()


def test_api_server_is_named(silent: socket.socket, tmp_path: Path) -> None:
    """While the API server is silent, the pod is named."""
    terminal = Terminal()
    (tmp_path / "config").write_text(CONFIG.format(f"127.0.0.1:{silent.getsockname()[1]}"))
    process = start(terminal, "status", "job/report", KUBECONFIG=str(tmp_path / "config"))
    terminal.wait_screen(b"looking at job/report")
    release(silent)
    out, _ = process.communicate(timeout=60)

    assert (process.returncode, out) == (2, "")
    terminal.wait_screen(b"the API server does not answer")
    terminal.hang_up()


def test_file_that_comes_late_is_named(tmp_path: Path) -> None:
    """While a file has no end, it is named; then check reports what it found, and the line is gone from the screen."""
    terminal = Terminal()
    os.mkfifo(tmp_path / "late.yaml")
    process = start(terminal, "check", "-f", tmp_path / "late.yaml")
    terminal.wait_screen(b"late.yaml")
    (tmp_path / "late.yaml").write_text("kind: Pod\n")
    out, _ = process.communicate(timeout=60)

    assert process.returncode == 0
    assert "reading" not in out
    terminal.wait_screen(b"\x1b[?25h")  # the cursor is back
    terminal.hang_up()


def test_pipe_gets_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal no line is made, and no thread that could write one. Fails without the question for one."""
    monkeypatch.setattr(progress, "DELAY", 0.0)
    before = threading.active_count()
    with progress.doing("outer"), progress.doing("inner"):
        progress.say("words")
        found = (progress.current, threading.active_count())

    assert found == (None, before)
    assert capsys.readouterr() == ("", "")


def test_inner_line_gives_way_to_the_outer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done inside replaces the words while it lasts, also if it fails."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress.doing("outer"):
        assert progress.current is not None
        with pytest.raises(ValueError), progress.doing("inner"):  # noqa: PT011
            assert progress.current.words == "inner"
            raise ValueError
        assert progress.current.words == "outer"

    assert progress.current is None
