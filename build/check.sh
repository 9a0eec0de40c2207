#!/bin/sh
# check.sh — every check that needs no running kubexit. All of them run, also after one has failed.
set -u
export PATH="$PWD/.build/venv/bin:$PATH"
failed=0
step() { build/quiet.sh "$@" || failed=1; }
python_sources="$(ls -d kubexit kubectl tests build examples setup.py 2>/dev/null)"

step "format of Python sources" check-format ruff format --check $python_sources
step "lint of Python sources" check-lint ruff check $python_sources
step "types" check-types mypy
step "lint of Cython sources" check-cython python build/lint_cython.py ext
step "layers of the package" check-layers lint-imports --no-cache
step "workflows" check-workflows python build/workflows.py
step "spelling" check-spelling codespell
step "plain language" check-prose python build/prose.py
step "generated parts of the docs" check-docs python build/docs.py --check
exit $failed
