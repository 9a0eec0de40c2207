#!/bin/sh
# python311.sh — print the path of a Python 3.11: PyInstaller has to run with the minor version that is bundled, since
# it compiles the modules. Which patch level it is does not matter: the modules come from the interpreter's own library.
for python in "${PYTHON:-}" python3.11 python3; do
    [ -n "$python" ] && found=$(command -v "$python") || continue
    "$found" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || continue
    echo "$found"
    exit 0
done
echo "kubexit: make static needs a Python 3.11 with venv (and none is called \$PYTHON, python3.11 or python3 here):" \
    "PyInstaller compiles the modules for the interpreter that is bundled, and that is 3.11." \
    "Debian 12 has it as python3; elsewhere: uv python install 3.11, and make static PYTHON=/path/to/python3.11" >&2
exit 1
