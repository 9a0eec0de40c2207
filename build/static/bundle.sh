#!/bin/sh
# bundle.sh ARCH — the product: dist/kubexit-linux-ARCH, one static file with the supervisor, an interpreter and the
# waiter. docs/develop/static-build.md has the steps and their reasons.
set -eu
cd "$(dirname "$0")/../.."
arch=${1:?usage: bundle.sh ARCH}
here=build/static out=.build/static/$arch
mkdir -p "$out" dist
step() { # LABEL LOG COMMAND…
    label=$1 log=static-$arch-$2
    shift 2
    build/quiet.sh "$label" "$log" "$@"
}
step "libraries for $arch: zlib, OpenSSL, CPython" libraries $here/libraries.sh "$arch"
prefix=$($here/libraries.sh "$arch")
step "PyInstaller's boot loader: its source" bootloader $here/bootloader.sh .build/static/bootloader
step "archive of the waiter and what it imports" archive $here/archive.sh "$prefix" "$out/archive"
step "compiled and linked" link $here/link.sh "$arch" "$prefix" "$out/archive" "$out"
install -m 0555 "$out/kubexit" "dist/.kubexit-linux-$arch.new"
mv "dist/.kubexit-linux-$arch.new" "dist/kubexit-linux-$arch"
step "bill of materials, licences, sums" papers $here/papers.sh "$arch" "$prefix"
