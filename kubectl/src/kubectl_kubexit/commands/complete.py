"""kubectl_complete-kubexit: kubectl calls it to complete `kubectl kubexit`."""

import sys
from collections.abc import Sequence

from click.shell_completion import ShellComplete

from kubectl_kubexit.commands.completion import VARIABLE
from kubectl_kubexit.commands.main import PROGRAM, program

FILES_TOO, NO_FILES = ":0", ":4"  # what kubectl does if there is no word: complete files, or nothing


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one word a line, and what kubectl must do with them."""
    words = list(sys.argv[1:] if arguments is None else arguments) or [""]
    items = ShellComplete(program, {}, PROGRAM, VARIABLE).get_completions(words[:-1], words[-1])
    chosen = [item for item in items if item.type == "plain"]
    for item in chosen:
        print(f"{item.value}\t{item.help}" if item.help else item.value)
    print(NO_FILES if chosen else FILES_TOO)
