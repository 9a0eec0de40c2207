"""Run the cases of tests/vm on kernels of Debian in QEMU: `make vm`.

Exit code 0 if all passed; 2 for a name that does not exist.
"""

import argparse
import os
import sys

import pytest

from .archive import ArchiveError, Offer
from .pins import DEFAULT, pins


def renew() -> int:
    """Print the pins of what the archives offer now, for pins.toml."""
    for table in ("kernel", "busybox"):
        for pin in pins(table).values():
            try:
                print(Offer(pin).pin().text(table), end="\n\n")
            except ArchiveError as error:
                print(f"# {table}.{pin.name}: {error}\n")
                return 1
    return 0


def main() -> int:
    """Read the names of kernels, and test each."""
    parser = argparse.ArgumentParser(prog="make vm", description=__doc__)
    parser.add_argument("kernels", nargs="*", default=[DEFAULT], metavar="KERNEL", help=", ".join(pins("kernel")))
    parser.add_argument("--renew", action="store_true", help="print the pins of what the archives offer now")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.kernels) - set(pins("kernel"))):
        print(f"make vm: no kernel is called {', '.join(unknown)}; there are {', '.join(pins('kernel'))}")
        return 2
    if arguments.renew:
        return renew()
    os.environ["KUBEXIT_KERNELS"] = " ".join(arguments.kernels)
    os.environ["KUBEXIT_VM_REQUIRED"] = "1"
    return int(pytest.main(["-q", "-m", "vm", "-p", "no:xdist", "tests/vm"]))


if __name__ == "__main__":
    sys.exit(main())
