"""A name can mean some containers only, and some waits are impossible."""

import pytest

from cluster.birth import Birth, assert_born, failed
from cluster.pods import READY, RUNNING, plain, sidecar, terminated
from harness.kubexit import Kubexit

pytestmark = pytest.mark.cluster


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_an_unknown_name_is_refused_at_once(kubexit: Kubexit, birth: Birth) -> None:
    """A name that is in neither list of the spec is refused at once, with the names that exist."""
    pod = birth.pod("db", init=[sidecar("proxy")])

    failed(birth.start(kubexit, pod, "dbb"), 2, "dbb", "db", "proxy")


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_may_be_absent(kubexit: Kubexit, birth: Birth) -> None:
    """`name?` means nothing when the pod has no such container, and is waited for when it has."""
    pod = birth.pod("db")
    pod.show(db=READY)

    assert_born(birth.start(kubexit, pod, "proxy?,db?"))


@pytest.mark.behaviour("native-sidecars")
def test_a_native_sidecar_is_found_among_init_containers(kubexit: Kubexit, birth: Birth) -> None:
    """A native sidecar is looked up among the init containers' states."""
    pod = birth.pod(init=[sidecar("proxy")])
    container = birth.start(kubexit, pod, "proxy")
    birth.watched(container, pod)
    pod.show(proxy=RUNNING)

    pod.show(proxy=READY)

    assert_born(container)


@pytest.mark.behaviour("native-sidecars")
def test_sidecar_waits_for_regular(kubexit: Kubexit, birth: Birth) -> None:
    """A native sidecar that waits for a regular container would wait forever: the kubelet starts that one later."""
    pod = birth.pod("db", init=[sidecar("proxy")])

    failed(birth.start(kubexit, pod, "db", name="proxy"), 2, "proxy", "db")


@pytest.mark.behaviour("all-ready-at-once", "native-sidecars")
def test_a_star_is_every_other_container(kubexit: Kubexit, birth: Birth) -> None:
    """`*` is each other regular container and each native sidecar, and no init container that ends."""
    pod = birth.pod("db", init=[plain("migrate"), sidecar("proxy")])
    pod.show(migrate=terminated(0), db=READY, proxy=RUNNING)
    container = birth.start(kubexit, pod, "*")
    birth.watched(container, pod)

    pod.show(proxy=READY)

    assert_born(container)
