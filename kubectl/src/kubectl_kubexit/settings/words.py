"""Values of a simple kind: booleans, words, exit codes, programs."""

import re

TRUE = ("true", "1", "t", "T", "TRUE", "True")
FALSE = ("false", "0", "f", "F", "FALSE", "False")
PROGRAM_BYTES = 1000
PROGRAM_WORDS = 60
BLANKS = " \t\n\r"


def parse_bool(text: str, any_case: bool = False) -> bool:
    """Return a boolean in the spellings of Go; any_case: true and false also in mixed case."""
    if any_case and text.isascii() and text.lower() in {"true", "false"}:
        text = text.lower()
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise ValueError("not a boolean; use true or false")


def parse_word(text: str, words: list[str]) -> str | None:
    """Return one of the words; None for an empty text."""
    if not text:
        return None
    if text not in words:
        raise ValueError(f"unknown word; use one of {', '.join(words)}")
    return text


def parse_code(text: str, words: list[str]) -> int | str:
    """Return an exit code from 0 to 255, or a word; zero is the number 0."""
    if re.fullmatch(r"[0-9]+", text) and int(text) <= 255:
        return int(text)
    if text not in words:
        raise ValueError(f"not an exit code; use {', '.join(words)} or a number from 0 to 255")
    return 0 if text == "zero" else text


def parse_program(text: str) -> list[str]:
    """Return the words of a command, split at blanks without a shell."""
    if len(text.encode()) > PROGRAM_BYTES:
        raise ValueError("too long; use at most 1000 bytes")
    words = re.findall(r"[^ \t\n\r]+", text)
    if len(words) > PROGRAM_WORDS:
        raise ValueError("too many words; use at most 60")
    if not words:
        raise ValueError("names no command; use COMMAND [ARGUMENTS...]")
    if any(needs_shell(word) for word in words):
        raise ValueError("needs a shell, and none is used; put the line into a script and name that")
    return words


def needs_shell(word: str) -> bool:
    """Return whether a word of a command is or has an operator of a shell, or begins or ends with a quote.

    A single & or | can be in a file name or a pattern, and anything in the query of a URL.
    """
    operators = {"&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1"}
    joined = "://" not in word and ("&&" in word or "||" in word)
    return word in operators or joined or bool(re.search("^[\"']|[\"']$|.;$|^[0-9&]*>(?:/|&|>/)", word))


def elements(text: str) -> list[str]:
    """Return the elements of a list: split at commas, without blanks around them, without empty ones."""
    return [word for part in text.split(",") if (word := part.strip(BLANKS))]


def tidy(path: str) -> str:
    """Return the path of a folder without empty and "." parts; ".." stays, since it may lead through a link."""
    return "/" + "/".join(part for part in path.split("/") if part not in {"", "."})
