"""What `wrap` writes fits the time that the kubelet gives a pod to stop."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harness.authoring import PLAIN, only_pod, options, run
from kubectl_kubexit.commands.wrap import command as wrap
from kubectl_kubexit.findings.run import findings
from kubectl_kubexit.manifest.bundle import bundle
from kubectl_kubexit.plan.text import parse

pytestmark = pytest.mark.behaviour("authoring-wrap-fits")

TIMED = {"annotated-plan", "author-wins", "jobset"}  # their authors wrote a time by themselves
SECONDS = st.one_of(st.integers(0, 120), st.integers(0, 2**63 - 1))
TEXT = "{kind: Pod, spec: {%scontainers: [{name: a, command: [x]}, {name: b, command: [y]%s}]}}"


def with_grace(thing: Any, seconds: int) -> Any:
    """The documents with another time to stop in each pod."""
    if isinstance(thing, dict):
        changed = {key: with_grace(value, seconds) for key, value in thing.items()}
        return changed | {"terminationGracePeriodSeconds": seconds} if "containers" in thing else changed
    return [with_grace(child, seconds) for child in thing] if isinstance(thing, list) else thing


def codes(text: str) -> list[tuple[str, str]]:
    """Code and message of all that check finds."""
    return [(finding.check.code, finding.found.message) for finding in findings(bundle([("x", text)]))]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(seconds=20, manifest=next(path for path in PLAIN if path.name == "job.yaml"))
@given(seconds=SECONDS, manifest=st.sampled_from([path for path in PLAIN if path.stem not in TIMED]))
def test_check_accepts_every_time_to_stop(tmp_path: Path, seconds: int, manifest: Path) -> None:
    """With any terminationGracePeriodSeconds, check finds nothing that it does not find with the usual one."""
    found = []
    for each in (30, seconds):
        copy = tmp_path / manifest.name
        things = [with_grace(thing, each) for thing in yaml.safe_load_all(manifest.read_text())]
        copy.write_text(yaml.safe_dump_all(things, sort_keys=False))
        found.append(codes(run(wrap, *options(manifest), "--entry", "none", str(copy))))

    assert found[1] == found[0]


@pytest.mark.parametrize(
    ("seconds", "variables", "grace"),
    [
        ("", "", None),
        ("terminationGracePeriodSeconds: 30, ", "", None),
        ("terminationGracePeriodSeconds: 20, ", "", "20s"),
        ("terminationGracePeriodSeconds: 120, ", "", "120s"),
        ("terminationGracePeriodSeconds: 0, ", "", "2s"),
        ("terminationGracePeriodSeconds: 20, ", ", env: [{name: KUBEXIT_GRACE_PERIOD, value: 9s}]", None),
    ],
)
def test_a_sidecar_stops_within_the_time_of_the_pod(
    seconds: str, variables: str, grace: str | None, tmp_path: Path
) -> None:
    """A sidecar gets the time of the pod as its grace period, unless the author chose one; main keeps its default."""
    path = tmp_path / "pod.yaml"
    path.write_text(TEXT % (seconds, variables))
    plan = parse(only_pod(run(wrap, "--main", "a", str(path)))["metadata"]["annotations"]["kubexit.dev/plan"])

    assert plan.lines["b"].settings.get("GRACE_PERIOD") == grace
    assert "GRACE_PERIOD" not in plan.lines["a"].settings


def test_main_that_waits_at_the_end_gets_it_too(tmp_path: Path) -> None:
    """A main container with KUBEXIT_TERM_AFTER keeps its SIGTERM as well."""
    path = tmp_path / "pod.yaml"
    variables = ", env: [{name: KUBEXIT_TERM_AFTER, value: a}]"
    path.write_text(TEXT % ("terminationGracePeriodSeconds: 20, ", variables))
    plan = parse(only_pod(run(wrap, "--main", "b", str(path)))["metadata"]["annotations"]["kubexit.dev/plan"])

    assert plan.lines["b"].settings["GRACE_PERIOD"] == "20s"
