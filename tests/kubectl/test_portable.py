"""The program on other systems: without modules that only POSIX has, with other encodings, and other Pythons."""

import io
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path, PureWindowsPath

import pytest

from harness.authoring import refusal, run
from harness.forms import ROOT
from kubectl_kubexit.commands.check import is_live
from kubectl_kubexit.commands.main import main
from kubectl_kubexit.commands.wrap import command as wrap
from kubectl_kubexit.report.machine import uri

SOURCE = ROOT / "kubectl/src"
LIBRARIES = sysconfig.get_paths()["purelib"]
POSIX = ("pwd", "grp", "fcntl", "termios", "tty", "pty", "resource", "syslog", "readline", "curses", "posix_ipc")
MANIFEST = 'kind: Pod\nspec:\n  containers:\n  - name: "日本"\n    command: [x, "→"] # ñ\n'
# What Windows does not have: these modules and functions.
BLOCKED = f"""
import sys, os
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {POSIX!r}:
            raise ImportError(name + " is not there on Windows")
sys.meta_path.insert(0, Blocked())
for name in {POSIX!r}:
    sys.modules.pop(name, None)
for name in ("chown", "fork", "getuid", "geteuid", "setsid", "killpg"):
    if hasattr(os, name):
        delattr(os, name)
"""
RUN = "import sys; from kubectl_kubexit.commands.main import main; main(sys.argv[1:])"
IMPORTS_ALL = """
import importlib, pkgutil, kubectl_kubexit
for module in pkgutil.walk_packages(kubectl_kubexit.__path__, "kubectl_kubexit."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print("imported")
"""


