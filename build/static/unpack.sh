#!/bin/sh
# unpack.sh NAME FOLDER — the sources of NAME (pins.toml) in FOLDER, with all of Debian's patches applied in the order
# of their series; FOLDER/patches.txt lists them. A patch that does not fit to the line ends the build: half of the
# security fixes would be worse than a loud failure.
set -eu
name=$1 folder=$2
files=$(.build/static/venv/bin/python build/static/fetch.py "$name")
mkdir -p "$folder"
: >"$folder/patches.txt"
echo "$files" | while read -r file; do
    case $file in
    *.debian.tar.*) tar -xf "$file" -C "$folder" ;;
    *) tar -xf "$file" -C "$folder" --strip-components=1 ;;
    esac
done
series=$folder/debian/patches/series
[ -e "$series" ] || exit 0
sed 's/[[:space:]]*#.*//; s/[[:space:]].*//; /^$/d' "$series" >"$folder/patches.txt"
[ -s "$folder/patches.txt" ] || { echo "kubexit: $series names no patch" >&2; exit 1; }
while read -r patch; do
    # The options of dpkg-source(1): no questions, no fuzz, no reversed patches.
    patch -s -t -F 0 -N -p1 -u -V never -E -d "$folder" <"$folder/debian/patches/$patch" ||
        { echo "kubexit: patch $patch of $name does not apply" >&2; exit 1; }
done <"$folder/patches.txt"
