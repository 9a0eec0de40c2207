#!/bin/sh
# native.sh — ext/supervisor.pyx and its parts → .build/native/supervisor.c, with the pinned Cython.
set -eu
mkdir -p .build/native
.build/venv/bin/cython -3 -I ext --module-name kubexit._supervisor --warning-errors \
    -o .build/native/supervisor.c.new ext/supervisor.pyx
mv .build/native/supervisor.c.new .build/native/supervisor.c
# The names Cython gives to the unit's functions and types, under their own names: for the fuzz targets.
grep -o '\b__pyx_[ft]_[0-9]*kubexit_[0-9]*_supervisor_[a-z_0-9]*' .build/native/supervisor.c | sort -u |
    sed 's/^\(__pyx_[ft]_[0-9]*kubexit_[0-9]*_supervisor_\(.*\)\)$/#define kx_\2 \1/' >.build/native/names.h
