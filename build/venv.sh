#!/bin/sh
# venv.sh PYTHON VENV — a virtual environment with exactly the packages of requirements/lock.txt.
set -eu
python=$1 venv=$2
rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/pip" install --disable-pip-version-check --require-hashes --only-binary :all: --no-deps \
    -r requirements/lock.txt
