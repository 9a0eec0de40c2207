"""The examples as a reader applies them: what each has to show, and what a real API server says to them."""

import copy
import re
from typing import Any

import pytest

from cluster import manifests
from cluster.access import Access, RefusedError
from kubexit import _supervisor

EXAMPLES = manifests.names()


@pytest.mark.parametrize("example", EXAMPLES)
def test_settings_in_a_manifest_are_valid(example: str) -> None:
    """Each setting in a manifest exists, is valid, and a name that is waited for is a container of the pod."""
    known = {row["name"] for row in _supervisor.settings_table()}
    names = {container["name"] for container in manifests.containers(example)}
    for container in manifests.containers(example):
        settings = {key: value for key, value in manifests.variables(container).items() if key.startswith("KUBEXIT_")}
        if not settings:
            continue

        assert set(settings) <= known
        assert settings["KUBEXIT_NAME"] == container["name"]
        filled = {**settings, "KUBEXIT_POD_NAME": "pod", "KUBEXIT_NAMESPACE": "default"}
        _supervisor.settings_read([f"{key}={value}".encode() for key, value in filled.items()])
        for key in ("KUBEXIT_BIRTH_DEPS", "KUBEXIT_DEATH_DEPS"):
            assert {word.partition(":")[0] for word in settings.get(key, "").split(",") if word} <= names


@pytest.mark.parametrize("example", EXAMPLES)
def test_roles_give_list_and_watch_only(example: str) -> None:
    """The Role of an example gives only list and watch on pods, to the account that its pod uses."""
    kinds: dict[str, dict[str, Any]] = {thing["kind"]: thing for thing in manifests.objects(example)}

    assert kinds["Role"]["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch"]}]
    assert kinds["RoleBinding"]["roleRef"]["name"] == kinds["Role"]["metadata"]["name"]
    (subject,) = kinds["RoleBinding"]["subjects"]
    account = manifests.job(example)["spec"]["template"]["spec"]["serviceAccountName"]
    assert subject["name"] == kinds["ServiceAccount"]["metadata"]["name"] == account


@pytest.mark.parametrize("example", EXAMPLES)
def test_kubexit_is_the_entry_point(example: str) -> None:
    """kubexit is the entry point in exec form, nothing is installed at start, and the graveyard is in memory."""
    for container in manifests.containers(example):
        command = container["command"]
        if manifests.variables(container):
            assert command[:2] == ["kubexit", "--"]
        assert not re.search(r"\b(sh|bash|apk|apt-get|pip|curl .*http)\b", " ".join(command))
    (volume,) = manifests.job(example)["spec"]["template"]["spec"]["volumes"]
    assert volume["emptyDir"]["medium"] == "Memory"


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_has_a_page(example: str) -> None:
    """Each example has a page that says how to apply it, and the list of examples names it."""
    page = (manifests.EXAMPLES / example / "README.md").read_text()

    assert f"kubectl apply -f examples/{example}/manifest.yaml" in page
    assert f"({example}/)" in (manifests.EXAMPLES / "README.md").read_text()
    missing = [
        link for link in re.findall(r"\]\(([^):#]+)\)", page) if not (manifests.EXAMPLES / example / link).exists()
    ]
    assert missing == []


@pytest.mark.cluster
@pytest.mark.parametrize("file", manifests.files())
def test_a_real_api_server_accepts_the_objects(file: str, access: Access) -> None:
    """A real API server accepts each object as it is, with unknown fields as errors."""
    for thing in manifests.read(file):
        manifests.apply(access, thing, dry=True)


@pytest.mark.cluster
@pytest.mark.parametrize("file", manifests.files())
def test_pods_pass_the_restricted_standard(file: str, restricted: Access) -> None:
    """The pod passes the restricted pod security standard, enforced by a real API server.

    The namespace refuses the same pod with a container that may be root, so the standard is in force.
    """
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "example"}}
    (spec,) = filter(None, map(manifests.pod_spec, manifests.read(file)))
    spec = copy.deepcopy(spec)
    spec.pop("serviceAccountName", None)
    manifests.apply(restricted, {**pod, "spec": spec}, dry=True)

    spec["securityContext"]["runAsNonRoot"] = False
    with pytest.raises(RefusedError, match="violates PodSecurity"):
        manifests.apply(restricted, {**pod, "spec": spec}, dry=True)
