#!/bin/sh
# twice.sh ARCH — is the static file the same, byte for byte, when it is built in other places? Two copies of the tree, of
# different depth, time zone, umask and locale, each with separate tools; only the libraries come from the cache.
set -eu
cd "$(dirname "$0")/../.."
arch=${1:?usage: twice.sh ARCH}
work=$PWD/.build/static/twice
rm -rf "$work"
build() { # FOLDER — in a copy of the tree
    mkdir -p "$1/.build/static"
    { git ls-files --cached --others --exclude-standard 2>/dev/null || find . -type f -not -path './.*'; } |
        while read -r file; do [ ! -f "$file" ] || echo "$file"; done | tar -cf - -T - | tar -xf - -C "$1"
    (
        cd "$1"
        build/venv.sh "$(build/static/python311.sh)" .build/static/venv static
        ln -s static/venv .build/venv # it has the Cython, too
        build/native.sh
        build/static/bundle.sh "$arch"
    ) >"$1.log" 2>&1 || { tail -n 30 "$1.log"; return 1; }
}
mkdir -p "$work"
(umask 022; export LC_ALL=C TZ=UTC; build "$work/one") &
first=$!
(umask 077; unset LC_ALL; export LANG=C.UTF-8 TZ=Asia/Kathmandu; build "$work/another/and/deeper")
wait $first
cmp "$work/one/dist/kubexit-linux-$arch" "$work/another/and/deeper/dist/kubexit-linux-$arch"
if [ -e "dist/kubexit-linux-$arch" ]; then
    cmp "$work/one/dist/kubexit-linux-$arch" "dist/kubexit-linux-$arch" ||
        echo "  dist/kubexit-linux-$arch is another one: was it made from the tree as it is now?" >&2
fi
sha256sum "$work/one/dist/kubexit-linux-$arch" | sed "s, .*,  kubexit-linux-$arch, ; s,^,  equal twice: ,"
rm -rf "$work"
