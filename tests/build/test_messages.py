"""docs/use/messages.md lists every message at warn and error; its generated parts are compared by the check of docs."""

import os
import re
from pathlib import Path

import pytest

import messages

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "use" / "messages.md").read_text()


def test_every_call_is_read() -> None:
    """Each log call at warn or error in the sources is read, and has a text; none is counted twice."""
    found: dict[str, int] = {}
    for path in (ROOT / "ext").rglob("*.pyx"):
        lines = [line for line in path.read_text().splitlines() if not re.match(r"\s*(#|void )", line)]
        found[str(path.relative_to(ROOT))] = len(re.findall(r"\blog_(?:warn|error|refusal)\(", "\n".join(lines)))
    calls = {(message.path, message.text) for message in messages.logged()}

    assert sum(found.values()) > 80
    for path, count in found.items():
        read = [message for message in messages.logged() if message.path == path]
        assert len(read) >= count, path
    assert all(text for _, text in calls)


def test_every_text_is_on_the_page() -> None:
    """Each text, of the supervisor and of the waiter, is a row of the page."""
    everything = [*messages.logged(), *messages.reasons(), *messages.refusals(), *messages.of_waiter()]
    rows = set(re.findall(r"^\| `(.*)` \|$", PAGE, re.MULTILINE))
    missing = {message.text for message in everything if messages.has_words(message)} - {
        row.replace("\\|", "|") for row in rows
    }

    assert missing == set()
    assert len(rows) > 150


def test_every_mistake_is_on_the_page() -> None:
    """Each text that says what is wrong with a setting or an argument is a row, also one without a remedy."""
    rows = re.findall(r"^\| `(.*)` \|$", PAGE, re.MULTILINE)
    begins = [
        messages.filled(text)
        for folder in ("settings", "options")
        for path in (ROOT / "ext" / folder).glob("*.pyx")
        for text in re.findall(
            r'(?:problem = |why = |refuse\w*\(settings, )b"([^"%]+)"', messages.code(path.read_text())
        )
    ]

    assert len(begins) > 10
    assert [text for text in begins if not any(row.replace("\\|", "|").startswith(text) for row in rows)] == []


def test_troubleshooting_quotes_real_lines() -> None:
    """Each log line that the page on troubleshooting quotes is in the sources, apart from what is filled in."""
    text = "\n".join(
        wording for path in messages.sources() for wording in messages.literals(messages.code(path.read_text()))
    )
    page = (ROOT / "docs" / "use" / "troubleshooting.md").read_text()
    cells = re.findall(
        r"^\| ([^|]*) \|", "".join(re.findall(r"^\| log line .*?\n\n", page, re.DOTALL | re.MULTILINE)), re.MULTILINE
    )
    quoted = [quote for cell in cells for quote in re.findall(r"`([^`]+)`", cell)]
    filled = "…|SETTING=VALUE: |KUBEXIT_NAME: |--status |30s|" + "|".join(
        os.strerror(number) for number in range(1, 40)
    )
    pieces = [piece for quote in quoted for piece in re.split(filled, quote) if re.search("[a-z]{3}", piece)]

    assert len(pieces) > 20
    assert [piece for piece in pieces if piece.strip(" :;") not in text] == []


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ('log_warn(log, b"one")', ["one"]),
        ('log_error(&sv.log, b"a %s, "\n    b"b (%d)", name, 1)', ["a …, b (…)"]),
        ('log_refusal(log, b"%s: no", sv.reason)', ["REASON: no"]),
        ('log_error(log, b"%s", sv.reason)', ["REASON"]),
        ('log_error(log, b"one (%s)" if x else b"two", f(a, b))', ["one (…)", "two"]),
        ('log_warn(log, b"100%% of \\"%.*s\\"", n, x)', ['100% of "…"']),
        ('# log_warn(log, b"no")', []),
        ('log_info(log, b"no")', []),
        ('"""log_warn(log, b"no")"""', []),
    ],
)
def test_a_call_is_read_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str, read: list[str]
) -> None:
    """A call over several lines, with a condition, escapes or nested calls is read; comments are not."""
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    path = tmp_path / "x.pyx"
    path.write_text(f"cdef void f() noexcept nogil:\n    {source}\n")

    assert [message.text for message in messages.native(path)] == read
