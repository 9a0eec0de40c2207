"""The pod's name and namespace may come from a downward-API volume."""

from collections.abc import Callable

import pytest

from harness.kubexit import Kubexit
from harness.stepper import Before, Stepper
from harness.waiters import Waiter
from harness.world import namespaces
from harness.world.namespaces import Step

FILES = {"name": "pod-1\n", "namespace": "  ns-1 \n\n"}


def podinfo(kubexit: Kubexit, files: dict[str, str]) -> Step:
    """A private /etc in which there is nothing but podinfo."""
    namespaces.require_mounts()
    etc = kubexit.folder / "etc"
    (etc / "podinfo").mkdir(parents=True)
    for name, text in files.items():
        (etc / "podinfo" / name).write_text(text)
    return namespaces.private_mounts(namespaces.bind(etc, "/etc"))


@pytest.mark.behaviour("settings-of-the-original")
def test_pod_and_namespace_come_from_podinfo(kubexit: Kubexit) -> None:
    """Without the variables, kubexit reads them from /etc/podinfo and trims them."""
    waiter = Waiter(kubexit.folder, "exit 69")
    kubexit.run("true", waiter=waiter, BIRTH_DEPS="db", preexec_fn=podinfo(kubexit, FILES))

    assert waiter.starts == ["--pod pod-1 --namespace ns-1 --name main db"]


@pytest.mark.behaviour("settings-of-the-original")
@pytest.mark.parametrize("settings", [{"POD_NAME": "other"}, {"NAMESPACE": "other"}], ids=str)
def test_variables_win_over_podinfo(kubexit: Kubexit, settings: dict[str, str]) -> None:
    """A variable that is set wins over the file."""
    waiter = Waiter(kubexit.folder, "exit 69")
    kubexit.run("true", waiter=waiter, BIRTH_DEPS="db", preexec_fn=podinfo(kubexit, FILES), **settings)

    assert waiter.starts[0].count("other") == 1


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    ("files", "variable"),
    [
        ({}, "KUBEXIT_POD_NAME"),
        ({"name": "pod-1"}, "KUBEXIT_NAMESPACE"),
        ({"name": " \n", "namespace": "ns"}, "KUBEXIT_POD_NAME"),
        ({"name": "x" * 300, "namespace": "ns"}, "KUBEXIT_POD_NAME"),
    ],
    ids=["none", "no namespace", "blank", "too long"],
)
def test_unusable_podinfo_exits_with_2(kubexit: Kubexit, files: dict[str, str], variable: str) -> None:
    """If the files are missing, empty or too long, kubexit exits with 2 and names the variable."""
    finished = kubexit.run("echo", "BORN", BIRTH_DEPS="db", preexec_fn=podinfo(kubexit, files))

    assert (finished.code, finished.stdout) == (2, "")
    assert variable in finished.stderr


@pytest.mark.behaviour("bad-setting-exits-with-2", "log-says-what-happened")
@pytest.mark.parametrize(
    ("calls", "file", "variable"),
    [
        ("open,openat", "name", "KUBEXIT_POD_NAME"),
        ("read", "name", "KUBEXIT_POD_NAME"),
        ("open,openat", "namespace", "KUBEXIT_NAMESPACE"),
    ],
)
def test_unreadable_podinfo_says_why(
    kubexit: Kubexit, steps: Callable[..., Stepper], calls: str, file: str, variable: str
) -> None:
    """If a file is there and cannot be read, the message says why, and not only that the variable is missing."""
    finished = kubexit.run(
        "true", BIRTH_DEPS="db", preexec_fn=podinfo(kubexit, FILES), steps=steps(Before(calls, file, action="EACCES"))
    )

    assert finished.code == 2
    assert f"{variable}: " in finished.stderr
    assert f"/etc/podinfo/{file} cannot be read: Permission denied" in finished.stderr
