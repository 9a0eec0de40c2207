"""The messages of kubexit at `warn` and `error`, read from its sources, for docs/use/messages.md.

A message is the format of a log call; `…` replaces what is filled in. REASON is a text that is composed elsewhere and
is also in the tombstone and in the termination message.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
CALL = re.compile(r"(?<!void )\blog_(warn|error|refusal)\(")
REASON = re.compile(r"\bsnprintf\((?:sv\.reason|problem), |\bsnprintf\(why, REASON_BYTES, ")
REFUSAL = re.compile(r"(?<!int )\b(?:settings?_refuse(?:_part)?|problem_add)\(")
LINE = re.compile(r"\bsnprintf\((?:line|why), (?:PROBLEM_BYTES|sizeof)")
STRING = r'b"((?:\\.|[^"\\\n])*)"'
STRINGS = re.compile(rf"(?:{STRING}\s*)+")
# What a function returns, or a field gets, to be a part of a line: "what is wrong; what would be right".
ANSWER = re.compile(rf"(\breturn|\.problem =|\bwhy =) ((?:{STRING}[\s\\]*)+)")
# Where such a text is about a setting or an argument, also without a remedy.
REFUSING = {"settings", "options"}
FIELD = re.compile(r"%(?:\.\*|\.\d+)?(?:l{0,2}[dux]|s|g)")
# A format that is one field: what is shown for it.
PLAIN = {"sv.reason": "REASON", "problem": "REASON"}


@dataclass(frozen=True)
class Message:
    """One message: where it is logged, and its text."""

    level: str
    text: str
    path: str


def code(text: str) -> str:
    """The source of a Cython file with its docstrings and comments blanked out."""
    hidden = re.sub(r'"""[\s\S]*?"""', lambda found: re.sub(r"\S", " ", found[0]), text)
    return re.sub(rf"({STRING})|#[^\n]*", lambda found: found[1] or " " * len(found[0]), hidden)


def arguments(text: str, begin: int) -> list[str]:
    """The arguments of a call; `begin` is behind its opening parenthesis."""
    depth, at, parts = 1, begin, [""]
    while depth > 0:
        if string := re.compile(STRING).match(text, at):
            parts[-1] += string[0]
            at = string.end()
            continue
        depth += (text[at] in "([") - (text[at] in ")]")
        if depth == 1 and text[at] == ",":
            parts.append("")
        elif depth > 0:
            parts[-1] += text[at]
        at += 1
    return [" ".join(part.split()) for part in parts]


def literals(argument: str) -> list[str]:
    """The texts in an argument: one, or both sides of a condition; parts of one text are joined."""
    found = ["".join(re.findall(STRING, match[0])) for match in STRINGS.finditer(argument)]
    return [text.replace('\\"', '"') for text in found if text]


def filled(text: str) -> str:
    """A format with its fields as `…`."""
    return FIELD.sub("…", text).replace("%%", "%")


def native(path: Path) -> Iterator[Message]:
    """The log calls of a Cython file."""
    text, name = code(path.read_text()), str(path.relative_to(ROOT))
    for call in CALL.finditer(text):
        given = arguments(text, call.end())
        level = "warn" if call[1] == "warn" else "error"
        for wording in literals(given[1]):
            shown = PLAIN.get(given[2], "…") if wording == "%s" else filled(wording)
            if wording.startswith("%s") and given[2] == "sv.reason":
                shown = filled(wording).replace("…", "REASON", 1)
            yield Message(level, shown, name)


def composed(path: Path, call: re.Pattern[str], place: int) -> Iterator[Message]:
    """The texts of other calls of a Cython file: of one argument, or of all (-1)."""
    text, name = code(path.read_text()), str(path.relative_to(ROOT))
    for found in call.finditer(text):
        given = arguments(text, text.index("(", found.start()) + 1)
        for argument in given if place < 0 else given[place : place + 1]:
            for wording in literals(argument):
                yield Message("error", filled(wording), name)


def answers(path: Path) -> Iterator[Message]:
    """What is wrong and what would be right, as a function of a Cython file returns it."""
    for found in ANSWER.finditer(code(path.read_text())):
        for wording in literals(found[2].replace("\\\n", "\n")):
            if "; " in wording or (found[1] != "return" and path.parent.name in REFUSING):
                yield Message("error", wording, str(path.relative_to(ROOT)))


def waiter(path: Path) -> Iterator[Message]:
    """The log calls of a module of the waiter, and the sentences of the errors that it logs."""
    name = str(path.relative_to(ROOT))
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute):
            if node.func.attr in {"warn", "error"}:
                yield from (Message(node.func.attr, text, name) for text in wordings(node.args[0]))
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and is_sentence(node.exc):
            yield from (Message("error", text, name) for text in wordings(node.exc.args[0]))


def is_sentence(call: ast.Call) -> bool:
    """Whether a call makes an error that ends the wait, with its sentence."""
    kinds = {"SettingsError", "NeverReadyError", "RefusedError"}
    return isinstance(call.func, ast.Name) and call.func.id in kinds and bool(call.args)


def wordings(node: ast.expr) -> list[str]:
    """The text of an expression that is a string; nothing if it is only a name."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)]
    return []


def sources() -> list[Path]:
    """The files of the native unit."""
    return sorted((ROOT / "ext").rglob("*.pyx"))


def logged() -> list[Message]:
    """Every log call of the native unit at warn and error."""
    return [message for path in sources() for message in native(path)]


def reasons() -> list[Message]:
    """What REASON can be."""
    return [message for path in sources() for message in composed(path, REASON, 2)]


def refusals() -> list[Message]:
    """What is wrong with a setting or an argument, behind its name and value."""
    found = [message for path in sources() for message in composed(path, REFUSAL, -1)]
    found += [message for path in sources() for message in composed(path, LINE, 2)]
    return found + [message for path in sources() for message in answers(path)]


def of_waiter() -> list[Message]:
    """What the waiter logs."""
    return [message for path in sorted((ROOT / "kubexit" / "waiter").glob("*.py")) for message in waiter(path)]


def has_words(message: Message) -> bool:
    """Whether a message has any words that are not filled in."""
    return re.search(r"[a-z]", message.text.replace("REASON", "")) is not None


def texts(found: list[Message], level: str) -> list[str]:
    """The different texts of a level, without the ones that are all filled in, in order."""
    return sorted({message.text for message in found if message.level == level and has_words(message)}, key=str.lower)


def matching(text: str) -> re.Pattern[str]:
    """A pattern for the lines of a message, with REASON and `…` as anything."""
    parts = re.split("REASON|…", text)
    return re.compile(".*".join(re.escape(part) for part in parts))
