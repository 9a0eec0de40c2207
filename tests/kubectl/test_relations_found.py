"""The mistakes that are easily made when a Job gets kubexit: `check` finds each one that the manifest shows."""

import pytest

from kubectl_kubexit.findings.run import findings
from kubectl_kubexit.manifest.bundle import bundle

# Work that needs a database, and a sidecar that ships the logs of both.
JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: batch}
spec:
  template:
    spec:
      restartPolicy: Never
      volumes: [{name: graveyard, emptyDir: {medium: Memory}}]
      containers:
      - name: batch
        image: batch:1
        command: [kubexit, --, python3, /app/batch.py]
        env:
        - {name: KUBEXIT_NAME, value: batch}
        - {name: KUBEXIT_BIRTH_DEPS, value: db}
        - {name: KUBEXIT_BIRTH_SOURCE, value: graveyard}
        - {name: KUBEXIT_BIRTH_TIMEOUT, value: 2m}
        volumeMounts: [{name: graveyard, mountPath: /graveyard}] # batch
      - name: db
        image: postgres:16
        command: [kubexit, --, docker-entrypoint.sh, postgres]
        ports: [{containerPort: 5432}]
        env:
        - {name: KUBEXIT_NAME, value: db}
        - {name: KUBEXIT_READY_TCP, value: "5432"}
        - {name: KUBEXIT_DEATH_DEPS, value: batch}
        - {name: KUBEXIT_GRACE_PERIOD, value: 20s}
        - {name: KUBEXIT_EXIT_CODE_ON_STOP, value: zero} # db
        volumeMounts: [{name: graveyard, mountPath: /graveyard}] # db
      - name: shipper
        image: shipper:1
        command: [kubexit, --, /shipper]
        env:
        - {name: KUBEXIT_NAME, value: shipper}
        - {name: KUBEXIT_DEATH_DEPS, value: "batch,db"}
        - {name: KUBEXIT_DEATH_POLICY, value: all}
        - {name: KUBEXIT_EXIT_CODE_ON_STOP, value: zero} # shipper
        volumeMounts: [{name: graveyard, mountPath: /graveyard}] # shipper
