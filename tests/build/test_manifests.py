"""The manifests of examples/ are what Kubernetes takes, from the oldest version that counts to the newest."""

import copy
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "examples").rglob("*.yaml"))
# Image volumes are in the API since 1.31, and on by default since 1.35.
OLDEST, OLDEST_IMAGE_VOLUME, NEWEST = "1.30", "1.31", kubernetes_validate.latest_version()


def objects(file: Path) -> list[dict[str, Any]]:
    """The objects of a manifest."""
    return [thing for thing in yaml.safe_load_all(file.read_text()) if thing]


def oldest(file: Path) -> str:
    """The oldest version that a manifest is for."""
    return OLDEST_IMAGE_VOLUME if "image: {reference: kubexit:" in file.read_text() else OLDEST


@pytest.mark.parametrize("newest", [False, True], ids=["oldest", "newest"])
@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ROOT / "examples")))
def test_each_object_fits_its_schema(file: Path, newest: bool) -> None:
    """Each object fits the schema of its kind, and has no field that the schema does not know."""
    things = objects(file)

    assert things
    for thing in things:
        kubernetes_validate.validate(thing, NEWEST if newest else oldest(file), strict=True)


def test_an_example_is_for_older_clusters() -> None:
    """One example needs no image volume."""
    assert "init-container.yaml" in [file.name for file in FILES if oldest(file) == OLDEST]


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_the_validator_refuses_bad_objects(version: str) -> None:
    """A misspelt field, a wrong type and a missing name are found, so the test above can fail."""
    (good,) = objects(ROOT / "examples/init-container.yaml")
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
