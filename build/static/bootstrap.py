"""The first script that runs in the file, in place of PyInstaller's pyiboot01_bootstrap.

Its own also lists the folder of the executable (which may be one that only root may list), looks for eggs there and
prepares ctypes. What is left is one call, and a fence: modules come from this file alone, never from the image's file
system, whatever lies there.
"""

import sys

import pyimod02_importers

pyimod02_importers.install()
sys.frozen = True  # type: ignore[attr-defined]
sys.path[:] = [sys._MEIPASS]  # type: ignore[attr-defined]
sys.path_hooks[:] = [pyimod02_importers.PyiFrozenFinder.path_hook]
