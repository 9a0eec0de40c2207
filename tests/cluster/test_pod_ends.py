"""A pod, or a dependency, that can never become ready ends the wait."""

import pytest

from cluster.birth import Birth, assert_born, failed
from cluster.pods import READY, RUNNING, PodObject, plain, terminated
from harness.kubexit import Kubexit

pytestmark = pytest.mark.cluster


@pytest.mark.behaviour("pod-gone-ends-wait")
def test_no_such_pod(kubexit: Kubexit, birth: Birth) -> None:
    """A pod that the server does not have is a failure, not a wait."""
    failed(birth.start(kubexit, "no-such-pod", "db"), 69, "no-such-pod")


@pytest.mark.behaviour("pod-gone-ends-wait")
def test_deleting_the_pod_fails_the_wait(kubexit: Kubexit, birth: Birth) -> None:
    """A pod that is deleted while its container waits is a failure."""
    pod = birth.pod("db")
    container = birth.start(kubexit, pod, "db")
    birth.watched(container, pod)

    pod.delete()

    failed(container, 69, pod.name)


@pytest.mark.behaviour("pod-gone-ends-wait")
def test_a_new_pod_of_the_name_is_another_pod(kubexit: Kubexit, birth: Birth) -> None:
    """Another pod under the same name is not the pod of this container, even if it is ready."""
    pod = birth.pod("db")
    container = birth.start(kubexit, pod, "db")
    birth.watched(container, pod)

    pod.delete()
    again: PodObject = birth.pod("db", name=pod.name)
    again.show(db=READY)

    failed(container, 69)


@pytest.mark.behaviour("deleted-pod-starts-nothing")
def test_no_command_starts_in_a_pod_being_deleted(kubexit: Kubexit, birth: Birth) -> None:
    """In a pod that is being deleted no command starts, also when its dependency is ready."""
    pod = birth.pod("db", held=True)
    container = birth.start(kubexit, pod, "db")
    birth.watched(container, pod)

    pod.delete()

    failed(container, 69, "delet")


@pytest.mark.behaviour("deleted-pod-starts-nothing")
def test_no_command_starts_if_deletion_came_first(kubexit: Kubexit, birth: Birth) -> None:
    """No command starts either if the deletion came first, and the dependency is ready."""
    pod = birth.pod("db", held=True)
    pod.show(db=READY)
    pod.delete()

    failed(birth.start(kubexit, pod, "db"), 69, "delet")


@pytest.mark.behaviour("exited-never-ready")
def test_ended_for_good(kubexit: Kubexit, birth: Birth) -> None:
    """A dependency that ended under restartPolicy Never cannot become ready: the wait ends and names its code."""
    pod = birth.pod("db", restartPolicy="Never")
    container = birth.start(kubexit, pod, "db")
    birth.watched(container, pod)

    pod.show(db=terminated(3))

    failed(container, 69, "db", "3")


@pytest.mark.behaviour("exited-never-ready")
def test_a_restarting_dependency_is_waited_for(kubexit: Kubexit, birth: Birth) -> None:
    """A dependency whose own restartPolicy starts it again is waited for, with any policy of the pod."""
    pod = birth.pod(plain("db", restartPolicy="Always"), restartPolicy="Never")
    container = birth.start(kubexit, pod, "db")
    birth.watched(container, pod)

    pod.show(db=terminated(3))
    pod.show(db=RUNNING)
    pod.show(db=READY)

    assert_born(container)
