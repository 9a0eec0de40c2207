"""KUBEXIT_PLAN: all containers of a pod get one text, and each takes its line."""

import os
import re
import signal

import pytest

from harness.containers import born, lines, running, waiting
from harness.forms import ROOT
from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form

POD = """
# the choreography of this pod
report:  BIRTH_DEPS=proxy DEATH_DEPS=proxy:failed
proxy:   SIDECAR_OF=report READY_FILE=READY
shipper: SIDECAR_OF=report TERM_AFTER=report,proxy GRACE_PERIOD=20s
"""


@pytest.fixture
def plan(kubexit: Kubexit) -> str:
    """The plan of a pod with three containers; a file shows that the proxy is ready."""
    return POD.replace("READY_FILE=READY", f"READY_FILE={kubexit.folder}/ready READY_PERIOD=20ms")


@pytest.mark.behaviour("plan-of-the-pod", "sidecar-of")
def test_a_pod_starts_and_ends_in_the_order_of_its_plan(kubexit: Kubexit, plan: str) -> None:
    """Main waits for the proxy; after main's end both sidecars end, without a failure."""
    report = waiting(kubexit, "report", PLAN=plan, BIRTH_TIMEOUT=None)
    report.wait_line("waiting for birth dependencies: proxy", "stderr")
    proxy = running(kubexit, "proxy", "TERM=143", PLAN=plan)
    shipper = running(kubexit, "shipper", "TERM=143", PLAN=plan)
    (kubexit.folder / "ready").write_text("")

    assert [container.wait() for container in (report, proxy, shipper)] == [0, 0, 0]
    assert report.stdout == "BORN\n"
    stones = [kubexit.tombstone(name) or {} for name in ("report", "proxy", "shipper")]
    assert len({stone["Plan"] for stone in stones}) == 1
    assert stones[0]["Born"] >= stones[1]["Ready"]


@pytest.mark.behaviour("plan-of-the-pod", "sidecar-of", "term-after")
@pytest.mark.parametrize("page", ["README.md", "docs/use/plan.md"])
def test_the_plan_of_a_page_ends_a_deleted_pod_in_its_order(kubexit: Kubexit, page: str) -> None:
    """All get SIGTERM at once: the command of the report first, then that of the proxy, then that of the shipper."""
    shown = re.search(r"^ *report: .*\n *proxy: .*\n *shipper: .*$", (ROOT / page).read_text(), re.MULTILINE)
    assert shown is not None
    ready = kubexit.folder / "ready"
    ready.write_text("")
    os.utime(ready, (2**32, 2**32))  # newer than any start
    text = shown[0].replace("READY_TCP=8080", f"READY_FILE={ready} READY_PERIOD=20ms").replace("STOP_DELAY=1s", "")
    shipper = born(kubexit, "shipper", "TERM=0", PLAN=text)
    proxy = born(kubexit, "proxy", "USR1=0", PLAN=text)
    report = born(kubexit, "report", "USR1=0", PLAN=text)
    for container in (shipper, proxy, report):
        container.signal(signal.SIGTERM)
    shipper.wait_line("waiting for report, proxy to exit first", "stderr")
    report.wait_line("SIGNAL TERM")
    report.signal(signal.SIGUSR1)
    assert report.wait() == 0
    proxy.wait_line("SIGNAL TERM")
    proxy.signal(signal.SIGUSR1)

    assert [proxy.wait(), shipper.wait()] == [0, 0]
    assert "dependency proxy died with exit code 0: forwarded SIGTERM to the command" in shipper.stderr


@pytest.mark.behaviour("sidecar-cycle-refused")
def test_sidecars_of_each_other(kubexit: Kubexit) -> None:
    """Both exit with 2 at once, and the line shows the cycle."""
    plan = "report: SIDECAR_OF=proxy\nproxy: SIDECAR_OF=report"
    for name in ("report", "proxy"):
        finished = kubexit.run("true", name=name, PLAN=plan)

        assert finished.code == 2
        (line,) = lines(finished.stderr, "error")
        assert "none does the work: report -> proxy -> report; remove SIDECAR_OF from the one that does" in line


