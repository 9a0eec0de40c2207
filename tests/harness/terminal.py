"""A terminal with the test at its keyboard."""

import fcntl
import os
import select
import struct
import termios
import time

from .waiting import ALARM

INTERRUPT = b"\x03"
QUIT = b"\x1c"
SUSPEND = b"\x1a"
HOLD = b"\x13"


class Terminal:
    """A pty: the terminal of a process with `session` as its preexec_fn and `inside` as stdin."""

    def __init__(self) -> None:
        self._keyboard, self.inside = os.openpty()
        self.screen = b""

    @staticmethod
    def session() -> None:
        """Between fork and exec: start a session, with stdin as its controlling terminal."""
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._keyboard, keys)

    def resize(self, rows: int, columns: int) -> None:
        """Change the size of the window, which the kernel reports to the foreground group by SIGWINCH."""
        fcntl.ioctl(self._keyboard, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def foreground(self) -> int:
        """The process group in the foreground."""
        return os.tcgetpgrp(self._keyboard)

    def wait_screen(self, text: bytes, timeout: float = ALARM) -> None:
        """Wait until text has been shown."""
        deadline = time.monotonic() + timeout
        while text not in self.screen:
            ready, _, _ = select.select([self._keyboard], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"never shown: {text!r}, but {self.screen!r}")
            self.screen += os.read(self._keyboard, 65536)

    def take(self, count: int) -> None:
        """Read exactly `count` bytes from the screen."""
        while count > 0:
            piece = os.read(self._keyboard, count)
            self.screen += piece
            count -= len(piece)

    def hang_up(self) -> None:
        """Take the terminal away."""
        if self._keyboard >= 0:
            os.close(self._keyboard)
            self._keyboard = -1

    def close(self) -> None:
        """Give both ends back."""
        self.hang_up()
        os.close(self.inside)
