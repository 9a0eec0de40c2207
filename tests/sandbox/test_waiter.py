"""The interpreter in the static file, which the gate form does not have."""

import pytest

from sandbox.pod import Pod

pytestmark = pytest.mark.sandbox


@pytest.mark.behaviour("no-service-account")
def test_missing_service_account_is_reported(static: Pod) -> None:
    """The waiter runs in gVisor: it reports that there is no service account, and the command is not started."""
    main = static.start("main", "/bin/actor", "plain", BIRTH_DEPS="db", POD_NAME="p", NAMESPACE="n")

    assert main.wait() == 2
    assert "no service account is mounted" in main.stderr
    assert main.stdout == ""


@pytest.mark.behaviour("birth-urls")
def test_waiter_asks_url_with_a_name(static: Pod) -> None:
    """The waiter asks a URL with a name; one that cannot be resolved is not ready."""
    url = "http://proxy.invalid:8080/ready"
    main = static.start("main", "/bin/actor", "plain", BIRTH_URLS=url, BIRTH_TIMEOUT="2s")

    assert main.wait() == 69
    assert "proxy.invalid" in main.stderr
    assert main.stdout == ""
