"""The examples as published: a manifest is changed only where a case needs it, to make the work fail."""

import pytest

from cluster import manifests
from e2e.example import Case, local_cases
from e2e.space import Space

pytestmark = pytest.mark.node

CLIENT_SERVER = "client-server-job/manifest.yaml"
SIDECAR = "native-sidecar/manifest.yaml"
NO_SERVER = ("127.0.0.1:8080", "127.0.0.1:8081")
FAIL = {"FAIL_WITH": "3"}
CASES = (
    Case(
        CLIENT_SERVER,
        "works",
        {"graveyard": [0], "client": [0], "server": [0]},
        order=["client", "server"],
        says={"client": "the server answered 200", "server": "dependency client died with exit code 0"},
    ),
    Case(CLIENT_SERVER, "fails", {"graveyard": [0], "client": [1], "server": [0]}, instead=NO_SERVER),
    Case(SIDECAR, "fails", {"proxy": [0], "main": [1]}, instead=NO_SERVER),
    Case(SIDECAR, "works", {"proxy": [0], "main": [0]}, says={"main": "the proxy answered 200"}),
    Case("job-with-proxy.yaml", "works", {"main": [0], "proxy": [0]}, says={"main": "the report is written"}),
    Case("job-with-proxy.yaml", "fails", {"main": [3], "proxy": [0]}, {"main": FAIL}, order=["main", "proxy"]),
    Case("init-container.yaml", "works", {"kubexit": [0], "main": [0], "proxy": [0]}, order=["main", "proxy"]),
    Case("job-with-retries.yaml", "works", {"main": [1, 0], "proxy": [0]}, says={"main": "the report is written"}),
    Case("migrate-then-serve.yaml", "works", {"migrate": [0], "serve": [0]}, says={"serve": "served"}),
    Case("migrate-then-serve.yaml", "fails", {"migrate": [3], "serve": [69]}, {"migrate": FAIL}),
    Case("log-shipper.yaml", "works", {"main": [0], "shipper": [0]}, says={"shipper": "shipped: the last line"}),
    *local_cases(),
)
# Its two images are made from a reader's own registry, and its proxy wants Google Cloud.
ELSEWHERE = {"cloudsql-proxy-job/manifest.yaml"}
WORK = ("Job", "Pod", "Deployment")


def test_every_example_has_a_case() -> None:
    """No manifest is left out."""
    assert {case.file for case in CASES} == set(manifests.files()) - ELSEWHERE


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example_ends_as_it_promises(here: Space, case: Case) -> None:
    """Each container ends as the example promises, in the promised order, and says what it should."""
    objects = case.objects
    for thing in objects:
        here.apply(thing)
    (work,) = (thing for thing in objects if thing["kind"] in WORK)
    made = here.pod_from(work)
    if case.delete_after:
        made.keep()
        for name, line in case.delete_after.items():
            made.wait_line(name, line)
        made.record()
        here.remove(work)
    made.wait(
        lambda pod: all(pod.codes.get(name) == codes for name, codes in case.codes.items()) or _over(pod), "all ends"
    )

    codes = {name: codes for name, codes in made.codes.items() if name in case.codes}
    assert codes == case.codes, made.story
    for name, words in case.says.items():
        assert words in made.log(name)
    ends = [made.state(name)["terminated"]["finishedAt"] for name in case.order]
    assert ends == sorted(ends), made.story
    if work["kind"] == "Job":
        failed = any(codes[-1] for name, codes in case.codes.items() if name not in case.native)
        assert here.wait_job(work["metadata"]["name"]) == ("Failed" if failed else "Complete")


def _over(pod):
    """Whether all containers have ended for good."""
    return pod.phase in ("Succeeded", "Failed", "gone")
