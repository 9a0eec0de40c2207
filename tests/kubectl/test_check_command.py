"""The program `kubectl kubexit check`, as a user calls it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

MANIFESTS = Path(__file__).parent / "manifests"
EXAMPLES = Path(__file__).parents[2] / "examples"
BAD = str(MANIFESTS / "bad" / "restarts.yaml")
GOOD = str(EXAMPLES / "job-with-proxy.yaml")


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program that `make dev` has installed."""
    program = Path(sys.executable).with_name("kubectl-kubexit")
    return subprocess.run([program, *arguments], input=stdin, capture_output=True, text=True, timeout=60)


@pytest.mark.behaviour("authoring-check-exit-code")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-f", GOOD], 0),
        ([GOOD, str(EXAMPLES / "istio-job")], 0),
        ([str(EXAMPLES)], 0),
        ([BAD], 1),
        (["--fail-on", "error", str(MANIFESTS / "bad" / "mesh.yaml")], 0),
        (["--fail-on", "error", BAD], 1),
        (["--ignore", "KX901", "--ignore", "KX902", str(MANIFESTS / "bad" / "mesh.yaml")], 0),
    ],
)
def test_exit_code_says_whether_something_was_found(arguments: list[str], code: int) -> None:
    """0 without findings, 1 with findings of the level that counts."""
    done = run("check", *arguments)

    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.behaviour("authoring-check-exit-code")
@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (["check"], "", "-f FILE"),
        (["check", "-f", "/nonexistent/job.yaml"], "", "/nonexistent/job.yaml: No such file"),
        (["check", "-"], "a: [1\nb: 2\n", "-:2:2: not YAML"),
        (["check", "-"], "a: {{ .Values.x }}\n---\n{{- if x }}\n", "helm template"),
        (["check", "-o", "xml", GOOD], "", "xml"),
        (["check", "--ignore", "KX999", GOOD], "", "KX999"),
        (["chk"], "", "there is no command chk; use wrap"),
        (["--nonsense"], "", "--nonsense"),
    ],
)
def test_an_error_of_the_user_is_one_line(arguments: list[str], stdin: str, words: str) -> None:
    """Exit code 2 and one line that names what is wrong; no traceback."""
    done = run(*arguments, stdin=stdin)

    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("kubectl kubexit: ")
    assert words in done.stderr


@pytest.mark.behaviour("authoring-check-exit-code")
@pytest.mark.parametrize(
    "arguments",
    [["check", GOOD], ["check", BAD], ["check", "-o", "json", BAD], ["graph", GOOD], ["policy"], ["--help"]],
    ids=" ".join,
)
def test_a_reader_that_has_ended_is_no_finding(arguments: list[str]) -> None:
    """If stdout is a pipe that nothing reads, the exit code is that of SIGPIPE, and nothing is said."""
    program = Path(sys.executable).with_name("kubectl-kubexit")
    reads, writes = os.pipe()
    os.close(reads)
    try:
        done = subprocess.run([program, *arguments], stdout=writes, stderr=subprocess.PIPE, text=True, timeout=60)
    finally:
        os.close(writes)

    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.behaviour("authoring-check-outputs")
def test_text_has_place_reason_and_remedy() -> None:
    """A person sees the line, the reason, the remedy and a summary, without colours in a pipe."""
    done = run("check", BAD)

    assert f"{BAD}:18:48 warning KX604 Job/import, container import: import waits without a limit\n" in done.stdout
    assert "     18 |         - {name: KUBEXIT_BIRTH_TIMEOUT, value: infinite}" in done.stdout
    assert "why: If the dependency never comes, the Job hangs for days.\n" in done.stdout
    assert "fix: set activeDeadlineSeconds on the Job" in done.stdout
    assert done.stdout.splitlines()[-1] == "1 error, 3 warnings in 3 pods"
    assert "\x1b" not in done.stdout


