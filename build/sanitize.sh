#!/bin/sh
# sanitize.sh — the gate program, but dynamic and with the address and undefined-behaviour sanitizers: any
# finding ends kubexit with 99, which no test expects, and leaves a report in .build/sanitize/reports.
set -eu
out=.build/sanitize
mkdir -p "$out/reports"
chmod 1777 "$out/reports" # some tests run kubexit as another user
include=$(.build/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("include"))')
version=$(.build/venv/bin/python build/version.py)
cc=${CC:-cc}
flags="-std=gnu11 -O1 -g -fno-omit-frame-pointer -fno-pie -fsanitize=address,undefined -fno-sanitize-recover=all"
$cc $flags -w -DKUBEXIT_VERSION="\"$version\"" -I ext -isystem "$include" -c -o "$out/supervisor.o" \
    .build/native/supervisor.c
build/traps.sh "$out/supervisor.o" >"$out/traps.s"
$cc $flags -no-pie -I ext -DREPORTS="\"$PWD/$out/reports/report\"" -o "$out/kubexit" \
    ext/main.c build/sanitizer_options.c "$out/supervisor.o" "$out/traps.s"
