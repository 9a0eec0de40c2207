"""Each setting that a page or an example names exists."""

import re
from pathlib import Path

import pytest

_supervisor = pytest.importorskip("kubexit._supervisor", reason="SETTINGS NOT TESTED: kubexit is not installed")

ROOT = Path(__file__).parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/**/*.md"),
    *ROOT.glob("changelog.d/*.md"),
    *(path for path in ROOT.glob("examples/**/*") if path.suffix in {".md", ".yaml", ".toml"}),
]
# Not settings, and why they may be named all the same.
OTHERS = {
    "KUBEXIT_FORMS": "of the tests",
    "KUBEXIT_EXAMPLE_IMAGE": "of make e2e",
    "KUBEXIT_CLUSTER_REQUIRED": "of CI",
    "KUBEXIT_VERSION": "of the build",
    "KUBEXIT_CACHE": "of make static",
    "KUBEXIT_SOURCES": "of make static",
    "KUBEXIT_REPOSITORY": "of make release",
    "KUBEXIT_IMAGE": "the same",
    "KUBEXIT_ADVISORIES": "of make check KIND=audit",
    "KUBEXIT_SERVICE": "made by Kubernetes for a Service called kubexit",
    "KUBEXIT_PORT": "the same",
    "KUBEXIT_STOPSIGNAL": "of a change to the original that was never merged",
    "KUBEXIT_SUPPRESS_STOPPED_EXITCODE": "the same",
    "KUBEXIT_GRACE_PERIOD_WAIT": "the same",
    "KUBEXIT_LOG_DATETIME": "the same",
}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_named_setting_exists(page: Path) -> None:
    """Each variable that is named is a row of the table; KUBEXIT_READY_* means all that start like this."""
    known = {row["name"] for row in _supervisor.settings_table()}
    named = set(re.findall(r"\bKUBEXIT_[A-Z][A-Z_]*(?:\*|(?<!_))", page.read_text()))
    unknown = {
        name
        for name in named - known - set(OTHERS)
        if not (name.endswith("_*") and any(other.startswith(name[:-1]) for other in known))
    }

    assert unknown == set()


def test_every_page_is_seen() -> None:
    """The pages with most settings are among the pages that are read."""
    names = {str(page.relative_to(ROOT)) for page in PAGES}

    assert {
        "docs/use/plan.md",
        "docs/use/reference.md",
        "docs/use/switching.md",
        "examples/ordered-shutdown/deployment.yaml",
    } <= names
