"""What cannot be injected is refused, with a sentence that names the container and what to do."""

import string
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as some

from cluster.access import RefusedError
from cluster.policy import INJECTED, MAIN, PLAN, REFUSED, Injection, container, labelled, said
from kubexit import _supervisor

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("policy-refuses")]

BARE = {"name": "proxy", "image": "example:1"}
LONG = "a" * 56


def probe(**action: Any) -> dict[str, Any]:
    """A sidecar with a readiness probe."""
    return container("proxy", readinessProbe=action)


CASES: dict[str, tuple[dict[str, Any], Mapping[str, str] | None, list[str]]] = {
    "no command": (BARE, None, ["container proxy has no command", "annotation kubexit.dev/command.proxy"]),
    "only args": ({**BARE, "args": ["x"]}, None, ["container proxy has no command"]),
    "empty annotation": (
        BARE,
        {MAIN: "report", "kubexit.dev/command.proxy": " "},
        ["container proxy has no command"],
    ),
    "no command, long name": ({**BARE, "name": LONG}, None, [f"container {LONG} has no command", "image as command"]),
    "https": (probe(httpGet={"port": 1, "scheme": "HTTPS"}), None, ["container proxy uses HTTPS", PLAN, "READY_"]),
    "grpc": (probe(grpc={"port": 1}), None, ["container proxy is gRPC", PLAN]),
    "headers": (
        probe(httpGet={"port": 1, "httpHeaders": [{"name": "Host", "value": "x"}]}),
        None,
        ["container proxy sends headers", PLAN],
    ),
    "path": (probe(httpGet={"port": 1, "path": "/a b"}), None, ["container proxy has a blank", "path"]),
    "port": (probe(tcpSocket={"port": "http"}), None, ["container proxy names a port", "does not declare"]),
    "host": (probe(httpGet={"port": 1, "host": "db"}), None, ["container proxy has a host"]),
    "blank": (probe(exec={"command": ["sh", "-c", "a b"]}), None, ["container proxy has a blank", "argument"]),
    "quote": (probe(exec={"command": ['a"b']}), None, ["container proxy has a blank, a double quote"]),
    "empty word": (probe(exec={"command": ["test", ""]}), None, ["container proxy has a blank"]),
    "many words": (probe(exec={"command": ["x"] * 61}), None, ["container proxy has more than 60 words"]),
    "long": (probe(exec={"command": ["x" * 1001]}), None, ["container proxy has more than 60 words or 1000"]),
    "operator": (probe(exec={"command": ["a", "&&", "b"]}), None, ["container proxy has a quote or an operator"]),
    "single quote": (probe(exec={"command": ["echo", "'a'"]}), None, ["container proxy has a quote or an operator"]),
    "semicolon": (probe(exec={"command": ["echo", "a;"]}), None, ["container proxy has a quote or an operator"]),
    "expansion": (
        probe(exec={"command": ["check", "$(PORT)"]}),
        None,
        ["container proxy has $( or $$ in an argument", PLAN],
    ),
    "escaped dollar": (probe(exec={"command": ["check", "$$x"]}), None, ["container proxy has $( or $$"]),
    "mount below": (
        container("proxy", volumeMounts=[{"name": "own", "mountPath": "/kubexit/data/"}]),
        None,
        ["container proxy already mounts a volume at /kubexit, or below it"],
    ),
    "mount with a slash": (
        container("proxy", volumeMounts=[{"name": "own", "mountPath": "/kubexit/"}]),
        None,
        ["container proxy already mounts a volume at /kubexit"],
    ),
    "mount": (
        container("proxy", volumeMounts=[{"name": "own", "mountPath": "/kubexit"}]),
        None,
        ["container proxy already mounts a volume at /kubexit"],
    ),
    "quote in a setting": (
        container("proxy", env=[{"name": "KUBEXIT_READY_EXEC", "value": 'a "b"'}]),
        None,
        ["container proxy has a double quote"],
    ),
    "line end in a setting": (
        container("proxy", env=[{"name": "KUBEXIT_READY_FILE", "value": "/a\nb"}]),
        None,
        ["container proxy has a double quote or a line end"],
    ),
    "reference in a setting": (
        container("proxy", env=[{"name": "KUBEXIT_READY_TCP", "value": "$(PORT)"}]),
        None,
        ["container proxy has $( or $$ in its value", "write the value itself"],
    ),
    "two dollar signs in a setting": (
        container("proxy", env=[{"name": "KUBEXIT_READY_FILE", "value": "/$$x"}]),
        None,
        ["container proxy has $( or $$ in its value"],
    ),
    "no annotation": (container("proxy"), {}, ["neither the annotation kubexit.dev/main", PLAN]),
    "unknown main": (
        container("proxy"),
        {MAIN: "reprt"},
        ['kubexit.dev/main names "reprt"', "not one of the containers report, proxy"],
    ),
    "empty plan": (container("proxy"), {PLAN: "\n # nothing\n"}, ["kubexit.dev/plan is empty"]),
    "missing line": (
        container("proxy"),
        {PLAN: "report: BIRTH_DEPS=proxy"},
        ["container proxy has no line", 'write "proxy:"'],
    ),
    "unknown line": (
        container("proxy"),
        {PLAN: "report:\nproxy:\nshipper: READY_TCP=1"},
        ['a line for "shipper"', "containers report, proxy"],
    ),
    "long plan": (container("proxy"), {PLAN: "report:\nproxy:\n#" + "ü" * 16384}, ["longer than 32 KiB"]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_refusal_names_the_remedy(injection: Injection, case: str) -> None:
    """The pod is refused as forbidden, and the sentence names the container or the annotation."""
    proxy, notes, words = CASES[case]
    volumes = [{"name": "own", "emptyDir": {}}]
    reason = injection.refusal(container("report"), proxy, notes=notes, volumes=volumes)

    assert reason.startswith("403: ")
    assert "denied request: kubexit: " in reason
    assert [word for word in words if word not in reason] == [], reason


def test_a_volume_called_kubexit_is_refused(injection: Injection) -> None:
    """A volume with the name that the policy uses is not taken for its own."""
    reason = injection.refusal(container("report"), volumes=[{"name": "kubexit", "emptyDir": {}}])

    assert "the pod already has a volume called kubexit; rename it" in reason


@pytest.mark.parametrize("label", ["yes", "True", ""])
def test_another_value_of_the_label_is_refused(injection: Injection, label: str) -> None:
    """A value that is neither true nor false is refused, and does not run without kubexit."""
    assert "kubexit.dev/inject must be true or false" in injection.refusal(container("report"), label=label)


def test_a_line_end_does_not_hide_the_reason(injection: Injection) -> None:
    """A value with a line end is quoted in one line; the API server would drop a message of two lines."""
    reason = injection.refusal(container("report"), notes={MAIN: "re\nport"})

    assert 'names "re port", which is not one' in reason


def test_all_reasons_are_named_at_once(injection: Injection) -> None:
    """A pod with several faults is refused with all of them."""
    reason = injection.refusal(container("report"), BARE, {**probe(grpc={"port": 1}), "name": "db"})

    assert "container proxy has no command" in reason
    assert "probe of container db is gRPC" in reason


def test_a_mark_without_an_injection_is_refused(injection: Injection) -> None:
    """A copied annotation kubexit.dev/injected does not stop the injection unseen."""
    reason = injection.refusal(container("report"), notes={MAIN: "report", INJECTED: "report"})

    assert "names containers that do not start with kubexit: report; remove the annotation" in reason


def test_probes_do_not_matter_with_a_plan(injection: Injection) -> None:
    """With a plan of the author, no probe is read, so none is a reason to refuse."""
    pod = injection.inject(container("report"), probe(grpc={"port": 1}), notes={PLAN: "report:\nproxy:"})

    assert REFUSED not in pod["metadata"]["annotations"]


PLAIN = some.text(string.ascii_letters + string.digits + "-/_=.", min_size=1, max_size=12)
WORDS = some.one_of(PLAIN, PLAIN, PLAIN, some.text(string.printable + "ü€", max_size=12))
NAMES = some.sampled_from(["report", "proxy", "db", "shipper"])
PORTS = some.one_of(some.integers(1, 65535), some.sampled_from(["http", "x-1", "admin"]))
ACTIONS = some.one_of(
    some.fixed_dictionaries(
        {"tcpSocket": some.fixed_dictionaries({"port": PORTS}, optional={"host": some.sampled_from(["::1", "db", ""])})}
    ),
    some.fixed_dictionaries(
        {
            "httpGet": some.fixed_dictionaries(
                {"port": PORTS}, optional={"path": WORDS, "scheme": some.sampled_from(["HTTP", "HTTPS"])}
            )
        }
    ),
    some.fixed_dictionaries({"exec": some.fixed_dictionaries({"command": some.lists(WORDS, min_size=1, max_size=4)})}),
)
SETTINGS = some.sampled_from(["NAME", "READY_TCP", "READY_PERIOD", "SIDECAR_OF", "PLAN", "DEATH_DEPS", "GRAVEYARD"])
VARIABLES = some.builds(
    lambda name, source: {"name": f"KUBEXIT_{name}", **source},
    SETTINGS,
    some.one_of(
        some.just({}),
        WORDS.map(lambda word: {"value": word}),
        some.just({"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}),
    ),
)
BODIES = some.fixed_dictionaries(
    {"command": some.lists(WORDS.filter(bool), min_size=1, max_size=2)},
    optional={
        "env": some.lists(VARIABLES, max_size=3, unique_by=lambda entry: entry["name"]),
        "readinessProbe": ACTIONS,
        "startupProbe": ACTIONS,
        "lifecycle": some.just({"stopSignal": "SIGINT"}),
        "ports": some.just([{"name": "http", "containerPort": 80}]),
    },
)
FEW_NOTES = some.just({MAIN: "report"})
NOTES = some.fixed_dictionaries(
    {MAIN: some.sampled_from(["report", "report", "report", "proxy"])},
    optional={
        PLAN: some.lists(some.one_of(NAMES.map(lambda name: f"{name}:"), WORDS), max_size=5).map("\n".join),
        "kubexit.dev/command.proxy": WORDS,
    },
)


def outcome(injection: Injection, thing: dict[str, Any]) -> str:
    """`injected`, `refused` by the policy, or what else the API server or kubexit says."""
    try:
        pod = injection.pod(thing)
    except RefusedError as error:
        return "refused" if "denied request: kubexit: " in said(error) else said(error)
    notes = pod["metadata"]["annotations"]
    if INJECTED not in notes:
        return "neither"
    by_hand = PLAN in thing["metadata"]["annotations"] or any(
        entry["name"].startswith("KUBEXIT_") for made in thing["spec"]["containers"] for entry in made.get("env", [])
    )
    problems = [] if by_hand else _supervisor.plan_read(notes[PLAN].encode())["problems"]
    return f"{problems} in {notes[PLAN]}" if problems else "injected"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BODIES, some.dictionaries(NAMES, BODIES, max_size=3), some.one_of(FEW_NOTES, FEW_NOTES, NOTES))
def test_no_pod_makes_an_expression_fail(
    injection: Injection, main: dict[str, Any], others: dict[str, dict[str, Any]], notes: dict[str, str]
) -> None:
    """Any pod is injected with a plan that kubexit accepts, refused by a sentence of the policy, or invalid anyway."""
    containers = [{"name": name, "image": "example:1", **body} for name, body in {"report": main, **others}.items()]
    thing = labelled(*containers, notes=notes, os={"name": "linux"})
    result = outcome(injection, thing)
    event(result[:8])
    invalid = result not in ("injected", "refused")
    if invalid:
        thing["metadata"]["labels"] = {}

    assert not invalid or outcome(injection, thing).startswith("422: ")
    assert not any(word in result for word in ("CEL", "JSON Patch", "no such key", "expression"))
