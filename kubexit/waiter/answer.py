"""The answer to an HTTP/1.1 request, read strictly: what is not exactly as it should be is not understood.

What this reader refuses the official client may accept. It is asked then, so nothing is lost by being strict.
"""

from kubexit.waiter.errors import UnclearError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINE_MOST_BYTES = 16384
FIELDS_MOST = 100
BODY_MOST_BYTES = 64 << 20
HEXADECIMAL = b"0123456789abcdefABCDEF"
DIGITS = b"0123456789"
TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
FRAMING = ("content-length", "transfer-encoding", "content-encoding")  # given twice, they would be a riddle
CONTINUE, SWITCHING, OK = 100, 101, 200


class Answer:
    """Status and fields at once, the body piece by piece; `receive` gives what comes in, and nothing at the end.

    Interim answers before the final one are skipped (RFC 9110, section 15.2). If not only the status counts, that is
    only 100: an answer that the official client would take for another one is left to that client.
    """

    def __init__(self, receive: "Callable[[], bytes]", status_only: bool = False) -> None:
        self._receive = receive
        self._buffer = b""
        self.status, self.reason = self._status_line()
        while self.status == CONTINUE or (status_only and SWITCHING < self.status < OK):
            self._read_fields()
            self.status, self.reason = self._status_line()
        self.fields = {} if status_only else self._read_fields()

    def pieces(self) -> "Iterator[bytes]":
        """Give the body as it comes in; UnclearError if it ends before its end."""
        coding, length = self.fields.get("transfer-encoding"), self.fields.get("content-length")
        if self.fields.get("content-encoding", "identity").lower() != "identity":
            raise UnclearError("the answer is compressed")
        if coding is not None:
            if length is not None or coding.lower() != "chunked":
                raise UnclearError("the answer has an unknown length")
            return self._chunks()
        if length is not None:
            return self._exactly(_number(length.encode("latin-1"), DIGITS, 10))
        return self._rest()

    def body(self) -> bytes:
        """Return all of the body."""
        found, size = [], 0
        for piece in self.pieces():
            found.append(piece)
            size += len(piece)
            if size > BODY_MOST_BYTES:
                raise UnclearError(f"an answer of more than {BODY_MOST_BYTES} bytes")
        return b"".join(found)

    @property
    def keeps(self) -> bool:
        """Whether the connection can take another request, after the body was read."""
        framed = "transfer-encoding" in self.fields or "content-length" in self.fields
        return framed and not self._buffer and "connection" not in self.fields and self._is_newest

    def _status_line(self) -> tuple[int, str]:
        line = self._line()
        self._is_newest = line.startswith(b"HTTP/1.1 ")
        code = line[9:12]
        if not (self._is_newest or line.startswith(b"HTTP/1.0 ")) or code < b"100" or line[12:13] not in (b"", b" "):
            raise UnclearError(f"the answer is not HTTP: {line[:80]!r}")
        return _number(code, DIGITS, 10), line[13:].decode("latin-1")

    def _read_fields(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        for _ in range(FIELDS_MOST):
            line = self._line()
            if not line:
                return fields
            name, colon, value = line.partition(b":")
            key = name.lower().decode("latin-1")
            if not colon or not name or name.strip(TOKEN) or (key in fields and key in FRAMING):
                raise UnclearError(f"the answer has an odd field: {line[:80]!r}")
            fields[key] = value.strip(b" \t").decode("latin-1")
        raise UnclearError("the answer has too many fields")

    def _chunks(self) -> "Iterator[bytes]":
        while size := _number(self._line().partition(b";")[0].rstrip(b" \t"), HEXADECIMAL, 16):
            yield from self._exactly(size)
            if self._line():
                raise UnclearError("a chunk is longer than it says")
        self._read_fields()

    def _exactly(self, size: int) -> "Iterator[bytes]":
        while size > 0:
            if not self._buffer:
                self._fill()
            piece = self._buffer[:size]
            self._buffer = self._buffer[size:]
            size -= len(piece)
            yield piece

    def _rest(self) -> "Iterator[bytes]":
        piece = self._buffer or self._receive()
        self._buffer = b""
        while piece:
            yield piece
            piece = self._receive()

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0 and len(self._buffer) <= LINE_MOST_BYTES:
            self._fill()
        if not 0 <= end <= LINE_MOST_BYTES:
            raise UnclearError("the answer has too long a line")
        line = self._buffer[:end]
        self._buffer = self._buffer[end + 2 :]
        if b"\n" in line or b"\r" in line or b"\0" in line:
            raise UnclearError(f"the answer has an odd line: {line[:80]!r}")
        return line

    def _fill(self) -> None:
        piece = self._receive()
        if not piece:
            raise UnclearError("the server closed the connection before the end of its answer")
        self._buffer += piece


def _number(text: bytes, digits: bytes, base: int) -> int:
    if not 0 < len(text) <= 15 or text.strip(digits):
        raise UnclearError(f"the answer has an odd number: {text[:20]!r}")
    return int(text, base)
