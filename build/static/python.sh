#!/bin/sh
# python.sh ARCH BUILD_PYTHON PREFIX — CPython in the current folder, as PREFIX/lib/libpython3.11.a, with its headers,
# its standard library and lists of what is inside. zlib and OpenSSL are in PREFIX already. BUILD_PYTHON, the
# interpreter that this script made for the machine it runs on, is empty when ARCH is that machine's.
set -eu
arch=$1 build_python=$2 prefix=$3
rules=$(dirname "$0")/python.setup
case $arch in
amd64) host=x86_64-linux-musl ;;
arm64) host=aarch64-linux-musl ;;
esac

# A static program for this machine runs on it with any libc: then build and host are the same, without a cross build.
set -- --host="$host" --build="$host"
[ -z "$build_python" ] || set -- --host="$host" --build="$(./config.guess)" --with-build-python="$build_python"

# ac_cv_func_dlopen: takes Python/dynload_stub.c, so that no import ever looks for a shared object.
# ac_cv_file_*, ac_cv_buggy_getaddrinfo, ac_cv_computed_gotos: questions that configure cannot ask when it crosses,
# answered for both so that both are built alike. LINKFORSHARED: without it the linker keeps unused code.
# A prefix that no image has: an interpreter that found /usr/lib/python3.11 would run foreign code.
./configure "$@" --prefix=/nonexistent MODULE_BUILDTYPE=static --disable-shared \
    --with-openssl="$prefix" --with-openssl-rpath=no --without-ensurepip --without-readline --without-doc-strings \
    --disable-test-modules --enable-ipv6 --with-computed-gotos \
    ac_cv_func_dlopen=no ac_cv_lib_dl_dlopen=no ac_cv_buggy_getaddrinfo=no ac_cv_computed_gotos=yes \
    ac_cv_file__dev_ptmx=yes ac_cv_file__dev_ptc=no \
    CC=cc AR=ar RANLIB=ranlib CFLAGS="$CFLAGS" CFLAGS_NODIST="-DTHREAD_STACK_SIZE=0x100000" OPT="-DNDEBUG -fwrapv" \
    LDFLAGS="-static -s -Wl,--gc-sections" LINKFORSHARED=" " \
    ZLIB_CFLAGS="-I$prefix/include" ZLIB_LIBS="-L$prefix/lib -lz"
for module in _ssl _hashlib zlib; do
    grep -q "^$module " Modules/Setup.stdlib || { echo "kubexit: configure left out $module" >&2; exit 1; }
done
cat "$rules" Modules/Setup.stdlib >Modules/Setup.local
make Makefile
make -j"${JOBS:-2}" libpython3.11.a
[ -n "$build_python" ] || make -j"${JOBS:-2}" python

mkdir -p "$prefix/bin" "$prefix/lib" "$prefix/include/python3.11" "$prefix/Lib"
cp libpython3.11.a "$prefix/lib/"
echo "-lssl -lcrypto -lz -lm" >"$prefix/link.txt"
cp -r Include/. pyconfig.h "$prefix/include/python3.11/"
cp -r Lib/. "$prefix/Lib/"
(cd "$prefix/Lib" && rm -rf test idlelib lib2to3 tkinter turtledemo ensurepip distutils/tests unittest/test)
find "$prefix/Lib" -name __pycache__ -prune -exec rm -rf {} +
sed -n 's/^ *{"\([^"]*\)", .*/\1/p' Modules/config.c | sort >"$prefix/builtin-modules.txt"
sed -n 's/^ *{"\([^"]*\)",.*GET_CODE(.*/\1/p' Python/frozen.c | sort -u >"$prefix/frozen-modules.txt"
[ -z "$build_python" ] || exit 0
# The interpreter as a program, which finds its library beside it: for checks, and for building the other architecture.
cp python "$prefix/bin/python"
mkdir -p "$prefix/Lib/lib-dynload"
ln -s ../Lib "$prefix/lib/python3.11"
"$prefix/bin/python" -B -I -S -c 'import sys; print(*sorted(sys.builtin_module_names), sep="\n")' |
    diff - "$prefix/builtin-modules.txt"
