"""Thirty Jobs at once: how long they take, and what they ask the API server for."""

import json
import time
from collections import Counter

import pytest

from e2e.container import container, pod
from e2e.space import Space
from node.layout import Layout

pytestmark = [pytest.mark.node, pytest.mark.alone, pytest.mark.timeout(400)]

JOBS = 30
SECONDS = 240.0  # on two cores that others use too; about 40 on two idle ones
# One list, one watch; one more of each where a watch had to begin again.
REQUESTS = 4


def test_thirty_jobs_at_once_complete_in_time(here: Space, layout: Layout) -> None:
    """All are complete in time, and each pod asks the API server for itself at most a few times, never in vain."""
    here.let_wait()
    probe = {"readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1}}
    server = "exec python3 -m http.server 8080 --directory /usr/share"
    client = "exec python3 -c 'import urllib.request; urllib.request.urlopen(\"http://127.0.0.1:8080/\")'"
    main = container("main", client, BIRTH_DEPS="server", BIRTH_TIMEOUT="3m")
    spec = pod(main, container("server", server, probe, DEATH_DEPS="main", EXIT_CODE_ON_STOP="zero"))
    names = [f"job-{number}" for number in range(JOBS)]
    begin = time.monotonic()
    pods = {name: here.job(spec, name) for name in names}
    ends = {name: here.wait_job(name, SECONDS) for name in names}
    seconds = time.monotonic() - begin

    assert set(ends.values()) == {"Complete"}
    assert seconds < SECONDS
    for made in pods.values():
        assert made.codes == {"main": [0], "server": [0]}, made.story
    asked = _requests(layout.audit_log, here.access.namespace)
    print(f"{JOBS} Jobs: {seconds:.0f} s, requests of a pod: {Counter(map(len, asked.values()))}")
    assert set(asked) == {made.name for made in pods.values()}
    assert max(map(len, asked.values())) <= REQUESTS, asked
    assert {code for requests in asked.values() for _, code in requests} == {200}


def _requests(log, namespace):
    """By pod: verb and answer of each request that its own account made for it."""
    found = {}
    for line in log.read_text().splitlines():
        event = json.loads(line)
        if event["user"].get("username") != f"system:serviceaccount:{namespace}:default":
            continue
        if event["stage"] != "ResponseComplete":
            continue
        of = event["user"]["extra"]["authentication.kubernetes.io/pod-name"][0]
        found.setdefault(of, []).append((event["verb"], event["responseStatus"]["code"]))
    return found
