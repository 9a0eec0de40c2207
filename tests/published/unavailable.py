"""Why something cannot be tried here."""


class UnavailableError(Exception):
    """One line: what is missing, and what brings it."""