@pytest.mark.behaviour("plan-and-variables")
@pytest.mark.parametrize(
    ("line", "environ", "advice"),
    [
        ("BIRTH_DEPS=db BIRTH_SOURCE=kubernetes", {}, "or remove BIRTH_SOURCE=kubernetes from the plan"),
        (None, {"BIRTH_DEPS": "db"}, "or set KUBEXIT_BIRTH_SOURCE=graveyard"),
    ],
)
def test_advice_where_the_source_is_written(
    kubexit: Kubexit, line: str | None, environ: dict[str, str], advice: str
) -> None:
    """What helps without the pod's name is said about the plan if the plan has the source: a variable cannot help."""
    plan = None if line is None else f"main: {line}"
    finished = kubexit.run("true", PLAN=plan, NAMESPACE="default", **environ)

    assert finished.code == 2
    (message,) = lines(finished.stderr, "error")
    assert "KUBEXIT_POD_NAME: is required, because " in message
    assert message.endswith(f"set it from fieldRef metadata.name, {advice}")


@pytest.mark.behaviour("plan-of-the-pod", "term-after")
def test_a_deleted_pod_ends_in_the_order_of_its_plan(kubexit: Kubexit, plan: str) -> None:
    """All get SIGTERM at once; the proxy ends after main, and the shipper after both."""
    plan = plan.replace("BIRTH_DEPS=proxy", "")
    report = born(kubexit, "report", "USR1=0", PLAN=plan)
    proxy = born(kubexit, "proxy", "USR1=0", PLAN=plan)
    shipper = born(kubexit, "shipper", "TERM=143", PLAN=plan.replace("SIDECAR_OF=report TERM_AFTER", "TERM_AFTER"))
    for container in (report, proxy, shipper):
        container.signal(signal.SIGTERM)
    shipper.wait_line("waiting for report, proxy to exit first", "stderr")
    proxy.wait_line("waiting for report to exit first", "stderr")
    report.wait_line("SIGNAL TERM")
    assert "SIGNAL" not in proxy.stdout
    report.signal(signal.SIGUSR1)
    proxy.wait_line("SIGNAL TERM")
    assert "SIGNAL" not in shipper.stdout
    proxy.signal(signal.SIGUSR1)

    assert [container.wait() for container in (report, proxy, shipper)] == [0, 0, 143]


@pytest.mark.behaviour("plan-checked-whole", "bad-setting-exits-with-2")
def test_a_mistake_on_any_line_stops_every_container(kubexit: Kubexit, plan: str) -> None:
    """Each container refuses a plan with a mistake, on its own line or another, and shows the line."""
    bad = plan.replace("SIDECAR_OF=report T", "SIDECAR_OF=reportt T")
    for name in ("report", "proxy", "shipper"):
        finished = kubexit.run("echo", "BORN", name=name, PLAN=bad, pid1=True)

        assert (finished.code, finished.stdout) == (2, "")
        (line,) = finished.stderr.splitlines()
        assert (
            "KUBEXIT_PLAN line 5, column 21: SIDECAR_OF=reportt: is no container of the plan; did you mean rep" in line
        )
        assert line.endswith("[shipper: SIDECAR_OF=reportt TERM_AFTER=report,proxy GRACE_PERIOD=20s]")
        stone = kubexit.tombstone(name) or {}
        assert stone["ExitCode"] == 2
        assert "SIDECAR_OF=reportt" in stone["Reason"]


@pytest.mark.behaviour("plan-checked-whole")
@pytest.mark.parametrize("name", ["report", "proxy", "shipper"])
def test_a_cycle_stops_every_container(kubexit: Kubexit, plan: str, name: str) -> None:
    """Two containers that wait for each other are refused at once, by the third one too."""
    finished = kubexit.run(
        "echo", "BORN", name=name, PLAN=plan.replace("SIDECAR_OF=report R", "BIRTH_DEPS=report:born R")
    )

    (line,) = finished.stderr.splitlines()
    assert finished.code == 2
    assert "no container of this cycle could ever start: report -> proxy -> report" in line


@pytest.mark.behaviour("plan-text")
@pytest.mark.parametrize("text", ["", " \n"], ids=repr)
def test_an_empty_plan_is_a_mistake(kubexit: Kubexit, text: str) -> None:
    """A plan that is set but empty, as the downward API gives it without the annotation, is refused."""
    finished = kubexit.run("echo", "BORN", PLAN=text)

    (line,) = finished.stderr.splitlines()
    assert finished.code == 2
    assert "KUBEXIT_PLAN: is empty; is the annotation on the pod template?" in line


@pytest.mark.behaviour("plan-and-variables")
def test_a_container_without_a_line(kubexit: Kubexit, plan: str) -> None:
    """A name that the plan does not have is refused with the nearest one."""
    finished = kubexit.run("echo", "BORN", name="reportt", PLAN=plan)

    (line,) = finished.stderr.splitlines()
    assert finished.code == 2
    assert "KUBEXIT_NAME=reportt: has no line in KUBEXIT_PLAN; did you mean report?" in line


