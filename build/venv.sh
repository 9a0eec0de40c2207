#!/bin/sh
# venv.sh PYTHON VENV [LOCK] — a virtual environment with exactly the packages of requirements/LOCK.txt (lock).
set -eu
python=$1 venv=$2 lock=${3:-lock}
rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/pip" install --disable-pip-version-check --require-hashes --only-binary :all: --no-deps \
    -r "requirements/$lock.txt"
