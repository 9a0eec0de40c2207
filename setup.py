"""The one extension module; everything else about the package is in pyproject.toml."""

import tomllib
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

ROOT = Path(__file__).parent
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
PARTS = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "ext").rglob("*") if p.suffix in {".pyx", ".pxd", ".h"})

# egg_base of setup.cfg has to exist before setuptools looks at it.
(ROOT / ".build" / "setuptools").mkdir(parents=True, exist_ok=True)

supervisor = Extension(
    "kubexit._supervisor",
    ["ext/supervisor.pyx"],
    include_dirs=["ext"],
    # The root only includes: a changed part rebuilds it, and a source archive holds all of them. So does a new version.
    depends=[*PARTS, "pyproject.toml"],
    define_macros=[("KUBEXIT_VERSION", f'"{VERSION}"')],
    extra_compile_args=["-O2"],
)

setup(ext_modules=cythonize([supervisor], include_path=["ext"], build_dir=".build/cython", language_level=3))
