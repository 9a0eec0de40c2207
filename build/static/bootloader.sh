#!/bin/sh
# bootloader.sh FOLDER — the source of PyInstaller's boot loader in FOLDER/src, out of the source archive on PyPI of
# the very release that requirements/static.txt pins, hash included: the wheels only have it compiled. Nothing in it is
# changed; build/static/link.sh renames a few names on the compiler's command line.
set -eu
folder=$1
pin=$(sed -n 's/^pyinstaller==\([^ ]*\).*/\1/p' requirements/static.txt)
[ ! -e "$folder/$pin" ] || exit 0
keep=${KUBEXIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubexit}/sources
archive=$keep/pyinstaller-$pin.tar.gz
rm -rf "$folder"
mkdir -p "$keep" "$folder"

pinned() { # its hash is one of the release's
    [ -e "$archive" ] && sed -n '/^pyinstaller==/,/[^\\]$/p' requirements/static.txt |
        grep -q "sha256:$(sha256sum "$archive" | cut -d' ' -f1)"
}
if ! pinned; then
    sed -n '/^pyinstaller==/,/[^\\]$/p' requirements/static.txt >"$folder/pin.txt"
    # pip looks into the metadata before it keeps a source archive; the archive's own tool for that is in the lock too.
    .build/static/venv/bin/pip download --quiet --disable-pip-version-check --require-hashes --no-deps \
        --no-build-isolation --no-binary :all: --dest "$keep" -r "$folder/pin.txt"
    pinned || { echo "kubexit: $archive is not what requirements/static.txt pins" >&2; exit 1; }
fi
tar -xf "$archive" -C "$folder" --strip-components=2 "pyinstaller-$pin/bootloader/src"
tar -xf "$archive" -C "$folder" --strip-components=1 "pyinstaller-$pin/COPYING.txt"
touch "$folder/$pin"
