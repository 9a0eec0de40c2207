#!/bin/sh
# libraries.sh ARCH — what the static file is linked from, for ARCH (amd64, arm64): zlib, OpenSSL, CPython. Prints the
# folder that holds it; docs/develop/static-build.md lists what is in there. Builds only what the cache lacks.
#
# Three stages; each begins with a copy of what the stage before it made, and is kept under a key of all that it was
# made from: pins, scripts, compiler, and the key before it. So a change to CPython's recipe leaves OpenSSL alone.
# A stage is made in a folder beside its place and renamed at the end: an interrupted one leaves nothing that counts.
set -eu
cd "$(dirname "$0")/../.."
arch=${1:?usage: libraries.sh ARCH}
here=$PWD/build/static
python=.build/static/venv/bin/python
cache=${KUBEXIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubexit}/static
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
umask 022

# -fPIC: the file is linked as a static PIE, so that its addresses are random. -f*-sections: the linker can then leave out
# functions that are never called. No frame pointers, no tables for exceptions: C code is never unwound here.
# -Wno-date-time: zig makes __DATE__ an error; here it is a constant.
flags="-O2 -g0 -fPIC -fomit-frame-pointer -fno-unwind-tables -fno-asynchronous-unwind-tables \
-ffunction-sections -fdata-sections -fstack-protector-strong -Wno-date-time"
epoch=1672531200

work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

key() { # NAME PREVIOUS — what a stage depends on, as a short hash
    {
        echo "$2 $arch $flags $epoch"
        $python build/static/fetch.py --pins "$1"
        $python build/static/fetch.py --licences "$1"
        $python -c 'from importlib.metadata import version; print(version("ziglang"))'
        cat "$here/compiler.sh" "$here/unpack.sh" "$here/$1.sh" "$here/$1".setup 2>/dev/null || true
    } | sha256sum | cut -c1-16
}

run() { # COMMAND… — with nothing of the user's environment: the same objects from every machine, folder and day
    env -i PATH="$work/tools:$PATH" HOME="$HOME" JOBS="${JOBS:-2}" LC_ALL=C TZ=UTC CFLAGS="$flags" \
        SOURCE_DATE_EPOCH=$epoch PYTHONDONTWRITEBYTECODE=1 "$@"
}

stage() { # NAME PREVIOUS-FOLDER WORDS… — builds NAME on top of a folder; sets $made
    name=$1 previous=$2
    shift 2
    made=$cache/$name-$(key "$name" "${previous##*/}")-$arch
    [ ! -d "$made" ] || return 0
    # One at a time: after the wait, it is already made.
    exec 9>"$cache/lock"
    flock 9
    [ ! -d "$made" ] || return 0
    find "$cache" -maxdepth 1 -name '.?*' -exec rm -rf {} + # of builds that were killed
    echo "kubexit: building $name for $arch" >&2
    work=$cache/.$name-$arch.$$
    mkdir -p "$work/prefix"
    [ -z "$previous" ] || cp -R "$previous/." "$work/prefix/"
    build/static/compiler.sh "$arch" "$work/tools"
    build/static/unpack.sh "$name" "$work/source"
    (cd "$work/source" && run "$here/$name.sh" "$@" "$work/prefix") >"$work/log" 2>&1 || {
        tail -n 40 "$work/log" >&2
        cp "$work/log" ".build/static/$name-$arch.log"
        echo "kubexit: $name for $arch failed; the whole log: .build/static/$name-$arch.log" >&2
        exit 1
    }
    mkdir -p "$work/prefix/licences" "$work/prefix/patches"
    $python build/static/fetch.py --licences "$name" | while read -r file; do
        cat "$work/source/$file"
    done >"$work/prefix/licences/$name.txt"
    cp "$work/source/patches.txt" "$work/prefix/patches/$name.txt"
    mv -T "$work/prefix" "$made"
    rm -rf "$work"
    work=
    exec 9>&-
}

case $(uname -m) in
x86_64) native=amd64 ;;
aarch64) native=arm64 ;;
*) native= ;;
esac
build_python=
if [ "$arch" != "$native" ]; then
    # CPython compiles its own frozen modules: an interpreter of the same version has to run here. Ours is one.
    build_python=$("$0" "${native:-amd64}")/bin/python
fi
stage zlib ""
stage openssl "$made" "$arch"
stage python "$made" "$arch" "$build_python"
echo "$made"
