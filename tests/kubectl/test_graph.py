"""`graph` and `plan`: relations as text, as Mermaid and as a picture, and single settings as a plan."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from kubectl_kubexit.commands.graph import command as graph
from kubectl_kubexit.commands.plan import command as plan
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.plan.text import parse

EXAMPLES = Path(__file__).parents[2] / "examples"
JOB = Path(__file__).parent / "manifests" / "bad" / "never-ready.yaml"
RETRIES = str(EXAMPLES / "job-with-retries.yaml")
SVG = "{http://www.w3.org/2000/svg}"
TWO_MAINS = """\
kind: Pod
metadata: {name: two}
spec:
  containers:
  - name: main
    command: [kubexit, --, main]
    env: [{name: KUBEXIT_NAME, value: main}]
  - name: sync
    command: [kubexit, --, sync]
    env: [{name: KUBEXIT_NAME, value: sync}]
  - name: logs
    command: [kubexit, --, logs]
    env:
    - {name: KUBEXIT_NAME, value: logs}
    - {name: KUBEXIT_DEATH_DEPS, value: 'main,sync:failed'}
    - {name: KUBEXIT_DEATH_POLICY, value: any-or-all}
"""


def run(command: object, *arguments: str) -> str:
    """Call a command and return what it prints."""
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)  # type: ignore[arg-type]
    assert done.exit_code == 0
    return done.stdout


@pytest.mark.behaviour("authoring-graph")
def test_text_says_what_each_container_does() -> None:
    """Each container has its relations in words, also one without kubexit and one that is a native sidecar."""
    assert run(graph, str(JOB)) == (
        "CronJob/nightly\n"
        "  prepare (init container)\n"
        "    starts when main has started\n"
        "  mesh (native sidecar)\n"
        "    stops when main has exited\n"
        "  main\n"
        "    starts when plain is ready\n"
        "    starts when db is ready\n"
        "    starts when cache is ready\n"
        "    stops when prepare has exited\n"
        "    stops when plain has failed\n"
        "  db\n"
        "    stops when main has exited\n"
        "  cache\n"
        "    stops when main has exited\n"
        "  plain (without kubexit)\n"
        "    has no relation\n"
    )


@pytest.mark.behaviour("authoring-graph")
def test_mermaid_has_a_line_for_each_edge() -> None:
    """The chart names each container once, and has one arrow for each relation."""
    lines = run(graph, "-o", "mermaid", RETRIES).splitlines()

    assert lines[:4] == ["---", "title: Job/import", "---", "flowchart LR"]
    assert lines[4:] == [
        '    c0["main"]',
        '    c1["proxy"]',
        '    c0 -- "starts when ready" --> c1',
        '    c1 -. "stops when succeeded" .-> c0',
        '    c1 -. "keeps SIGTERM" .- c0',
    ]


@pytest.mark.behaviour("authoring-graph")
def test_picture_has_a_box_for_each_container() -> None:
    """The picture is SVG with a box for each container, an arrow for each edge, and text that is inside of it."""
    root = ET.fromstring(run(graph, "-o", "svg", str(JOB)))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = [element for element in root.iter(f"{SVG}rect") if element.get("rx")]
    words = list(root.iter(f"{SVG}text"))

    assert {"main", "db", "cache", "mesh", "prepare", "plain"} <= {word.text for word in words}
    assert len(boxes) == 6
    assert sum("C" in path.get("d", "") for path in root.iter(f"{SVG}path")) == 9
    assert all(0 <= float(word.get("x", "0")) <= width and 0 <= float(word.get("y", "0")) <= height for word in words)
    places = {(box.get("x"), box.get("y")) for box in boxes}
    assert len(places) == 6


@pytest.mark.behaviour("authoring-graph")
@pytest.mark.parametrize(
    ("policy", "text", "label"),
    [
        ("any", ["stops when main has exited", "stops when sync has failed"], "died"),
        ("all", ["stops when all are true: main has exited; sync has failed"], "died (all of 2)"),
    ],
)
def test_a_stop_after_the_last_is_not_drawn_as_one_after_the_first(
    tmp_path: Path, policy: str, text: list[str], label: str
) -> None:
    """KUBEXIT_DEATH_POLICY=all is in the text, in the chart and in the picture."""
    manifest = tmp_path / "pod.yaml"
    manifest.write_text(TWO_MAINS.replace("any-or-all", policy))
    picture = ET.fromstring(run(graph, "-o", "svg", str(manifest)))

    said = [line.strip() for line in run(graph, str(manifest)).splitlines() if line.strip().startswith("stops")]
    assert said == text
    assert f'-. "stops when {label}" .->' in run(graph, "-o", "mermaid", str(manifest))
    assert label in {word.text for word in picture.iter(f"{SVG}text")}


@pytest.mark.behaviour("authoring-graph")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "-f FILE"),
        ([str(EXAMPLES / "programs")], "no .yaml"),
        (["-o", "svg", str(EXAMPLES)], "draws one pod"),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments: list[str], words: str) -> None:
    """Without a pod, or with several for one picture, a line says so."""
    with pytest.raises(UserError, match=words):
        run(graph, *arguments)


@pytest.mark.behaviour("authoring-plan")
def test_single_settings_become_a_plan() -> None:
    """Each container has a line with its settings; what is the default, or cannot be in a plan, is left out."""
    text = run(plan, str(EXAMPLES / "log-shipper.yaml"), str(EXAMPLES / "cloudsql-proxy-job"))
    first, second = (parse(part) for part in text.split("\n\n"))
    lines = {name: line.settings for name, line in (first.lines | second.lines).items() if name != "main"}

    assert first.problems == second.problems == []
    assert re.findall(r"^# (.*)$", text, re.MULTILINE) == ["Job/nightly", "Job/cloudsql-job"]
    assert first.lines["main"].settings == {"BIRTH_DEPS": "shipper:born"}
    assert second.lines["main"].settings["BIRTH_SOURCE"] == "kubernetes"
    assert lines["shipper"]["STOP_SIGNAL"] == "INT"
    assert lines["cloud-sql-proxy"] == {"SIDECAR_OF": "main"}


@pytest.mark.behaviour("authoring-plan")
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"DEATH_DEPS": "m", "TERM_AFTER": "m", "EXIT_CODE_ON_STOP": "zero", "EXIT_CODE_ON_TERM": "0"},
            {"SIDECAR_OF": "m"},
        ),
        (
            {"DEATH_DEPS": "m:failed", "TERM_AFTER": "m", "EXIT_CODE_ON_STOP": "zero", "EXIT_CODE_ON_TERM": "zero"},
            {"SIDECAR_OF": "m:failed"},
        ),
        ({"DEATH_DEPS": "m", "EXIT_CODE_ON_STOP": "zero"}, {"DEATH_DEPS": "m", "EXIT_CODE_ON_STOP": "zero"}),
        ({"SIDECAR_OF": "m", "EXIT_CODE_ON_STOP": "keep"}, {"SIDECAR_OF": "m", "EXIT_CODE_ON_STOP": "keep"}),
        ({"DEATH_DEPS": "m", "EXIT_CODE_ON_STOP": "keep"}, {"DEATH_DEPS": "m"}),
    ],
)
def test_four_settings_become_one_word(given: dict[str, str], expected: dict[str, str]) -> None:
    """SIDECAR_OF replaces the four settings that it means, and only all of them together; others stay."""
    from kubectl_kubexit.plan.of_settings import line_of

    assert line_of(given, False) == expected
