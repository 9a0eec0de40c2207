#!/bin/sh
# compiler.sh ARCH FOLDER — FOLDER/{cc,ar,ranlib,…}: clang with musl for ARCH (amd64, arm64), out of the PyPI
# package ziglang. Configure scripts want a compiler of one word, hence the wrappers.
set -eu
arch=$1 folder=$2
case $arch in
amd64) machine=x86_64 ;;
arm64) machine=aarch64 ;;
*) echo "kubexit: no static build for '$arch'; there is amd64 and arm64" >&2; exit 2 ;;
esac
zig=$(.build/static/venv/bin/python -c 'import ziglang, pathlib; print(pathlib.Path(ziglang.__file__).with_name("zig"))')
cache=${KUBEXIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubexit}/zig

mkdir -p "$folder"
tool() { # NAME WORDS…
    name=$1
    shift
    cat >"$folder/$name" <<SCRIPT
#!/bin/sh
export ZIG_GLOBAL_CACHE_DIR='$cache' ZIG_LOCAL_CACHE_DIR='$cache'
exec '$zig' $* "\$@"
SCRIPT
    chmod 0755 "$folder/$name"
}

# zig adds the undefined-behaviour sanitizer to what it thinks is a debug build: off, once and for all.
tool cc "cc -target $machine-linux-musl -fno-sanitize=undefined"
tool ar ar
tool ranlib ranlib
# When it crosses, CPython's configure insists on a readelf whose name begins with the host's; any readelf reads both.
ln -sf "$(command -v readelf)" "$folder/$machine-linux-musl-readelf"
