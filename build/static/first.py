"""The first module that the boot loader runs: the first look at the API, before there is a standard library.

What it imports is in the interpreter itself (build/static/kubexit.spec). If the look finds no verdict, the boot loader
continues: it opens the archive with everything else and runs entry.py.

sys._MEIPASS is where PyInstaller's importer looks for modules before each import, by default the folder of the
executable: a file called kubexit, which is what the executable is called, would hide the package kubexit. Below a
device there is never anything.
"""

import gc
import sys

gc.disable()  # imports leave no garbage (kubexit.waiter.program)
sys._MEIPASS = "/dev/null/kubexit"  # type: ignore[attr-defined]

from kubexit.waiter.program import begin  # noqa: E402

waiter = begin(sys.argv[1:])