@pytest.mark.behaviour("authoring-check-outputs")
def test_json_has_all_fields() -> None:
    """Each finding has its code, place, subject, message and remedy."""
    found = json.loads(run("check", "-o", "json", BAD).stdout)

    assert found["version"] == 1
    assert [finding["code"] for finding in found["findings"]] == ["KX604", "KX501", "KX502", "KX503"]
    assert found["findings"][1].pop("why").startswith("With restartPolicy OnFailure main is started again")
    assert found["findings"][1] == {
        "code": "KX501",
        "severity": "error",
        "title": "a sidecar that is gone at the second try",
        "path": BAD,
        "line": 26,
        "column": 45,
        "kind": "Job",
        "name": "import",
        "container": "proxy",
        "message": "proxy stops after any exit of import, also one that is tried again",
        "remedy": "write KUBEXIT_DEATH_DEPS=import:succeeded",
        "fixable": True,
    }


@pytest.mark.behaviour("authoring-check-outputs")
def test_sarif_names_a_rule_for_each_result() -> None:
    """Each result has a rule, a level and a place, as code scanning needs it."""
    log = json.loads(run("check", "-o", "sarif", BAD).stdout)
    (only,) = log["runs"]
    rules = {rule["id"] for rule in only["tool"]["driver"]["rules"]}

    assert log["version"] == "2.1.0"
    assert {result["ruleId"] for result in only["results"]} == {"KX604", "KX501", "KX502", "KX503"} <= rules
    place = only["results"][1]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": BAD}, "region": {"startLine": 26, "startColumn": 45}}
    assert [result["level"] for result in only["results"]] == ["warning", "error", "warning", "warning"]


@pytest.mark.behaviour("authoring-check-outputs")
def test_github_annotations_are_escaped() -> None:
    """Each finding is one workflow command; commas, colons and new lines do not end its fields."""
    lines = run("check", "-o", "github", BAD).stdout.splitlines()

    assert len(lines) == 4
    assert lines[1].startswith(f"::error file={BAD},line=26,col=45,title=KX501 a sidecar that is gone")
    assert all(line.count("::") == 2 for line in lines)


@pytest.mark.behaviour("authoring-fast")
def test_a_thousand_documents_take_less_than_five_seconds() -> None:
    """1,000 documents are read and checked in less than 5 s of processor time."""
    text = "\n---\n".join(path.read_text() for path in sorted(EXAMPLES.rglob("*.yaml")))
    repeated = "\n---\n".join([text] * (1000 // (text.count("\n---\n") + 1) + 1))
    before = children()

    done = run("check", "-", stdin=repeated)

    assert repeated.count("\n---\n") >= 999
    assert done.stdout.startswith("nothing found in ")
    assert children() - before < 5


@pytest.mark.behaviour("authoring-fast")
def test_help_needs_no_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`--help` needs less than 300 ms of processor time: it loads no YAML, no client and no rich."""
    script = (
        "import sys; from kubectl_kubexit.commands.main import main\n"
        "try: main(['--help'])\n"
        "finally: print(sorted({'yaml', 'ruamel.yaml', 'kubernetes', 'oras', 'rich', 'requests'} & set(sys.modules)))"
    )
    # As after an installation: byte code is kept. A disturbance makes a run slower, never faster.
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path))
    assert any(seconds_of_help() < 0.3 for _ in range(5))
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout
    assert loaded.splitlines()[-1] == "[]"


def seconds_of_help() -> float:
    """Return the processor time of one `--help`."""
    before = children()
    assert run("--help").returncode == 0
    return children() - before


def children() -> float:
    """Return the processor time of all programs that were run, in seconds."""
    times = os.times()
    return float(times.children_user + times.children_system)


def test_time_is_measured() -> None:
    """The processor time of a program that computes is counted, so the tests of speed can fail."""
    before = children()
    script = "import time; end = time.process_time() + 0.2\nwhile time.process_time() < end: pass"
    subprocess.run([sys.executable, "-c", script], check=True)

    assert 0.2 <= children() - before < time.monotonic()
