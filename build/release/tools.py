"""The programs that check and try the release: built from pinned Go modules, and kept beside the programs of the node.

PYTHONPATH=build python -m release.tools              # all of them
PYTHONPATH=build python -m release.tools actionlint   # prints where it is
"""

import subprocess
import sys
from pathlib import Path

from node.programs import HELM, KUSTOMIZE, REGISTRY, Program, UnavailableError, build

FOLDER = Path(__file__).with_name("tools")
ACTIONLINT = Program(FOLDER, "github.com/rhysd/actionlint", "cmd/actionlint")
KREW = Program(FOLDER, "sigs.k8s.io/krew", "cmd/krew")
PROGRAMS = {program.name: program for program in (ACTIONLINT, KREW, HELM, KUSTOMIZE, REGISTRY)}


def main(names: list[str]) -> int:
    """Build the programs of these names, or all, and print their paths; 1 and one line if that is not possible."""
    unknown = set(names) - set(PROGRAMS)
    if unknown:
        print(f"kubexit: no such program: {', '.join(sorted(unknown))}; known: {', '.join(PROGRAMS)}", file=sys.stderr)
        return 2
    try:
        for name in names or PROGRAMS:
            print(build(PROGRAMS[name]))
    except (UnavailableError, subprocess.CalledProcessError) as error:
        print(f"kubexit: a program cannot be built: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
