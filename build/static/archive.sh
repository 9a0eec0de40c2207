#!/bin/sh
# archive.sh PREFIX OUT — PyInstaller: the waiter and what it imports, as OUT/kubexit.pkg, and the modules that the
# interpreter needs before it can open that, in OUT/modules.
set -eu
prefix=$1 out=$2
rm -rf "$out"
mkdir -p "$out"
export PYTHONHASHSEED=0 SOURCE_DATE_EPOCH=0 PYINSTALLER_CONFIG_DIR="$PWD/.build/static/pyinstaller"
export KUBEXIT_PREFIX="$prefix"
unset PYTHONPYCACHEPREFIX PYTHONPATH
.build/static/venv/bin/pyinstaller --noconfirm --clean --log-level "${LOG_LEVEL:-WARN}" --distpath "$out" \
    --workpath "$out/work" build/static/kubexit.spec
rm -rf "$out/work"