@pytest.mark.behaviour("plan-and-variables")
def test_every_error_of_plan_and_variables(kubexit: Kubexit, plan: str) -> None:
    """mistakes of the plan do not hide mistakes of the container's variables."""
    bad = plan.replace("GRACE_PERIOD=20s", "GRACE_PERIOD=20 X=1")
    finished = kubexit.run("echo", "BORN", name="report", PLAN=bad, STOP_DELAY="5", BIRTH_DEPS="db")

    found = [line.split("]: ", 1)[1] for line in finished.stderr.splitlines()]
    assert finished.code == 2
    assert [line.split(":")[0] for line in found] == [
        "KUBEXIT_PLAN line 5, column 68",
        "KUBEXIT_PLAN line 5, column 65",
        "KUBEXIT_BIRTH_DEPS=db",
        "KUBEXIT_STOP_DELAY=5",
    ]


@pytest.mark.behaviour("plan-of-the-pod")
def test_the_command_gets_the_plan_unchanged(kubexit: Kubexit, plan: str) -> None:
    """The environment of the command has the text as it was set."""
    finished = kubexit.run("/usr/bin/env", "-0", name="shipper", PLAN=plan)

    assert f"KUBEXIT_PLAN={plan}" in finished.stdout.split("\0")


@pytest.mark.behaviour("plan-hash-in-tombstone")
def test_another_plan_of_a_peer_causes_a_warning(kubexit: Kubexit, plan: str) -> None:
    """A container warns once about a dependency with another text, and continues."""
    report = born(kubexit, "report", PLAN=plan.replace("BIRTH_DEPS=proxy", "") + "# changed\n")
    proxy = running(kubexit, "proxy", "TERM=0", PLAN=plan)
    proxy.wait_line("report has another KUBEXIT_PLAN than this container", "stderr")
    report.signal(signal.SIGTERM)

    assert proxy.wait() == 0
    assert len(lines(proxy.stderr, "warn")) == 1


@pytest.mark.behaviour("plan-hash-in-tombstone")
def test_the_same_plan_causes_no_warning(kubexit: Kubexit, plan: str) -> None:
    """Blanks at the end are no difference, and a peer without a plan may be an older version."""
    report = born(kubexit, "report", PLAN=plan.replace("BIRTH_DEPS=proxy", "") + "\n \n")
    proxy = running(kubexit, "proxy", "TERM=0", PLAN=plan.replace("BIRTH_DEPS=proxy", ""))
    report.signal(signal.SIGTERM)
    assert proxy.wait() == 0
    kubexit.carve("report", Born=True, Died=True, ExitCode=0)
    again = kubexit.run("echo", name="shipper", PLAN=plan.replace("TERM_AFTER=report,proxy", ""))

    assert lines(proxy.stderr, "warn") + lines(again.stderr, "warn") == []


@pytest.mark.behaviour("plan-hash-in-tombstone")
def test_without_a_plan_there_is_no_key(kubexit: Kubexit) -> None:
    """A container without a plan writes no hash."""
    kubexit.run("true")

    assert "Plan" not in (kubexit.tombstone() or {})


@pytest.mark.behaviour("plan-of-the-pod")
def test_a_disabled_container_reads_no_plan(kubexit: Kubexit) -> None:
    """KUBEXIT_DISABLED works with any plan."""
    finished = kubexit.run("echo", "BORN", PLAN="x y z", DISABLED="true")

    assert (finished.code, finished.stdout, finished.stderr) == (0, "BORN\n", "")


@pytest.mark.behaviour("plan-checked-whole")
def test_a_large_plan_is_refused_in_milliseconds(kubexit: Kubexit) -> None:
    """The check of 128 lines that all depend on each other takes less CPU time than a blink."""
    names = [f"c{number}" for number in range(128)]
    others = ",".join(f"{name}:died" for name in names[:60])
    text = (
        "\n".join(f"{name}: BIRTH_DEPS={others if name not in names[:60] else 'c127:died'}" for name in names)
        + "\nx: Y=1"
    )
    before = os.times()
    finished = kubexit.run("true", name="c0", PLAN=text)
    after = os.times()

    assert finished.code == 2
    if kubexit.is_native:
        assert (after.children_user - before.children_user) + (after.children_system - before.children_system) < 0.25
