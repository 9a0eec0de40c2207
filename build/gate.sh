#!/bin/sh
# gate.sh — the native unit as a separate program: static, and without libpython on the link line. Code that
# needs the interpreter does not link: the linker checks the boundary, not a reviewer.
# musl is preferred, as the product uses it; glibc serves where musl-gcc is not installed.
set -eu
out=.build/gate
mkdir -p "$out"
include=$(.build/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("include"))')
version=$(.build/venv/bin/python build/version.py)
# Warnings are errors: an overflow or a wrong format in generated C is one in ours. Left out is what Cython itself
# writes: unused helpers, enums compared with signed numbers; an empty line printed, a name cut to
# its buffer; a result that is ignored, which a cast to void has said already.
# GATE_OPTIMISE: -O0 compiles in a third of the time, for a gate that is built only to be tested once.
flags="-std=gnu11 ${GATE_OPTIMISE:--O2} -g -Wall -Wextra -Werror -Wno-unused-function -Wno-unused-parameter
    -Wno-missing-field-initializers -Wno-cast-function-type -Wno-sign-compare -Wno-format-zero-length
    -Wno-format-truncation -Wformat-security -Wno-unused-result -ffunction-sections -fdata-sections -fstack-protector-strong
    -fno-asynchronous-unwind-tables -D_FORTIFY_SOURCE=2"
link="-static -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack"

build() { # COMPILER FLAGS…
    "$@" $flags -DKUBEXIT_VERSION="\"$version\"" -I ext -I .build/native -isystem "$include" \
        $link -o "$out/kubexit.new" ext/main.c .build/native/supervisor.c
}

if [ -n "${GATE_CC:-}" ]; then
    used=$GATE_CC
    build $GATE_CC
elif command -v musl-gcc >/dev/null 2>&1; then
    # Python.h is read with musl's headers first; only what musl lacks (Debian keeps pyconfig.h by machine,
    # and the kernel's own headers) comes from /usr/include.
    used="musl-gcc"
    link="$link -Wl,-z,norelro -Wl,-T,build/gate.ld"
    build musl-gcc -idirafter /usr/include -idirafter "/usr/include/$(gcc -print-multiarch)"
else
    used="${CC:-cc} (glibc)"
    build "${CC:-cc}"
fi
cp "$out/kubexit.new" "$out/kubexit.debug"
strip "$out/kubexit.new"
chmod 0755 "$out/kubexit.new"
mv "$out/kubexit.new" "$out/kubexit"
echo "$used, $(($(stat -c %s "$out/kubexit") / 1024)) KiB stripped" >"$out/how"
