"""The examples, run as `make demo ARGS=NAME` runs them: the manifest's containers as real processes, no cluster."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("kubexit._supervisor", reason="EXAMPLES NOT TESTED: kubexit is not installed (make dev)")

from demo import example
from harness.forms import FORMS, ROOT

EXAMPLES = ROOT / "examples"
CASES = [(name, case) for name in example.names(EXAMPLES) for case in example.load(EXAMPLES / name).local.case]


def run(name: str, *arguments: str, folder: Path = EXAMPLES) -> subprocess.CompletedProcess[str]:
    """Run an example; skip loudly if a program of Debian's is missing."""
    if not FORMS["gate"].exists:
        pytest.skip(f"EXAMPLES NOT TESTED: {FORMS['gate'].missing}")
    line = [sys.executable, "-P", "-m", "demo", "--folder", str(folder), name, *arguments]
    environment = os.environ | {"PYTHONPATH": str(EXAMPLES)}
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110)
    if done.returncode == example.CANNOT_RUN and "is not installed here" in done.stderr:
        pytest.skip(f"EXAMPLE {name} NOT TESTED: {done.stderr.strip()}")
    return done


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    """A copy of the examples in which one line of one manifest is another."""
    copy = folder / "examples"
    shutil.copytree(EXAMPLES, copy)
    (file,) = (copy / name).glob("*.yaml")
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return copy


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}-{case}" for name, case in CASES])
def test_each_case_ends_as_documented(name: str, case: str) -> None:
    """Each case ends with the exit codes, in the order and with the words that its local.toml promises."""
    done = run(name, case)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "That is how it is documented." in done.stdout


def test_linkerd_without_its_annotation(tmp_path: Path) -> None:
    """Without the annotation the proxy stays: kubexit says what it was answered, and the Job does not end."""
    folder = changed(tmp_path, "linkerd-job", "proxy-admin-shutdown: enabled", "proxy-admin-shutdown: disabled")
    done = run("linkerd-job", "--alarm", "8", folder=folder)

    assert done.returncode == example.NOT_AS_DOCUMENTED
    assert "quit request POST http://localhost:4191/shutdown: answered 404" in done.stdout
    assert "not over after 8 s" in done.stdout


def test_shutdown_without_an_order(tmp_path: Path) -> None:
    """Without KUBEXIT_TERM_AFTER on the proxy main loses orders, and the runner says that this is not as documented."""
    folder = changed(tmp_path, "ordered-shutdown", "proxy:   TERM_AFTER=main ", "proxy:   ")
    done = run("ordered-shutdown", folder=folder)

    assert done.returncode == example.NOT_AS_DOCUMENTED
    assert "is lost" in done.stdout
    assert "NOT AS DOCUMENTED: exit codes {'main': 1," in done.stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["nothing"], "there is no example nothing; there are "),
        (["istio-job", "nothing"], "istio-job has no case nothing"),
    ],
)
def test_what_there_is(arguments: list[str], problem: str) -> None:
    """A name that does not exist is refused, with a list of the names that do."""
    done = run(*arguments)

    assert done.returncode == example.CANNOT_RUN
    assert problem in done.stderr


@pytest.mark.parametrize("name", example.names(EXAMPLES))
def test_each_example_has_a_page(name: str) -> None:
    """Each has a page with the one command, the list of examples names it, and no link leads nowhere."""
    page = (EXAMPLES / name / "README.md").read_text()

    assert f"make demo ARGS={name}\n" in page
    assert f"({name}/)" in (EXAMPLES / "README.md").read_text()
    for case in list(example.load(EXAMPLES / name).local.case)[1:]:
        assert f'make demo ARGS="{name} {case}"' in page


@pytest.mark.parametrize("name", example.names(EXAMPLES))
def test_settings_fit_the_pod(name: str) -> None:
    """kubexit takes the settings of each container, and the names in them are containers of the pod."""
    from kubexit import _supervisor

    pod = example.load(EXAMPLES / name).pod
    names = {spec.name for spec in pod.containers}
    for spec in pod.containers:
        settings = {key: value for key, value in spec.environment.items() if key.startswith("KUBEXIT_")}
        if not settings:
            continue

        assert settings["KUBEXIT_NAME"] == spec.name
        _supervisor.settings_read([f"{key}={value}".encode() for key, value in settings.items()])
        for key in ("KUBEXIT_BIRTH_DEPS", "KUBEXIT_DEATH_DEPS", "KUBEXIT_TERM_AFTER"):
            assert {word.partition(":")[0] for word in settings.get(key, "").split(",") if word} <= names
