"""The waiter reads service account and address, and explains a refusal."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.servers.pods import UID, token
from kubexit.waiter import rbac
from kubexit.waiter.account import Account, address, authority
from kubexit.waiter.errors import SettingsError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A service account as the kubelet mounts it."""
    (tmp_path / "ca.crt").write_text("a certificate")
    (tmp_path / "token").write_text(token() + "\n")
    return tmp_path


@pytest.mark.behaviour("cluster-address-and-certificates")
@pytest.mark.parametrize(
    ("host", "place"), [("10.0.0.1", "10.0.0.1:443"), ("fd00::1", "[fd00::1]:443"), ("api", "api:443")]
)
def test_ipv6_addresses_get_brackets(host: str, place: str) -> None:
    """An IPv6 address goes in brackets."""
    found = address({"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "443"})

    assert found == (host, "443")
    assert authority(*found) == place


@pytest.mark.behaviour("refused-by-api")
def test_token_has_no_newline(folder: Path) -> None:
    """A newline at the end of the file is not part of the token."""
    assert Account(folder).token == token()


@pytest.mark.behaviour("refused-by-api")
def test_token_is_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is at most a minute old, and an old one is kept while the file is away."""
    now = 1000.0
    monkeypatch.setattr("kubexit.waiter.account.monotonic", lambda: now)
    account = Account(folder)
    (folder / "token").write_text("renewed")
    now += 59

    assert account.token == token()

    now += 2

    assert account.token == "renewed"

    (folder / "token").unlink()
    now += 61

    assert account.token == "renewed"


@pytest.mark.behaviour("pod-gone-ends-wait")
def test_own_pod_by_the_token(folder: Path) -> None:
    """The token of a pod says which pod it belongs to, so that another one of the same name is not taken for it."""
    account = Account(folder)

    assert account.pod_uid("job-1", "shop") == UID
    assert account.pod_uid("job-2", "shop") is None


@pytest.mark.behaviour("pod-gone-ends-wait")
@pytest.mark.parametrize("text", ["opaque", "a.b.c", "a.e30.c", "a.W10.c", "a.bnVsbA.c"])
def test_token_that_tells_nothing(folder: Path, text: str) -> None:
    """A token of another kind is used too."""
    (folder / "token").write_text(text)

    assert Account(folder).pod_uid("job-1", "shop") is None


@pytest.mark.behaviour("no-service-account")
def test_not_a_token(folder: Path) -> None:
    """A file that cannot be a header is not accepted as a token."""
    (folder / "token").write_bytes(b"\xff\xfe")

    with pytest.raises(SettingsError, match="no service account"):
        Account(folder)


@pytest.mark.behaviour("refused-by-api")
@pytest.mark.parametrize(
    ("claims", "message", "account"),
    [
        ({"sub": "system:serviceaccount:shop:till"}, "", ("shop", "till")),
        ({}, 'pods is forbidden: User "system:serviceaccount:eu.x:till-2" cannot list', ("eu.x", "till-2")),
        ({}, "a proxy says no", ("shop", "default")),
    ],
)
def test_refusal_names_the_account(claims: dict[str, Any], message: str, account: tuple[str, ...]) -> None:
    """The service account comes from the token, else from the server's words, else it is the default one."""
    sentence, manifests = rbac.explain("watch", "shop", claims, json.dumps({"message": message}).encode())

    assert f'service account "{account[1]}" of namespace "{account[0]}"' in sentence
    assert ("a proxy" in sentence) == ("a proxy" in message)
    subjects = list(yaml.safe_load_all(manifests))[1]["subjects"]
    assert subjects == [{"kind": "ServiceAccount", "name": account[1], "namespace": account[0]}]


@pytest.mark.behaviour("refused-by-api")
@pytest.mark.parametrize("body", [None, b"", b"<html>", b"[]", b"{}"])
def test_refusal_without_words(body: bytes | None) -> None:
    """A refusal without a Status object is explained too."""
    assert "may not list" in rbac.explain("list", "shop", {}, body)[0]
