#!/bin/sh
# musl-python.sh LIBRARIES OUT — CPython for musl in OUT/bin and OUT/lib, dynamically linked, from the source that is also
# in the static file. LIBRARIES has zlib and OpenSSL. For tests only: nothing of it is published.
set -eu
libraries=$1 out=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build/static/compiler.sh amd64 "$work/tools"
build/static/unpack.sh python "$work/source"
cd "$work/source"
export PATH="$work/tools:$PATH" CFLAGS="-O1 -g0 -fPIC -Wno-date-time" SOURCE_DATE_EPOCH=1672531200
# zig links musl statically unless it is asked otherwise. Its musl is newer than Debian's, which loads the programs here
# and has no preadv2.
./configure --host=x86_64-linux-musl --build=x86_64-linux-musl --prefix=/usr --without-ensurepip --without-readline \
    --without-doc-strings --disable-test-modules --with-openssl="$libraries" --with-openssl-rpath=no \
    ac_cv_func_preadv2=no ac_cv_func_pwritev2=no ac_cv_buggy_getaddrinfo=no ac_cv_file__dev_ptmx=yes ac_cv_file__dev_ptc=no \
    CC="cc -dynamic" AR=ar RANLIB=ranlib LDFLAGS="-s" LDSHARED="cc -dynamic -shared" OPT="-DNDEBUG -fwrapv" \
    ZLIB_CFLAGS="-I$libraries/include" ZLIB_LIBS="-L$libraries/lib -lz" >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
make -j2 >>"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
# setup.py leaves this module out here, and pip does not start without it.
cc -dynamic -shared $CFLAGS -DPy_BUILD_CORE_MODULE -DHAVE_EXPAT_CONFIG_H=1 -DXML_POOR_ENTROPY=1 -I. -IInclude \
    -IInclude/internal -IModules/expat -o pyexpat.so Modules/pyexpat.c Modules/expat/xmlparse.c Modules/expat/xmlrole.c \
    Modules/expat/xmltok.c >>"$work/log" 2>&1
make install DESTDIR="$work/root" >>"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
install -m 0755 pyexpat.so "$work/root/usr/lib/python3.11/lib-dynload/pyexpat.cpython-311-x86_64-linux-musl.so"
rm -rf "$work/root/usr/include" "$work/root/usr/share" "$work/root/usr/lib/python3.11/config-3.11-x86_64-linux-musl" \
    "$work/root/usr/lib/libpython3.11.a"
find "$work/root" -name __pycache__ -prune -exec rm -rf {} +
mkdir -p "$(dirname "$out")"
cp -R "$work/root/usr" "$out"
