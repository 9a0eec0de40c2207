"""Log lines of the waiter, in the format of the supervisor (ext/base/log.pyx).

Both write to one stderr, and a reader must not have to know who wrote a line. So:
time, level, name, one write a line below PIPE_BUF, and no wait for a reader: a line
is not important enough: a pipe without a reader must not delay the birth of the command.
"""

import select
import time

from kubexit.waiter import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS = ("debug", "info", "warn", "error", "off")
LINE_BYTES = 3584
STDERR = 2


class Log:
    """Writes what is at or above a level, in a format; by default as KUBEXIT_LOG_LEVEL and KUBEXIT_LOG_FORMAT say."""

    def __init__(self, name: str, environ: "Mapping[str, str]", level: str = "", form: str = "") -> None:
        level = level or environ.get("KUBEXIT_LOG_LEVEL") or "info"
        self._least = LEVELS.index(level) if level in LEVELS else LEVELS.index("info")
        self._is_json = (form or environ.get("KUBEXIT_LOG_FORMAT")) == "json"
        self._name = name

    def debug(self, message: str) -> None:
        """Write a line for a person who looks for a reason."""
        self._emit("debug", message)

    def info(self, message: str) -> None:
        """Write a line about the normal course of things."""
        self._emit("info", message)

    def warn(self, message: str) -> None:
        """Write a line about trouble that may pass."""
        self._emit("warn", message)

    def error(self, message: str, attachment: str = "") -> None:
        """Write a line about what ends the wait; the attachment's lines follow it in the same write."""
        self._emit("error", message, attachment)

    def _emit(self, level: str, message: str, attachment: str = "") -> None:
        if LEVELS.index(level) < self._least:
            return
        now = time.time_ns()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now // 10**9)) + f".{now // 1000 % 10**6:06d}Z"
        write = self._json if self._is_json else self._text
        line = write(stamp, level, message, attachment)
        while len(line) > LINE_BYTES:
            message = message[: len(message) * 3 // 4]
            line = write(stamp, level, message + "…", attachment if message else "")
        # POLLOUT on a pipe says that PIPE_BUF bytes fit (pipe(7)).
        reader = select.poll()
        reader.register(STDERR, select.POLLOUT)
        try:
            if any(events & select.POLLOUT for _, events in reader.poll(0)):
                engine.write(STDERR, line)
        except OSError:
            pass  # there is no reader

    def _text(self, stamp: str, level: str, message: str, attachment: str) -> bytes:
        who = f"kubexit[{self._name}]" if self._name else "kubexit"
        lines = [f"{stamp} {level} {who}: {message}", *attachment.splitlines()]
        # A control character in foreign words could make two lines of one, or command the reader's terminal.
        clean = ("".join("?" if ord(c) < 32 or 127 <= ord(c) < 160 else c for c in line) for line in lines)
        return ("\n".join(clean) + "\n").encode("utf-8", "replace")

    def _json(self, stamp: str, level: str, message: str, attachment: str) -> bytes:
        fields = {"time": stamp, "level": level, "name": self._name}
        fields["message"] = "\n".join([message, attachment]) if attachment else message
        inside = ",".join(f'"{key}":{engine.quote(value)}' for key, value in fields.items())
        return f"{{{inside}}}\n".encode("utf-8", "replace")