def python(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a script with the package."""
    surroundings = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, env=surroundings, capture_output=True, timeout=90)


@pytest.mark.behaviour("authoring-portable")
def test_no_module_of_posix_is_needed(tmp_path: Path) -> None:
    """Every module can be imported, and files are changed, where modules and functions of POSIX are missing."""
    done = python(BLOCKED + IMPORTS_ALL)
    assert (done.returncode, done.stdout) == (0, b"imported\n"), done.stderr.decode()
    path = tmp_path / "pod.yaml"
    path.write_text(MANIFEST, encoding="utf-8")
    for command in (["wrap", "-i"], ["check"], ["graph"], ["unwrap", "-i"]):
        script = f"{BLOCKED}from kubectl_kubexit.commands.main import main; main(sys.argv[1:])"
        done = python(script, *command, str(path))
        assert (done.returncode, done.stderr) == (0, b"")
    assert path.read_text(encoding="utf-8") == MANIFEST


@pytest.mark.behaviour("authoring-portable")
def test_a_missing_module_would_be_noticed() -> None:
    """The block works: a program that needs a module of POSIX fails."""
    assert b"not there on Windows" in python(f"{BLOCKED}import fcntl").stderr
    assert b"has no attribute 'chown'" in python(f"{BLOCKED}os.chown").stderr


@pytest.mark.behaviour("authoring-portable")
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437"])
def test_output_is_utf_8(tmp_path: Path, encoding: str) -> None:
    """With another encoding of stdout, as in a pipe on Windows, YAML is UTF-8, and reports are not cut off."""
    path = tmp_path / "pod.yaml"
    path.write_text(MANIFEST, encoding="utf-8")
    wrapped = python(RUN, "wrap", str(path), PYTHONIOENCODING=encoding)
    assert (wrapped.returncode, wrapped.stderr) == (0, b"")
    assert '[/kubexit/bin/kubexit, --, x, "→"] # ñ' in wrapped.stdout.decode()

    path.write_text(
        wrapped.stdout.decode().replace("'日本:'", "'日: BIRTH_DEPS=x'").replace("日本:", "日: BIRTH_DEPS=x")
    )
    checked = python(RUN, "check", str(path), PYTHONIOENCODING=encoding)
    assert (checked.returncode, checked.stderr) == (1, b"")
    assert "日本" in checked.stdout.decode()
    drawn = python(RUN, "graph", str(path), PYTHONIOENCODING=encoding)
    assert (drawn.returncode, drawn.stderr) == (0, b"")


@pytest.mark.behaviour("authoring-portable")
def test_line_ends_are_those_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """stdout of Windows makes CR LF of each LF; a file with either is printed with its own line ends."""
    for ending in ("\n", "\r\n"):
        path = tmp_path / "pod.yaml"
        path.write_bytes(MANIFEST.replace("\n", ending).encode())
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252", newline="\r\n"))
        main(["wrap", str(path)])
        sys.stdout.flush()
        text = written.getvalue().decode()

        assert text.count("\n") > 10
        assert text.count(ending) == text.count("\n")
        assert "\r\r" not in text


@pytest.mark.behaviour("authoring-portable")
def test_the_encoding_of_the_system_does_not_count(tmp_path: Path) -> None:
    """With the C locale and without UTF-8 mode, files, file names and helpers are read as UTF-8."""
    path = tmp_path / "pod-ñ.yaml"
    path.write_text(MANIFEST, encoding="utf-8")
    places = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for command in (["wrap", "-i"], ["check"], ["check", "-o", "sarif"], ["unwrap", "-i"]):
        done = python(RUN, *command, str(path), **places)
        assert (done.returncode, done.stderr) == (0, b"")
    assert path.read_text(encoding="utf-8") == MANIFEST


@pytest.mark.behaviour("authoring-portable")
def test_paths_of_windows_are_references_and_no_pods() -> None:
    """A path with backslashes has slashes in SARIF, blanks are escaped, and it is never taken for a pod."""
    assert uri(PureWindowsPath(r"deploy\my job.yaml")) == "deploy/my%20job.yaml"
    assert [is_live(name) for name in (r"deploy\jobs", "C:jobs", "job/report", "report")] == [False, False, True, True]


@pytest.mark.behaviour("authoring-portable")
def test_a_plan_with_the_line_ends_of_windows_is_the_same_plan(tmp_path: Path) -> None:
    """The lines of --plan FILE may end in CR LF; the annotation is the same."""
    pod, plan = tmp_path / "pod.yaml", tmp_path / "plan.txt"
    pod.write_text("{kind: Pod, spec: {containers: [{name: a, command: [x]}, {name: b, command: [y]}]}}\n")
    found = []
    for ending in ("\n", "\r\n"):
        plan.write_bytes(f"a: BIRTH_DEPS=b{ending}b: READY_TCP=80{ending}".encode())
        found.append(run(wrap, "--plan", str(plan), str(pod)))

    assert found[0] == found[1]
    assert "\r" not in found[1]


@pytest.mark.behaviour("authoring-portable")
def test_a_file_of_powershell_is_named(tmp_path: Path) -> None:
    """UTF-16, which > of Windows PowerShell writes, is refused in a line that says so."""
    path = tmp_path / "pod.yaml"
    path.write_bytes(MANIFEST.encode("utf-16"))

    assert refusal(wrap, str(path)) == (
        f"{path}: not UTF-8 at byte 0; this is UTF-16, as > of Windows PowerShell writes it"
    )


@pytest.mark.behaviour("authoring-portable")
@pytest.mark.parametrize("option", ["NO_COLOR", "pipe"])
def test_no_colours_where_they_are_not_wanted(tmp_path: Path, option: str) -> None:
    """NO_COLOR on a terminal, and a pipe, get no escape sequences; a terminal without it gets them."""
    path = tmp_path / "pod.yaml"
    path.write_text("kind: Pod\nspec: {containers: [{name: a, command: [kubexit, x]}]}\n")
    script = shutil.which("script")
    if option == "pipe" or script is None:
        assert b"\x1b" not in python(RUN, "check", str(path)).stdout
        return
    program = Path(sys.executable).with_name("kubectl-kubexit")
    seen = {}
    for value in ("", "1"):
        surroundings = {**os.environ, "TERM": "xterm-256color", "NO_COLOR": value}
        for command in ("check", "wrap --diff"):
            line = [script, "--quiet", "--return", "--command", f"{program} {command} {path}", "/dev/null"]
            done = subprocess.run(line, env=surroundings, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
            seen[command, value] = b"\x1b[" in done.stdout

    assert seen == {("check", ""): True, ("wrap --diff", ""): True, ("check", "1"): False, ("wrap --diff", "1"): False}


def other_pythons() -> list[str]:
    """Other versions of Python from 3.11 on that are on this machine."""
    folders = [*os.environ.get("PATH", "").split(":"), *map(str, Path.home().glob(".pyenv/versions/*/bin"))]
    found = {}
    for minor in range(11, 30):
        for folder in folders:
            program = Path(folder) / f"python3.{minor}"
            # A shim of pyenv is there for each version, and works for the chosen one only.
            if sys.version_info[1] != minor and os.access(program, os.X_OK) and "shims" not in folder:
                found.setdefault(minor, str(program))
    return list(found.values())


@pytest.mark.behaviour("authoring-portable")
@pytest.mark.parametrize("program", other_pythons() or [""])
def test_other_pythons_do_the_same(program: str, tmp_path: Path) -> None:
    """Other versions of Python print the same, also without the C parser, which is built for one version only."""
    if not program:
        pytest.skip("NOT TESTED: no other Python from 3.11 on is here")
    text = (ROOT / "tests/kubectl/manifests/plain/multi-document.yaml").read_text().splitlines()
    path = tmp_path / "all.yaml"
    path.write_text("\n".join(text) + "\n")
    options = text[0].removeprefix("# wrap:").split()
    for command in (["wrap", "--entry", "none", *options], ["check"], ["unwrap"], ["graph"], ["plan"], ["--help"]):
        arguments = command if command == ["--help"] else [*command, str(path)]
        surroundings = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{SOURCE}:{LIBRARIES}", "HOME": str(tmp_path)}
        surroundings["PYTHONDONTWRITEBYTECODE"] = "1"
        done = [
            subprocess.run(
                [each, "-W", "error", "-c", RUN, *arguments], env=surroundings, capture_output=True, timeout=90
            )
            for each in (sys.executable, program)
        ]
        assert done[0].returncode == done[1].returncode, done[1].stderr.decode()
        assert done[0].stdout == done[1].stdout
        assert done[0].stderr == done[1].stderr
        if command[0] == "wrap":
            path.write_bytes(done[0].stdout)
