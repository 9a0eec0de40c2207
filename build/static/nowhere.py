"""The first module that the boot loader runs: the bundled modules are in no folder of the image.

PyInstaller's importer takes the folder of the executable for theirs and looks there before each import: a file called
kubexit, which is what the executable is called, would hide the package kubexit. Below a device there is never anything.
"""

import sys

sys._MEIPASS = "/dev/null/kubexit"  # type: ignore[attr-defined]
