"""The console of rich for what is printed on stdout."""

import sys

from rich.console import Console

from kubectl_kubexit.errors import ReaderGoneError
from kubectl_kubexit.report.colours import colours


class Stdout(Console):
    """A console with colours on a terminal only."""

    def __init__(self) -> None:
        """Write to stdout."""
        super().__init__(highlight=False, file=sys.stdout, color_system=colours())

    def on_broken_pipe(self) -> None:
        """Leave the exit code to the program: rich itself would exit with 1."""
        raise ReaderGoneError from None
