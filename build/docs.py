"""Write (--write) or compare (--check) the generated parts of the documentation.

A generated part is between `<!-- generated: NAME -->` and `<!-- end of generated: NAME -->`; NAME is one of
PARTS below. The settings, exit codes and transitions come from the tables of the native unit, so that a number
that a user meets has one source. The settings table of kubectl/ is a file that is generated as a whole.
"""

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import behaviours
import messages
from kubectl_kubexit.findings.run import CHECKS
from kubexit import _supervisor

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "kubectl" / "src" / "kubectl_kubexit" / "settings" / "table.py"
PART = re.compile(r"(<!-- generated: (\S+) -->\n).*?(<!-- end of generated: \2 -->)", re.DOTALL)


def markdown(header: str, rows: Iterable[Iterable[object]]) -> str:
    """Rows as a Markdown table."""
    columns = header.count("|") + 1
    lines = [f"| {header} |", "|" + "---|" * columns]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def settings() -> str:
    """Each variable with its default and meaning."""
    rows = _supervisor.settings_table()
    return markdown(
        "variable | values | default | meaning",
        (
            (f"`{row['name']}`", row["values"] or "", f"`{row['default']}`" if row["default"] else "", row["meaning"])
            for row in rows
        ),
    )


def settings_by_purpose() -> str:
    """Return the names of all variables, by the purposes under which --help shows them."""
    rows = _supervisor.settings_table()
    found: dict[str, list[str]] = {purpose: [] for purpose in _supervisor.SETTING_PURPOSES}
    for row in rows:
        found[row["purpose"]].append(row["name"].removeprefix("KUBEXIT_"))
    return markdown("purpose | settings", ((purpose, listed(names)) for purpose, names in found.items()))


def listed(names: list[str]) -> str:
    """Return names of settings as a list; only long lists have short names, such as `_GRACE_PERIOD`."""
    short = "_" if len(names) > 2 else "KUBEXIT_"
    return ", ".join(f"`{short if index else 'KUBEXIT_'}{name}`" for index, name in enumerate(names))


def exit_codes() -> str:
    """Return each exit code that is not the exit code of the command."""
    return markdown("code | meaning", ((row["code"], row["meaning"]) for row in _supervisor.exit_codes()))


def transitions() -> str:
    """What each event does in each phase: rows are events, cells the action and the next phase if it changes."""
    outcomes = _supervisor.transitions()

    def cell(phase: str, event: str) -> str:
        if (phase, event) not in outcomes:
            return ""
        following, action = outcomes[phase, event]
        return action if following == phase else f"{action} → **{following}**"

    rows = ([f"**{event}**", *(cell(phase, event) for phase in _supervisor.PHASES)] for event in _supervisor.EVENTS)
    return markdown("event | " + " | ".join(_supervisor.PHASES), rows)


def transition_diagram() -> str:
    """The phases and the ways between them, as a Mermaid state diagram."""
    ways: dict[tuple[str, str], list[str]] = {}
    for (phase, event), (following, _) in _supervisor.transitions().items():
        if following != phase:
            ways.setdefault((phase, following), []).append(event)
    arrows = [f"    {phase} --> {following}: {', '.join(events)}" for (phase, following), events in ways.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> BIRTH", *arrows, "    END --> [*]", "```"])


def transition_words() -> str:
    """What each phase, event and action means."""
    lists = (("phase", _supervisor.PHASES), ("event", _supervisor.EVENTS), ("action", _supervisor.ACTIONS))
    return "\n\n".join(
        markdown(f"{kind} | meaning", ((f"**{word}**", meaning) for word, meaning in words.items()))
        for kind, words in lists
    )


def checks() -> str:
    """Each check of kubectl kubexit."""
    rows = sorted(CHECKS, key=lambda check: check.code)
    return markdown(
        "code | level | what is found | why it matters",
        ((f"`{row.code}`", row.severity.value, row.title, row.why) for row in rows),
    )


def settings_module() -> str:
    """The settings table for kubectl/, which runs without the native unit."""
    rows = "".join(
        f'    Row("{row["name"].removeprefix("KUBEXIT_")}", "{row["values"]}", "{row["default"]}"),\n'
        for row in _supervisor.settings_table()
    )
    return (
        '"""The settings table; made by `make docs` from the native unit, do not edit."""\n\n'
        "from kubectl_kubexit.settings.row import Row\n\n"
        f"ROWS = [\n{rows}]\nTABLE = {{row.name: row for row in ROWS}}\n"
    )


def message_table(found: list[messages.Message], level: str) -> Callable[[], str]:
    """Return a function that lists messages of a level."""
    return lambda: markdown("message", ((f"`{text}`",) for text in messages.texts(found, level)))


PARTS: dict[str, Callable[[], str]] = {
    "checks": checks,
    "settings": settings,
    "settings-by-purpose": settings_by_purpose,
    "exit-codes": exit_codes,
    "transitions": transitions,
    "transition-diagram": transition_diagram,
    "transition-words": transition_words,
    "messages-error": message_table(messages.logged(), "error"),
    "messages-warn": message_table(messages.logged(), "warn"),
    "messages-reason": message_table(messages.reasons(), "error"),
    "messages-setting": message_table(messages.refusals(), "error"),
    "messages-waiter": message_table(messages.of_waiter(), "error"),
}
PROBLEMS: list[str] = []


def pages() -> list[Path]:
    """All Markdown pages that may hold generated parts."""
    return [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]


def renewed(page: Path) -> str:
    """Return the text of a page with new generated parts."""

    def part(match: re.Match[str]) -> str:
        if match[2] not in PARTS:
            PROBLEMS.append(
                f"{page.relative_to(ROOT)}: there is no generated part {match[2]}; known: {', '.join(PARTS)}"
            )
            return match[0]
        return f"{match[1]}{PARTS[match[2]]()}\n{match[3]}"

    return PART.sub(part, page.read_text())


def write_behaviours() -> None:
    """Write which test covers which statement; not in git, since each name of a test changes it."""
    page = ROOT / ".build" / "docs" / "behaviours.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    known = behaviours.statements(behaviours.PAGE.read_text())
    page.write_text(f"# Which test covers which statement\n\n{behaviours.table(known, behaviours.collect())}\n")
    print(f"  {page.relative_to(ROOT)}: written")


def main() -> int:
    """Exit code 1 when a check finds something stale or wrong."""
    for page in [*pages(), TABLE]:
        text = renewed(page) if page != TABLE else settings_module()
        if page.exists() and text == page.read_text():
            continue
        if "--write" in sys.argv:
            page.write_text(text)
            print(f"  {page.relative_to(ROOT)}: written")
        else:
            PROBLEMS.append(f"{page.relative_to(ROOT)}: a generated part is stale; make docs")
    if "--write" in sys.argv:
        write_behaviours()
    for problem in PROBLEMS:
        print(f"  {problem}", file=sys.stderr)
    return 1 if PROBLEMS and "--check" in sys.argv else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except behaviours.BehaviourError as error:
        sys.exit(str(error))
