"""Names of containers, as the names of their tombstones."""

NAME_BYTES = 240
MARK = "\ufeff"  # the byte order mark, which some editors write at the begin of a file


def check(name: str) -> str:
    """Return a name that a tombstone can have; ValueError says why it cannot have this one."""
    if not name:
        raise ValueError("empty name; use the name of a container")
    if len(name.encode()) > NAME_BYTES:
        raise ValueError("name is too long; use at most 240 bytes")
    if name[0] == ".":
        raise ValueError("invalid name; it cannot begin with a dot")
    if any(letter < "!" or letter == "\x7f" or letter in ",:/" for letter in name):
        raise ValueError("invalid name; it cannot contain blanks, control characters, ',', ':' or '/'")
    if MARK in name:
        raise ValueError("invalid name; it cannot contain a byte order mark (U+FEFF), which is not visible")
    if name.endswith(".alive") and len(name) > len(".alive"):
        raise ValueError("invalid name; kubexit's own files in the graveyard end in .alive")
    return name


def distance(one: str, two: str, limit: int) -> int:
    """Return the Levenshtein distance of two words: letters to insert, delete or replace; limit if it is not less."""
    if abs(len(one) - len(two)) >= limit:
        return limit
    costs = list(range(len(two) + 1))
    for row, letter in enumerate(one):
        above_left, costs[0] = row, row + 1
        for column, other in enumerate(two):
            above = costs[column + 1]
            costs[column + 1] = min(above + 1, costs[column] + 1, above_left + (letter != other))
            above_left = above
        if min(costs) >= limit:
            return limit
    return min(costs[-1], limit)


def nearest(name: str, names: list[str]) -> str | None:
    """Return the name that was probably meant: it begins with the word, or at most a third of the letters differ."""
    best, least = None, (len(name) + 2) // 3 + 1
    for candidate in names:
        far = 1 if len(name) > 2 and candidate.startswith(name) else distance(name, candidate, least)
        if far < least:
            best, least = candidate, far
    return best
