"""Errors that a user can do something about."""


class UserError(Exception):
    """One line for the user: what is wrong, and what would be right. The program exits with 2."""


class ReaderGoneError(Exception):
    """The program that read stdout has ended. The program exits with 141, as if SIGPIPE had ended it."""


def printable(text: str) -> str:
    """Return a text for a terminal, in one line: a name from a file cannot move the cursor or hide other words."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
