"""The first script that runs in the file, in place of PyInstaller's pyiboot01_bootstrap.

The original also lists the folder of the executable (which only root may be able to list), looks for eggs there and
prepares ctypes. Here one call remains, and a fence: modules come only from this file, never from the file system of the
image.
"""

import sys

import pyimod02_importers

pyimod02_importers.install()
sys.frozen = True  # type: ignore[attr-defined]
sys.path[:] = [sys._MEIPASS]  # type: ignore[attr-defined]
sys.path_hooks[:] = [pyimod02_importers.PyiFrozenFinder.path_hook]
