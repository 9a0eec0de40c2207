#!/bin/sh
# papers.sh ARCH PREFIX — what goes with dist/kubexit-linux-ARCH: its bill of materials, the licences of everything
# inside, and the checksums of all that is in dist/. PREFIX holds the libraries that the file was linked from.
set -eu
arch=$1 prefix=$2
python=.build/static/venv/bin/python
$python build/static/sbom.py "dist/kubexit-linux-$arch" "$prefix" "dist/kubexit-linux-$arch.cdx.json"
$python build/static/licences.py "dist/kubexit-linux-$arch" "$prefix" dist/LICENSES
cd dist
LC_ALL=C sha256sum kubexit-linux-* LICENSES >SHA256SUMS.new
mv SHA256SUMS.new SHA256SUMS
