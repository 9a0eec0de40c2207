"""What is behind the address of a kubeconfig need not be an API server, and credentials need not be there."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.servers.webserver import WebServer, sends

pytestmark = pytest.mark.behaviour("live-status")

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
POD = "kind: Pod\nspec: {containers: [{name: a, command: [x]}]}\n"
COMMANDS = [["status", "job/a"], ["timeline", "a"], ["check", "a"], ["wrap", "--kube-version", "cluster", "-"]]
every_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])


def answering(web: Callable[..., WebServer], body: str) -> WebServer:
    """A server that answers each request with this body."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return web(sends(f"{head}{body}".encode()))


def refusal(tmp_path: Path, command: list[str], port: int, user: dict[str, Any]) -> str:
    """The one line that a command says with a kubeconfig."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "a",
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "clusters": [{"name": "a", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "a", "user": user}],
    }
    path = tmp_path / "config"
    path.write_text(json.dumps(config))
    environment = {"PATH": "/usr/bin:/bin", "KUBECONFIG": str(path), "HOME": str(tmp_path)}
    done = subprocess.run([TOOL, *command], input=POD, env=environment, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    (line,) = done.stderr.splitlines()
    return line


@every_command
@pytest.mark.parametrize("body", ["<html>Log in</html>", "", "[]", "{}", '"a"', '{"kind": 5}'])
def test_another_server_is_called_that(
    web: Callable[..., WebServer], tmp_path: Path, command: list[str], body: str
) -> None:
    """A page on which one must log in, or the answer of another program, is one line and exit code 2."""
    line = refusal(tmp_path, command, answering(web, body).port, {"token": "a"})

    assert line.startswith("kubectl kubexit: this is no API server: ")


@every_command
@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["/nonexistent/login"], "/nonexistent/login"),
        (["sh", "-c", "echo the token has expired >&2; exit 1"], "the token has expired"),
        (["echo", "{}"], "missing key"),
    ],
    ids=["missing", "fails", "nothing"],
)
def test_a_program_that_gives_no_credentials_is_named(
    web: Callable[..., WebServer], tmp_path: Path, command: list[str], words: list[str], reason: str
) -> None:
    """If the program of the kubeconfig fails, its reason is the line, and the server is not asked without rights."""
    server = answering(web, "")
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never"}
    user = {"exec": {**plugin, "command": words[0], "args": words[1:]}}
    line = refusal(tmp_path, command, server.port, user)

    assert line.startswith("kubectl kubexit: the kubeconfig gives no credentials: ")
    assert reason in line
    assert server.requests == []


@pytest.mark.parametrize("what", ["", "pod/", "job/"])
def test_an_empty_name_is_no_list(web: Callable[..., WebServer], tmp_path: Path, what: str) -> None:
    """The path of an object without a name is that of a list, which is no pod."""
    server = answering(web, json.dumps({"kind": "PodList", "items": []}))

    assert "the name is empty" in refusal(tmp_path, ["status", what], server.port, {"token": "a"})
