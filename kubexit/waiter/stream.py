"""A watch as lines: the server sends one JSON object a line, in pieces of any size.

A piece may end anywhere, also inside a character, so lines are cut from bytes; and a
line may be a megabyte long, so what is incomplete is only joined when its end is there.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

LINE_MOST_BYTES = 64 << 20  # far more than etcd stores in an object
PIECE_BYTES = 65536


def lines(pieces: "Iterable[bytes]") -> "Iterator[bytes]":
    """The complete lines that are not empty; ValueError for one that never ends."""
    begun: list[bytes] = []
    length = 0
    for piece in pieces:
        first, *rest = piece.split(b"\n")
        begun.append(first)
        length += len(first)
        if length > LINE_MOST_BYTES:
            raise ValueError(f"a line of more than {LINE_MOST_BYTES} bytes")
        for part in rest:
            line = b"".join(begun)
            if line.strip():
                yield line
            begun = [part]
            length = len(part)


def pieces(response: "Any") -> "Iterator[bytes]":
    """What an urllib3.HTTPResponse brings, as it comes in: read(n) would wait for n bytes."""
    if response.chunked:
        yield from response.read_chunked(PIECE_BYTES, decode_content=False)
    else:
        while piece := response.read1(PIECE_BYTES, decode_content=False):
            yield piece
