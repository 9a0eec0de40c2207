"""What `check` finds in manifests: each line that has a finding says so in a comment."""

import re
from pathlib import Path

import pytest

from kubectl_kubexit.findings.check import ALL
from kubectl_kubexit.findings.run import findings
from kubectl_kubexit.manifest.bundle import bundle
from kubectl_kubexit.manifest.container import Variable
from kubectl_kubexit.manifest.expansion import expanded
from kubectl_kubexit.manifest.values import Position

HERE = Path(__file__).parent / "manifests"
EXAMPLES = Path(__file__).parents[2] / "examples"
GOOD = [*sorted(HERE.glob("good/*.yaml")), *sorted(EXAMPLES.rglob("*.yaml"))]
BAD = sorted(HERE.glob("bad/*.yaml"))
CODES = re.compile(r"#((?: KX\d+)+)$")


def found_in(text: str) -> list[tuple[int, str]]:
    """Line and code of each finding."""
    return sorted((finding.found.at.line, finding.check.code) for finding in findings(bundle([("x.yaml", text)])))


def expected_in(text: str) -> list[tuple[int, str]]:
    """Line and code of each finding that a comment names."""
    lines = enumerate(text.splitlines(), 1)
    return sorted(
        (number, code) for number, line in lines if (match := CODES.search(line)) for code in match[1].split()
    )


@pytest.mark.behaviour("authoring-check")
@pytest.mark.parametrize("manifest", BAD, ids=lambda path: path.name)
def test_each_mistake_is_found_at_its_line(manifest: Path) -> None:
    """Each finding is at the line of the mistake, and there are no others."""
    text = manifest.read_text()

    assert expected_in(text)
    assert found_in(text) == expected_in(text)


@pytest.mark.behaviour("authoring-check-silent")
@pytest.mark.parametrize("manifest", GOOD, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_good_manifests_have_no_finding(manifest: Path) -> None:
    """A manifest without a mistake has no finding; all examples of the project are such."""
    assert found_in(manifest.read_text()) == []


@pytest.mark.behaviour("authoring-check-silent")
@pytest.mark.parametrize(
    ("text", "opaque", "value"),
    [
        ("a$(A)b", False, "a1b"),
        ("$(A)$(A)", True, "11"),
        ("$$(A)", False, "$(A)"),
        ("$$$(A)", False, "$1"),
        ("$(MISSING)", False, "$(MISSING)"),
        ("$(MISSING)", True, None),
        ("$(HIDDEN)", False, None),
        ("$(WEB_SERVICE_PORT)", False, None),
        ("$(A", False, "$(A"),
        ("$A", False, "$A"),
    ],
)
def test_references_are_replaced_as_the_kubelet_does_it(text: str, opaque: bool, value: str | None) -> None:
    """What is not known makes the whole value unknown; a variable that does not exist stays as it is written."""
    known = {
        "A": Variable("A", "1", "", Position(1, 1)),
        "HIDDEN": Variable("HIDDEN", None, "secretKeyRef", Position(1, 1)),
    }

    assert expanded(text, known, opaque) == value


@pytest.mark.behaviour("live-check")
def test_the_rights_of_a_pod_in_the_cluster_are_not_in_its_manifest() -> None:
    """Its Role is in the cluster, so that it is not in the files says nothing."""
    text = (HERE / "good" / "all-others.yaml").read_text().replace("  serviceAccountName: reader\n", "")
    codes = [
        [finding.check.code for finding in findings(bundle([("pod/a", text)], live))]
        for live in (frozenset[str](), frozenset({"pod/a"}))
    ]

    assert codes == [["KX803"], []]


@pytest.mark.behaviour("authoring-check")
def test_every_code_has_a_manifest() -> None:
    """Each check is seen to find something."""
    shown = {code for manifest in BAD for _, code in expected_in(manifest.read_text())}

    assert {check.code for check in ALL} - shown == set()


def test_codes_are_unique_and_explained() -> None:
    """No two checks have the same code, and each says what it finds and why that matters."""
    codes = [check.code for check in ALL]

    assert len(codes) == len(set(codes))
    assert all(check.title and check.why.endswith(".") and not check.title.endswith(".") for check in ALL)
