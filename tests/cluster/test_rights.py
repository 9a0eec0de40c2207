"""If the service account has too few rights, kubexit says which."""

from pathlib import Path

import pytest

from cluster.audit import Audit
from cluster.birth import Birth, assert_born, failed
from cluster.keeper import Keeper
from cluster.pods import READY
from harness.kubexit import Kubexit

pytestmark = pytest.mark.cluster


@pytest.mark.behaviour("refused-by-api")
def test_missing_rights_exit_with_77(kubexit: Kubexit, birth: Birth, tmp_path: Path) -> None:
    """Without rights kubexit exits with 77, and says which account lacks what, and the Role that would help."""
    account = birth.access.account(tmp_path / "account", verbs=())
    pod = birth.pod("db")
    pod.show(db=READY)

    container = birth.start(kubexit, pod, "db", account=account.folder)

    failed(container, 77, "list", "pods", birth.access.namespace, account.name, "kind: Role", "kind: RoleBinding")


@pytest.mark.behaviour("refused-by-api", "list-and-watch-are-enough")
def test_missing_watch_is_named(kubexit: Kubexit, birth: Birth, tmp_path: Path) -> None:
    """The right to list alone is not enough, and the message names the missing right."""
    account = birth.access.account(tmp_path / "account", verbs=["list"])
    pod = birth.pod("db")

    failed(birth.start(kubexit, pod, "db", account=account.folder), 77, "watch", "pods", account.name)


@pytest.mark.behaviour("refused-by-api")
def test_rights_come_late(kubexit: Kubexit, birth: Birth, audit: Audit, tmp_path: Path) -> None:
    """A Role that was made together with the pod may take effect a moment after the first request."""
    account = birth.access.account(tmp_path / "account", verbs=())
    pod = birth.pod("db")
    pod.show(db=READY)
    container = birth.start(kubexit, pod, "db", account=account.folder)
    audit.wait_refused(pod.name, 403)

    birth.access.grant(account)

    assert_born(container)


@pytest.mark.behaviour("refused-by-api")
def test_an_unknown_token_exits_with_77(kubexit: Kubexit, birth: Birth, tmp_path: Path) -> None:
    """A token that the server does not know, also when it is read again, ends the wait with 77."""
    account = birth.access.account(tmp_path / "account")
    (account.folder / "token").write_text("not.a.token")
    pod = birth.pod("db")

    failed(birth.start(kubexit, pod, "db", account=account.folder), 77, "401")


@pytest.mark.behaviour("refused-by-api")
@pytest.mark.timeout(240)
def test_a_refused_token_is_read_again(
    kubexit: Kubexit, birth: Birth, own: Keeper, audit: Audit, tmp_path: Path
) -> None:
    """A token that is refused is read again from its folder, where the kubelet has put a new one meanwhile.

    The account is replaced, which makes its old token void; a restart makes the waiter show its token again.
    """
    account = birth.access.account(tmp_path / "account")
    pod = birth.pod("db")
    container = birth.start(kubexit, pod, "db", account=account.folder, BIRTH_TIMEOUT="200s")
    birth.watched(container, pod)

    birth.access.replace(account)
    own.stop_server()
    own.start_server()
    pod.show(db=READY)

    assert_born(container)
    assert audit.wait_refused(pod.name, 401)


@pytest.mark.behaviour("no-service-account")
def test_a_missing_account_is_reported_at_once(kubexit: Kubexit, birth: Birth, tmp_path: Path) -> None:
    """A pod without a mounted service account gets this error at once."""
    pod = birth.pod("db")

    failed(birth.start(kubexit, pod, "db", account=tmp_path / "missing"), 2, "service account")
