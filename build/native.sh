#!/bin/sh
# native.sh — ext/supervisor.pyx and its parts → .build/native/supervisor.c, with the pinned Cython.
set -eu
mkdir -p .build/native
# Without the garbage collector, which finds nothing to free in a run this short, Cython takes two thirds of the time.
.build/venv/bin/python -c 'import gc; gc.disable(); from Cython.Compiler.Main import setuptools_main; setuptools_main()' \
    -3 -I ext --module-name kubexit._supervisor --warning-errors -o .build/native/supervisor.c.new ext/supervisor.pyx
# What a usual life never calls is compiled small and kept apart from the rest.
.build/venv/bin/python build/cold.py .build/native/supervisor.c.new
mv .build/native/supervisor.c.new .build/native/supervisor.c
# The names Cython gives to the unit's functions and types, under their own names: for the fuzz targets.
grep -o '\b__pyx_[ft]_[0-9]*kubexit_[0-9]*_supervisor_[a-z_0-9]*' .build/native/supervisor.c | sort -u |
    sed 's/^\(__pyx_[ft]_[0-9]*kubexit_[0-9]*_supervisor_\(.*\)\)$/#define kx_\2 \1/' >.build/native/names.h
