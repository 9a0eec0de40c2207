"""The manifests of examples/ are what Kubernetes takes, from the oldest version that counts to the newest."""

import copy
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "examples").rglob("*.yaml"))
OLDEST, NEWEST = "1.30", kubernetes_validate.latest_version()


def objects(file: Path) -> list[dict[str, Any]]:
    """The objects of a manifest."""
    return [thing for thing in yaml.safe_load_all(file.read_text()) if thing]


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ROOT / "examples")))
def test_each_object_fits_its_schema(file: Path, version: str) -> None:
    """Each object fits the schema of its kind, and has no field that the schema does not know."""
    things = objects(file)

    assert things
    for thing in things:
        kubernetes_validate.validate(thing, version, strict=True)


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_the_validator_refuses_bad_objects(version: str) -> None:
    """A misspelt field, a wrong type and a missing name are found, so the test above can fail."""
    (good,) = objects(ROOT / "examples/istio-job/job.yaml")
    kubernetes_validate.validate(good, version, strict=True)

    for path, name, value in (
        (("spec", "template", "spec"), "volume", []),
        (("spec", "template", "spec", "containers", 0), "command", "kubexit"),
        (("spec", "template", "spec", "containers", 0), "name", None),
    ):
        bad = copy.deepcopy(good)
        place: Any = bad
        for key in path:
            place = place[key]
        place[name] = value
        with pytest.raises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(bad, version, strict=True)
