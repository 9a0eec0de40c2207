#!/bin/sh
# zlib.sh PREFIX — zlib in the current folder, as PREFIX/lib/libz.a and its headers.
set -eu
prefix=$1
CC=cc AR=ar RANLIB=ranlib ./configure --static --prefix="$prefix"
make -j"${JOBS:-2}" libz.a
mkdir -p "$prefix/lib" "$prefix/include"
cp libz.a "$prefix/lib/"
cp zlib.h zconf.h "$prefix/include/"
