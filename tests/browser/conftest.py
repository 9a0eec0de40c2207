"""Fixtures of the website's tests: the site, served on loopback, and a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.chromium import Browser, UnavailableError
from harness.forms import BUILD, ROOT
from harness.servers.files import served
from harness.untested import untested

HTML = ROOT / "dist" / "site"

not_tested = untested("of the website", "KUBEXIT_SITE_REQUIRED")


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the website, with a slash at its end."""
    if not (HTML / "index.html").is_file():
        not_tested(f"there is no {HTML}/index.html (make site)")
    with served(HTML) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this run."""
    try:
        started = Browser()
    except UnavailableError as reason:
        not_tested(str(reason))
    yield started
    started.close()


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots are kept, to be looked at."""
    return BUILD / "site" / "screenshots"
