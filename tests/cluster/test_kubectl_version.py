"""`--kube-version cluster`: wrap and policy ask the API server for its version."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cluster.access import Access
from cluster.conftest import Server
from cluster.keeper import Keeper
from harness.waiting import eventually

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("authoring-cluster-version")]

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
POD = "kind: Pod\nspec: {containers: [{name: a, command: [x]}]}\n"
IMAGE_VOLUMES = (1, 35)


def run(kubeconfig: Path | str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the program with a kubeconfig."""
    environment = {"PATH": "/usr/bin:/bin", "KUBECONFIG": str(kubeconfig), "HOME": "/nonexistent"}
    command = [TOOL, *arguments, "--kube-version", "cluster"]
    return subprocess.run(command, input=POD, env=environment, capture_output=True, text=True, timeout=60)


def refusal(kubeconfig: Path | str, *arguments: str) -> str:
    """The one line of an error."""
    done = run(kubeconfig, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("kubectl kubexit: ")
    assert "give --kube-version, for example 1.34" in line
    return line


def test_wrap_delivers_as_the_server_can(server: Server, access: Access) -> None:
    """The version of the server chooses between an image volume and an init container."""
    told = access.call("GET", "/version")
    done = run(server.kubeconfig, "wrap", "-")
    version = int(told["major"]), int(told["minor"].rstrip("+"))

    assert (done.returncode, done.stderr) == (0, "")
    volume = yaml.safe_load(done.stdout)["spec"]["volumes"][0]
    assert ("image" in volume) == (version >= IMAGE_VOLUMES)


def test_policy_is_printed_for_the_server(server: Server, access: Access) -> None:
    """Policies are printed if the server knows them, and refused with its version if not."""
    told = access.call("GET", "/version")
    done = run(server.kubeconfig, "policy")
    knows = (int(told["major"]), int(told["minor"].rstrip("+"))) >= (1, 36)

    assert done.returncode == (0 if knows else 2)
    assert ("MutatingAdmissionPolicy" in done.stdout) == knows


def test_a_wrong_token_and_a_wrong_authority_are_one_line(server: Server, tmp_path: Path) -> None:
    """The line says what the server answered, or why there is no connection."""
    config = yaml.safe_load(server.kubeconfig.read_text())
    path = tmp_path / "kubeconfig"
    config["users"][0]["user"] = {"token": "wrong"}
    path.write_text(yaml.safe_dump(config))
    assert "the API server refuses: Unauthorized" in refusal(path, "wrap", "-")

    del config["clusters"][0]["cluster"]["certificate-authority"]
    path.write_text(yaml.safe_dump(config))
    assert "the API server does not answer: " in refusal(path, "wrap", "-")


@pytest.mark.parametrize("content", [None, "", "[1", "kind: Config\n", "\0", "users: 5\ncurrent-context: a\n", "- 1\n"])
def test_a_kubeconfig_that_is_none_is_one_line(tmp_path: Path, content: str | None) -> None:
    """Missing, empty and broken kubeconfigs are errors of the user."""
    path = tmp_path / "kubeconfig"
    if content is not None:
        path.write_text(content)

    assert "no cluster is configured: " in refusal(path, "wrap", "-")


def test_a_server_that_is_away_is_one_line(own: Keeper, server: Server) -> None:
    """If the server does not answer, the line says so at once."""
    own.stop_server()
    eventually(lambda: not own.serves, "the server has ended")

    assert "the API server does not answer: " in refusal(server.kubeconfig, "wrap", "-")
