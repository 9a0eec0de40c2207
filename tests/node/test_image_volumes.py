"""kubexit from an image volume: no init container, no copy, and no kubexit in the images of the containers."""

from typing import Any

import pytest

from e2e.container import CONFINED, GRAVEYARD, USER
from e2e.images import EXAMPLE, KUBEXIT
from e2e.space import Space

pytestmark = [pytest.mark.node, pytest.mark.behaviour("image-volume")]

VOLUMES: list[dict[str, Any]] = [
    {"name": "kubexit", "image": {"reference": KUBEXIT, "pullPolicy": "IfNotPresent"}},
    {"name": "graveyard", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
]
WHOLE = {"name": "kubexit", "mountPath": "/kubexit", "readOnly": True}
# The mount, and where the file is then.
MOUNTS = {
    "whole": (WHOLE, "/kubexit/bin/kubexit"),
    "sub-path": ({**WHOLE, "subPath": "bin"}, "/kubexit/kubexit"),
}


@pytest.mark.parametrize("way", MOUNTS)
def test_a_job_with_a_sidecar_completes(here: Space, way: str) -> None:
    """As another user than root and with a read-only root, main waits for the sidecar, which ends after it."""
    mount, path = MOUNTS[way]

    def container(name: str, script: str, **settings: str) -> dict[str, Any]:
        return {
            "name": name,
            "image": EXAMPLE,
            "command": [path, "--", "sh", "-c", script],
            "securityContext": CONFINED,
            "volumeMounts": [mount, GRAVEYARD],
            "env": [{"name": f"KUBEXIT_{key}", "value": value} for key, value in {"NAME": name, **settings}.items()],
        }

    side = container(
        "side",
        "sleep 1; date +serving@%s.%N; touch /graveyard/.ready; sleep 600",
        READY_FILE="/graveyard/.ready",
        DEATH_DEPS="main",
        EXIT_CODE_ON_STOP="zero",
    )
    # The volume cannot be written to, and the file can be executed by any user.
    script = f"! touch /kubexit/x 2>/dev/null || exit 9; {path} --version; echo worked"
    main = container("main", script, BIRTH_DEPS="side", BIRTH_SOURCE="graveyard")
    spec = {"restartPolicy": "Never", "securityContext": USER, "volumes": VOLUMES, "containers": [main, side]}
    made = here.job(spec)

    assert here.wait_job() == "Complete"
    assert made.codes == {"main": [0], "side": [0]}, made.story
    assert "kubexit 0" in made.log("main")
    assert made.when("side", "^serving") < made.when("main", "^worked")
