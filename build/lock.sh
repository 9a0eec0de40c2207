#!/bin/sh
# lock.sh [LOCK…] — write requirements/LOCK.txt from the pins in pyproject.toml: every package that they need,
# with the hashes of its files. Run it by hand after a change of a pin. `lock` is what developers need;
# each other lock has the name of its dependency group and a separate virtual environment.
set -eu
cd "$(dirname "$0")/.."
python=.build/venv/bin/python
# The lock of uv itself makes uv, also after a renewal.
cmp -s requirements/uv.txt .build/lock/made-from.txt || {
    build/venv.sh "$python" .build/lock uv >.build/lock.log || { cat .build/lock.log >&2; exit 1; }
    cp requirements/uv.txt .build/lock/made-from.txt
}

pins() { # LOCK
    $python - "$1" <<'PY'
import sys
import tomllib

with open("pyproject.toml", "rb") as file:
    table = tomllib.load(file)
groups = table["dependency-groups"]
own = {"lock": [table["build-system"]["requires"], table["project"]["dependencies"],
                groups["kubectl"], groups["test"], groups["lint"]]}
for pins in own.get(sys.argv[1]) or [groups[sys.argv[1]]]:
    print("\n".join(pins))
PY
}

for lock in ${*:-lock static plugin bench site uv go pip pipx}; do
    pins "$lock" >.build/pins.txt
    {
        echo "# Made by build/lock.sh from pyproject.toml; do not edit."
        .build/lock/bin/uv pip compile -q .build/pins.txt --universal --python-version 3.11 \
            --generate-hashes --no-header --no-annotate
    } >.build/lock.txt
    mv .build/lock.txt "requirements/$lock.txt"
done
