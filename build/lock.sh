#!/bin/sh
# Write requirements/lock.txt anew from the pins in pyproject.toml: every package that they pull in, with the
# hashes of its files. To be run by hand after a pin was changed.
set -eu
cd "$(dirname "$0")/.."
python=.build/venv/bin/python
[ -x .build/lock/bin/uv ] || { $python -m venv .build/lock && .build/lock/bin/pip install -q uv==0.13.9; }
{
    echo "# Made by build/lock.sh from pyproject.toml; do not edit."
    $python - <<'PY' | .build/lock/bin/uv pip compile -q - --universal --python-version 3.11 \
        --generate-hashes --no-header --no-annotate
import tomllib

with open("pyproject.toml", "rb") as file:
    table = tomllib.load(file)
for group in (table["build-system"]["requires"], table["project"]["dependencies"], *table["dependency-groups"].values()):
    print("\n".join(group))
PY
} >.build/lock.txt
mv .build/lock.txt requirements/lock.txt
