"""Words without quotes: what kubectl and the API server read, whose library is neither YAML 1.1 nor 1.2."""

from pathlib import Path

import pytest
import yaml

from harness.authoring import run
from harness.words import TEXTS, VALUES
from kubectl_kubexit.commands.wrap import command as wrap
from kubectl_kubexit.manifest.plain import read


@pytest.mark.behaviour("authoring-words")
@pytest.mark.parametrize(("word", "value"), VALUES.items())
def test_a_word_that_is_no_text(word: str, value: object) -> None:
    """Numbers, booleans and nothing: each has the value that the API server reads."""
    found = read(word)[0]

    assert (type(found), found) == (type(value), value)


@pytest.mark.behaviour("authoring-words")
@pytest.mark.parametrize("word", TEXTS)
def test_a_word_that_is_a_text(word: str) -> None:
    """Times, dates and what only looks like a number are texts."""
    assert read(word)[0] == word


@pytest.mark.behaviour("authoring-words", "authoring-wrap")
@pytest.mark.parametrize("name", ["on", "y", "no", "null", "1e3", "007", "0x1f", "a"])
def test_the_name_of_a_container_stays_a_text(name: str, tmp_path: Path) -> None:
    """wrap writes names in quotes if Kubernetes would read something else without them."""
    path = tmp_path / "pod.yaml"
    path.write_text(f'kind: Pod\nspec:\n  containers:\n  - name: "{name}"\n    command: [x]\n')
    printed = run(wrap, str(path))
    words = [event.value for event in yaml.parse(printed) if isinstance(event, yaml.ScalarEvent) and event.implicit[0]]

    assert [word for word in words if word == name and not isinstance(read(word)[0], str)] == []
    assert yaml.safe_load(printed)["metadata"]["annotations"]["kubexit.dev/injected"] == name
