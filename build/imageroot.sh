#!/bin/sh
# imageroot.sh FILE FOLDER — what the images hold, as folders: FOLDER/kubexit and, on top of it, FOLDER/ca.
# An image of one file has no shell that could make a link or change a mode, so that is done out here.
# CA_BUNDLE names other certificates; the default is the pinned certifi package.
set -eu
file=$1 folder=$2
[ -f "$file" ] && [ $# -eq 2 ] || { echo "usage: build/imageroot.sh FILE FOLDER" >&2; exit 2; }

bundle() { # from an environment with pinned packages; the one of the machine may hold more
    for venv in .build/static/venv .build/venv; do
        if [ -x "$venv/bin/python" ]; then
            "$venv/bin/python" -P "$(dirname "$0")/release/certificates.py"
            return
        fi
    done
    echo "kubexit: no certifi in .build/venv: make dev" >&2
    return 1
}

certificates=${CA_BUNDLE:-}
[ -n "$certificates" ] || certificates=$(bundle)
rm -rf "$folder"
mkdir -p "$folder/kubexit/bin" "$folder/ca/etc/ssl/certs"
# Readable as well as executable: the waiter reads its Python code from the file.
install -m 0555 "$file" "$folder/kubexit/bin/kubexit"
# The image of the original had a real cp, and its manifests say: cp /bin/kubexit /kubexit/kubexit. By this name
# kubexit does that, and nothing else.
ln -s kubexit "$folder/kubexit/bin/cp"
install -m 0444 "$certificates" "$folder/ca/etc/ssl/certs/ca-certificates.crt"
