"""The website in a real browser: it fits a phone, its pictures load, its search finds, and no other host is asked."""

import re
from pathlib import Path

import pytest

from browser.chromium import Browser
from browser.conftest import HTML
from harness.waiting import eventually

pytestmark = [pytest.mark.site, pytest.mark.behaviour("website")]

WIDTHS = {"phone": (390, 844), "desktop": (1366, 900)}
SHOWN_WIDTH = 480
LEAST_LETTERS = 9  # pixels
READ_FIRST = ["", "first-pod/", "use/reference/", "use/troubleshooting/", "use/benchmarks/", "use/switching/"]
# The elements that reach beyond the screen, but not inside a box that scrolls or is drawn aside.
TOO_WIDE = """
[...document.querySelectorAll('main *'), document.documentElement].filter(element => {
  if (element.closest('.md-typeset__scrollwrap, pre, .md-sidebar, p:has(> img)')) return false;
  const box = element.getBoundingClientRect();
  return box.width > 0 && (box.right > window.innerWidth + 1 || element.scrollWidth > window.innerWidth + 1);
}).map(element => element.tagName + '.' + element.className + ': ' + element.textContent.trim().slice(0, 60))
"""
LOAD_PICTURES = """
Promise.all([...document.querySelectorAll('article img')].map(picture => {
  picture.loading = 'eager';
  return picture.decode().then(() => null, () => picture.src);
})).then(all => all.filter(source => source))
"""


def pages() -> list[str]:
    """Return the addresses of all pages, relative to the site."""
    return sorted(
        str(file.parent.relative_to(HTML)).removeprefix(".").rstrip("/") + "/" * (file.parent != HTML)
        for file in HTML.rglob("index.html")
    )


def test_each_page_is_whole(browser: Browser, site: str) -> None:
    """Each page fits a phone and a desktop (only code and tables scroll, in their boxes), has all its pictures and no
    error, and asks no other host."""
    found = pages()
    wrong = []
    for page in found:
        browser.look(*WIDTHS["desktop"])
        browser.open(site + page)
        wrong += [f"{page}: {line}" for line in browser.complaints]
        wrong += [f"{page} asks {url}" for url in browser.requested if not url.startswith((site, "data:", "blob:"))]
        wrong += [f"{page} lacks {picture}" for picture in browser.script(LOAD_PICTURES)]
        for width in WIDTHS.values():
            browser.look(*width)
            wrong += [f"{page} at {width[0]}: {line}" for line in browser.script(TOO_WIDE)]

    assert len(found) > 50
    assert wrong == []


@pytest.mark.parametrize("page", ["use/benchmarks/", "use/timeline/"])
def test_charts_can_be_read_on_a_phone(browser: Browser, site: str, pictures: Path, page: str) -> None:
    """On 480 pixels the letters of a chart are large enough, and each chart has a title."""
    browser.look(SHOWN_WIDTH, 900)
    browser.begin(site, dark=False)
    browser.open(site + page)
    assert browser.script(LOAD_PICTURES) == []
    count = browser.script("document.querySelectorAll('article img').length")
    assert count > 0
    for number in range(count):
        picture = f"document.querySelectorAll('article img')[{number}]"
        browser.script(f"{picture}.scrollIntoView()")
        browser.picture(pictures / f"{page.strip('/').replace('/', '-')}-chart-{number}.png")
        name, shown = browser.script(f"[{picture}.src, {picture}.width]")
        text = (HTML / name.removeprefix(site)).read_text()
        drawn = float(re.findall(r'viewBox="0 0 ([\d.]+) ', text)[0])
        sizes = [float(size) for size in re.findall(r"font(?:-size)?: ?(?:[\w ]* )?([\d.]+)px", text)]
        assert "<title>" in text, f"{name} has no title"
        if "rich-terminal" in text:
            continue  # a terminal as wide as its table; a reader makes it larger
        assert min(sizes) * shown / drawn >= LEAST_LETTERS, f"letters of {min(sizes) * shown / drawn:.1f} px in {name}"


@pytest.mark.parametrize("word", ["KUBEXIT_STOP_DELAY", "postgres", "exit code 69"])
def test_the_search_finds(browser: Browser, site: str, word: str) -> None:
    """A setting, a task and an exit code are found from the first page, and the first result leads to a page."""
    browser.look(*WIDTHS["desktop"])
    browser.open(site)
    browser.script("document.querySelector('label[for=__search]').click()")
    browser.script("document.querySelector('.md-search__input').focus()")
    browser.call("Input.insertText", text=word)
    found = "[...document.querySelectorAll('.md-search-result__link')].map(link => link.href)"
    results = eventually(lambda: browser.script(found), f"a result for {word}")
    browser.open(results[0])

    assert word.split()[0].lower() in browser.script("document.querySelector('article').textContent.toLowerCase()")


def test_a_reader_who_prefers_dark_gets_dark(browser: Browser, site: str) -> None:
    """The page follows the reader's preference; the text stays readable on its ground."""
    grounds = []
    for dark in (False, True):
        browser.look(*WIDTHS["desktop"])
        browser.begin(site, dark)
        browser.open(site)
        ground, ink = (
            browser.script(f"getComputedStyle(document.querySelector('{of}')).{what}")
            for of, what in (("body", "backgroundColor"), ("article p", "color"))
        )
        grounds.append(brightness(ground))
        assert abs(brightness(ground) - brightness(ink)) > 100, (ground, ink)

    light, dark_ground = grounds
    assert light > 200
    assert dark_ground < 80


def brightness(colour: str) -> float:
    """Return the brightness of a colour of CSS, 0 to 255."""
    red, green, blue = (float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_screenshots_show_what_is_read_first(
    browser: Browser, site: str, pictures: Path, width: str, dark: bool
) -> None:
    """Pictures of the pages that are read first, to be looked at, are not of one colour."""
    browser.look(*WIDTHS[width])
    browser.begin(site, dark)
    for page in READ_FIRST:
        browser.open(site + page)
        file = pictures / f"{page.strip('/').replace('/', '-') or 'home'}-{width}-{'dark' if dark else 'light'}.png"
        browser.picture(file)
        assert file.stat().st_size > 10_000, f"{file} is empty"