"""
TIMEOUT = "        - {name: KUBEXIT_BIRTH_TIMEOUT, value: 2m}\n"
MOUNT = "        volumeMounts: [{name: graveyard, mountPath: /graveyard}]"
ON_DB = "        - {name: KUBEXIT_EXIT_CODE_ON_STOP, value: zero} # db\n"
# Name, the text that is replaced, the mistake, and the checks that find it. What no manifest shows is not here: a
# SIGTERM during the wait, a stop delay at pod deletion, and `docker run` of an image with kubexit as its entry point.
MISTAKES = [
    ("misspelt-setting", "KUBEXIT_BIRTH_DEPS", "KUBEXIT_BRITH_DEPS", {"KX101"}),
    ("misspelt-prefix", "KUBEXIT_BIRTH_DEPS", "KUBEEXIT_BIRTH_DEPS", {"KX102"}),
    ("misspelt-name", "KUBEXIT_NAME, value: db", "KUBXIT_NAME, value: db", {"KX102", "KX108"}),
    ("unknown-birth", "BIRTH_DEPS, value: db", "BIRTH_DEPS, value: database", {"KX301"}),
    ("unknown-death", "DEATH_DEPS, value: batch}", "DEATH_DEPS, value: bacth}", {"KX301"}),
    ("circle", ON_DB, f"{ON_DB}        - {{name: KUBEXIT_BIRTH_DEPS, value: batch:born}}\n", {"KX302"}),
    ("mount-forgotten", f"{MOUNT} # db\n", "", {"KX701"}),
    (
        "mount-forgotten-as-root",
        f"{MOUNT} # shipper\n",
        "        securityContext: {runAsUser: 0}\n",
        {"KX701"},
    ),
    ("probe-forgotten", '        - {name: KUBEXIT_READY_TCP, value: "5432"}\n', "", {"KX303"}),
    ("wrong-port", 'value: "5432"', 'value: "5433"', {"KX312"}),
    ("shell-in-probe", 'READY_TCP, value: "5432"', "READY_EXEC, value: 'test -e /a && test -e /b'", {"KX205"}),
    ("sidecar-fails-the-job", ON_DB, "", {"KX402"}),
    ("minutes-of-grace", "value: 20s", "value: 20m", {"KX105"}),
    ("milliseconds-of-birth", "value: 2m", "value: 2ms", {"KX105"}),
    ("zero-on-main", TIMEOUT, f"{TIMEOUT}{ON_DB}        - {{name: KUBEXIT_DEATH_DEPS, value: db}}\n", {"KX401"}),
    ("read-only", "/graveyard}] # db", "/graveyard, readOnly: true}] # db", {"KX702"}),
    ("one-name-twice", "KUBEXIT_NAME, value: shipper", "KUBEXIT_NAME, value: db", {"KX305"}),
    ("without-kubexit", "[kubexit, --, docker-entrypoint.sh", "[docker-entrypoint.sh", {"KX304"}),
    ("shell-in-front", "[kubexit, --, /shipper]", '[sh, -c, "kubexit /shipper"]', {"KX201"}),
    ("one-word", "python3, /app/batch.py", '"python3 /app/batch.py"', {"KX202"}),
    ("entry-point-forgotten", "docker-entrypoint.sh, postgres", "-c, fsync=off", {"KX203"}),
    ("first-of-several", "        - {name: KUBEXIT_DEATH_POLICY, value: all}\n", "", {"KX404"}),
    ("second-try", "restartPolicy: Never", "restartPolicy: OnFailure", {"KX501"}),
    ("several-bad-values", "value: 2m", "value: soon", {"KX103"}),
    ("cleared", "[kubexit, --, /shipper]", "[kubexit, --graveyard, /graveyard]", {"KX206"}),
    ("no-limit", "value: 2m", "value: infinite", {"KX604"}),
]


def codes(text: str) -> set[str]:
    """The codes of all findings."""
    return {finding.check.code for finding in findings(bundle([("job.yaml", text)]))}


@pytest.mark.behaviour("authoring-relations-found", "authoring-check-silent")
def test_the_correct_job_has_no_finding() -> None:
    """Each finding of the other tests comes from the mistake."""
    assert codes(JOB) == set()


@pytest.mark.behaviour("authoring-relations-found")
@pytest.mark.parametrize(
    ("right", "wrong", "expected"), [mistake[1:] for mistake in MISTAKES], ids=[mistake[0] for mistake in MISTAKES]
)
def test_each_mistake_is_found(right: str, wrong: str, expected: set[str]) -> None:
    """One mistake in a correct Job is found by its check."""
    assert JOB.count(right) >= 1
    assert expected <= codes(JOB.replace(right, wrong, 1))


@pytest.mark.behaviour("authoring-relations-found")
def test_swapped_main_and_sidecar_are_found() -> None:
    """If the work is the sidecar of the database, and the database waits for the work, the job never ends."""
    swapped = JOB.replace(
        "value: batch}\n        - {name: KUBEXIT_GRACE", "value: shipper}\n        - {name: KUBEXIT_GRACE"
    )
    swapped = swapped.replace(TIMEOUT, f"{TIMEOUT}        - {{name: KUBEXIT_DEATH_DEPS, value: db}}\n{ON_DB}")

    assert "KX401" in codes(swapped)


@pytest.mark.behaviour("authoring-relations-found")
def test_all_bad_values_are_found_at_once() -> None:
    """Several bad values are several findings, each at its line."""
    text = (
        JOB.replace("value: 2m", "value: soon").replace("value: 20s", "value: 20").replace("value: all", "value: both")
    )
    found = [finding for finding in findings(bundle([("job.yaml", text)])) if finding.check.code == "KX103"]

    assert len({finding.found.at.line for finding in found}) == len(found) >= 2
