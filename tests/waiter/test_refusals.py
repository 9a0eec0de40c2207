"""The API server refuses the waiter, or asks it to wait."""

import re
from collections.abc import Callable

import pytest
import yaml

from harness.servers import faults
from harness.servers.apiserver import ApiServer
from harness.servers.exchange import Exchange
from harness.servers.pods import pod, ready, token
from harness.waiter_in_pod import Waiter

WAITING = pod("main", "db")
FORBIDDEN = (
    'pods is forbidden: User "system:serviceaccount:shop:till" cannot {} resource "pods" in API group "" in the '
    'namespace "shop"'
)


def forbidden(verb: str) -> faults.Answer:
    """What the API server says to an account without the right."""
    return faults.status(403, "Forbidden", FORBIDDEN.format(verb))


@pytest.mark.behaviour("refused-by-api")
def test_token_was_rotated(api: ApiServer, waiter: Waiter) -> None:
    """A token that is refused is read again from its file."""
    api.show(WAITING)
    started = waiter.start("db")
    api.wait_watched()
    renewed = token(jti="renewed")
    waiter.mount(renewed)
    api.rotate(renewed)
    api.drop()
    api.wait_asked(2, "watch")
    api.show(ready(WAITING, "db"))

    assert started.wait() == 0
    assert [request.verb for request in api.asked()] == ["list", "watch", "list", "list", "watch"]


@pytest.mark.behaviour("refused-by-api")
def test_token_is_not_accepted(api: ApiServer, waiter: Waiter) -> None:
    """401 for two seconds, with the file's current token at each try, is final: the code is 77."""
    api.show(WAITING)
    api.rotate("another")
    started = waiter.start("db")

    assert started.wait() == 77
    assert len(api.asked()) >= 4  # two a try, and more than one try
    started.wait_line(r"error.*does not accept the token of this service account \(401\)", "stderr")


@pytest.mark.behaviour("refused-by-api")
def test_authentication_fails_for_a_moment(api: ApiServer, waiter: Waiter) -> None:
    """A server that refuses a good token twice in a row, for example while it starts, is asked again."""
    api.show(ready(WAITING, "db"))
    api.script("list", *[faults.status(401, "Unauthorized")] * 2)
    started = waiter.start("db")

    assert started.wait() == 0


@pytest.mark.behaviour("refused-by-api")
@pytest.mark.parametrize("verb", ["list", "watch"])
@pytest.mark.parametrize("known", [True, False], ids=["claims", "words"])
def test_a_403_names_the_missing_right(api: ApiServer, waiter: Waiter, verb: str, known: bool) -> None:
    """403 fails within seconds and names verb, resource, namespace and account, with the Role that would help."""
    api.show(WAITING)
    api.script(verb, *[forbidden(verb)] * 60)
    if not known:
        waiter.mount("opaque")
    started = waiter.start("db")

    assert started.wait() == 77
    started.wait_line(
        f'error.*service account "till" of namespace "shop" may not {verb} the resource "pods" in namespace "shop"',
        "stderr",
    )
    # Up to the next line of the log, if there is one.
    manifests = re.split(r"(?m)^\d{4}-\d\d-\d\dT", started.stderr.partition("would allow it:\n")[2])[0]
    role, binding = yaml.safe_load_all(manifests)
    assert (role["kind"], role["metadata"]["namespace"]) == ("Role", "shop")
    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch"]}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "till", "namespace": "shop"}]


@pytest.mark.behaviour("refused-by-api")
def test_forbidden_for_a_moment(api: ApiServer, waiter: Waiter) -> None:
    """The first 403 is not final: a RoleBinding that was made together with the pod needs a moment."""
    api.show(ready(WAITING, "db"))
    api.script("list", *[forbidden("list")] * 2)

    assert waiter.start("db").wait() == 0


@pytest.mark.behaviour("pod-gone-ends-wait")
@pytest.mark.parametrize("answer", [None, faults.status(404, "Not Found")], ids=["empty list", "404"])
def test_no_such_pod(api: ApiServer, waiter: Waiter, answer: Callable[[Exchange], None] | None) -> None:
    """A missing pod ends the wait with 69, and the message names the settings to check."""
    if answer:
        api.script("list", answer)
    started = waiter.start("db")

    assert started.wait() == 69
    started.wait_line("KUBEXIT_POD_NAME|404", "stderr")


@pytest.mark.behaviour("busy-server-not-crowded")
@pytest.mark.parametrize(("code", "reason"), [(429, "Too Many Requests"), (503, "Service Unavailable")])
@pytest.mark.parametrize("verb", ["list", "watch"])
def test_the_time_of_retry_after_is_kept(api: ApiServer, waiter: Waiter, code: int, reason: str, verb: str) -> None:
    """The waiter waits for the time that a busy server names.

    Fails when Retry-After is not read: the first delay is half a second at most.
    """
    api.show(WAITING)
    api.script(verb, faults.status(code, reason, Retry_After="1"))
    started = waiter.start("db")
    api.wait_asked(2, "list")
    refused, again = [request.at for request in api.asked()][verb == "watch" :][:2]
    api.wait_watched()
    api.show(ready(WAITING, "db"))

    assert started.wait() == 0
    assert again - refused >= 1.0


@pytest.mark.behaviour("busy-server-not-crowded")
def test_a_500_is_tried_again(api: ApiServer, waiter: Waiter) -> None:
    """A 500 without a time is tried again later, and logged once."""
    api.show(ready(WAITING, "db"))
    api.script("list", *[faults.status(500, "Internal Server Error")] * 3)
    started = waiter.start("db")

    assert started.wait() == 0
    assert len(re.findall("warn.*500", started.stderr)) == 1


@pytest.mark.behaviour("busy-server-not-crowded")
@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]", b'{"metadata": null}', b"\xff\xfe"])
def test_answer_is_none(api: ApiServer, waiter: Waiter, body: bytes) -> None:
    """An answer that is no list of pods, for example a proxy's page, is tried again."""
    api.show(ready(WAITING, "db"))
    api.script("list", lambda exchange: exchange.body(200, "OK", body))

    assert waiter.start("db").wait() == 0
