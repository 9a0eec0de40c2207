#!/bin/sh
# release.sh ARCH… — everything that a release publishes, from the static files of dist/: dist/release/ has the files,
# dist/oci/ the images and the chart as folders in the OCI layout. KUBEXIT_RELEASE names another folder than dist.
# Nothing is downloaded but the pinned packages of the plugin, nothing is signed, nothing is published.
#
# The interpreter is the one that the static file was linked from: its zlib is pinned, so what is compressed has the
# same bytes on every machine.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { echo "usage: build/release.sh ARCH..." >&2; exit 2; }
case $(uname -m) in
    x86_64) native=amd64 ;;
    aarch64) native=arm64 ;;
    *) echo "kubexit: a release is made on amd64 or arm64, and this machine is $(uname -m)" >&2; exit 2 ;;
esac
for arch; do
    [ -f "dist/kubexit-linux-$arch" ] || {
        echo "kubexit: there is no dist/kubexit-linux-$arch: make static ARCH=$arch" >&2
        exit 2
    }
done
base=${KUBEXIT_RELEASE:-dist}
out=$base/release
python=$(build/static/libraries.sh "$native")/bin/python
packages=$(.build/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
umask 022
rm -rf "$out" "$base/oci"
mkdir -p "$out"

part() { # LABEL PART
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$PWD/build:$packages build/quiet.sh "$1" "release-$2" \
        "$python" -P -m release "$2" "$out" $arches
}
arches=$*
part "wheels and source archive of kubexit" wheels
part "kubectl-kubexit: wheel, source archive, plugin for krew" plugins
part "images: an index for $arches, with bills of materials" images
part "Helm chart, policies, Kustomize base" charts
part "static files, manual page, completions" pages
part "sums of everything" sums
printf '  %s: %s files, %s KiB\n' "$out" "$(find "$out" -type f | wc -l)" "$(du -sk "$out" | cut -f1)"
