"""The waiter finds the API server and checks its certificate."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.servers import certificates, faults
from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, ready, with_status
from harness.waiter_in_pod import Waiter

pytestmark = pytest.mark.every_form

READY = ready(pod("main", "db"), "db")


@pytest.mark.behaviour("cluster-address-and-certificates")
def test_an_ipv6_server_is_verified(waiter: Waiter, server_certificate: certificates.Certificate) -> None:
    """An IPv6 address of the API server works, and its certificate is checked."""
    try:
        api = ApiServer(server_certificate, host="::1")
    except OSError as error:
        pytest.skip(f"IPv6 NOT TESTED: {error}")
    api.show(READY)
    waiter.api = api
    started = waiter.start("db")
    code = started.wait()
    host = api.asked()[0].headers["host"]
    api.close()

    assert code == 0
    assert host.startswith("[::1]:")


@pytest.mark.behaviour("cluster-address-and-certificates")
def test_a_host_name_is_looked_up_and_verified(
    tmp_path: Path, waiter: Waiter, authority: certificates.Certificate
) -> None:
    """A name instead of an address is looked up, and the certificate must be for the name."""
    (tmp_path / "named").mkdir()
    api = ApiServer(certificates.server(tmp_path / "named", authority, "DNS:localhost"))
    api.show(READY)
    waiter.api = api
    started = waiter.start("db", KUBERNETES_SERVICE_HOST="localhost")
    code = started.wait()
    host = api.asked()[0].headers["host"]
    api.close()

    assert code == 0
    assert host == f"localhost:{api.port}"


@pytest.mark.behaviour("cluster-address-and-certificates")
@pytest.mark.parametrize("what", ["name", "authority"])
def test_certificate_of_someone_else(
    tmp_path: Path, waiter: Waiter, authority: certificates.Certificate, what: str
) -> None:
    """The waiter never sends the token to a server whose certificate is for another name, or from another CA."""
    folder = tmp_path / "other"
    folder.mkdir()
    signer = authority if what == "name" else certificates.authority(folder, "other-ca")
    names = ["IP:127.0.0.2"] if what == "name" else ["IP:127.0.0.1"]
    api = ApiServer(certificates.server(folder, signer, *names))
    api.show(READY)
    waiter.api = api
    started = waiter.start("db")
    started.wait_line("certificate verify failed.*next try", "stderr")
    asked = api.asked()
    started.kill()
    api.close()

    assert asked == []


@pytest.mark.behaviour("cluster-address-and-certificates")
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_cluster_needs_no_proxy(api: ApiServer, waiter: Waiter, variable: str) -> None:
    """Proxy variables are not for the cluster's own address.

    Fails when they are used: no server listens on port 1.
    """
    api.show(READY)

    assert waiter.start("db", **{variable: "http://127.0.0.1:1"}).wait() == 0


@pytest.mark.behaviour("cluster-address-and-certificates")
@pytest.mark.parametrize("where", ["keys", "no/such/folder/keys"])
def test_keys_are_not_logged(tmp_path: Path, api: ApiServer, waiter: Waiter, where: str) -> None:
    """A key log that the command asks for does not get our keys, and one that cannot be written does no harm."""
    api.show(READY)

    assert waiter.start("db", SSLKEYLOGFILE=str(tmp_path / where)).wait() == 0
    assert not (tmp_path / where).exists()


@pytest.mark.behaviour("no-service-account")
@pytest.mark.parametrize("gone", ["token", "ca.crt"])
def test_no_service_account(api: ApiServer, waiter: Waiter, gone: str) -> None:
    """Without a token or a CA the waiter exits with 2 at once, with a line that says so."""
    (waiter.account / gone).unlink()
    started = waiter.start("db")

    assert started.wait() == 2
    started.wait_line("error.*no service account", "stderr")
    assert api.asked() == []


@pytest.mark.behaviour("no-service-account")
def test_an_empty_token_is_no_account(waiter: Waiter) -> None:
    """An empty token file is no service account either."""
    waiter.mount("")
    started = waiter.start("db")

    assert started.wait() == 2
    started.wait_line("no service account.*empty", "stderr")


@pytest.mark.behaviour("no-service-account")
def test_not_in_a_pod(waiter: Waiter) -> None:
    """Without KUBERNETES_SERVICE_HOST there is no cluster to ask."""
    started = waiter.start("db", KUBERNETES_SERVICE_HOST="")

    assert started.wait() == 2
    started.wait_line("error.*not in a pod: KUBERNETES_SERVICE_HOST", "stderr")


@pytest.mark.behaviour("answers-split-anywhere")
@pytest.mark.parametrize("size", [1, 7, 65536])
def test_chunks_may_end_anywhere(api: ApiServer, waiter: Waiter, size: int) -> None:
    """Chunks may end anywhere, also inside a character."""
    waiting = with_status(pod("main", "db"), "db", state={"waiting": {"reason": "Grüße", "message": "„☃“ 🚀"}})
    api.show(waiting)
    line = ("MODIFIED", {**waiting, "metadata": {**waiting["metadata"], "resourceVersion": "101"}})

    def cut(data: bytes) -> list[bytes]:
        return [data[at : at + size] for at in range(0, len(data), size)]

    api.script("watch", faults.events(line, cut=cut))
    started = waiter.start("db", KUBEXIT_LOG_LEVEL="debug")
    started.wait_line("not ready: db .waiting: Grüße: „☃“ 🚀.", "stderr", count=2)
    api.wait_watched()
    api.show(READY)

    assert started.wait() == 0


@pytest.mark.behaviour("answers-split-anywhere")
def test_line_of_a_megabyte(api: ApiServer, waiter: Waiter) -> None:
    """A pod of 1 MB arrives in one line."""
    large = {**READY, "metadata": {**READY["metadata"], "annotations": {"note": "ä" * 2**19}}}
    api.show(pod("main", "db"))
    started = waiter.start("db")
    api.wait_watched()
    api.show(large)

    assert started.wait() == 0


@pytest.mark.behaviour("nothing-of-the-wait-remains")
def test_threads_and_memory_of_the_import() -> None:
    """The client brings neither its models nor threads, and a later import of what was put off is the real one."""
    script = (
        "import sys, threading\nfrom kubexit.waiter import lean\nlean.client()\n"
        "print(len(sys.modules) < 300, threading.active_count(), 'kubernetes.client.models.v1_pod' in sys.modules)\n"
        "import kubernetes.client, requests.utils, dateutil.parser, multiprocessing.pool\n"
        "print(kubernetes.client.V1Pod.__module__, requests.get.__module__, multiprocessing.Process.__name__)\n"
        "print(kubernetes.client.api_client.parse('2026-11-21').year, multiprocessing.pool.ThreadPool.__name__)\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, env=dict(os.environ))

    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "True 1 False",
        "kubernetes.client.models.v1_pod requests.api Process",
        "2026 ThreadPool",
    ]
