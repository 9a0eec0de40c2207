#!/bin/sh
# fuzz.sh [TARGET…] — libFuzzer over the functions that read foreign text, FUZZ_SECONDS each, with the sanitizers on.
# New inputs are kept in .build/fuzz/TARGET; an input that broke something is left there as crash-*, and belongs into
# tests/fuzz/corpus/TARGET together with the repair.
set -eu
build/machine.sh fuzz
seconds=${FUZZ_SECONDS:-20}
clang=${CLANG:-clang}
out=.build/fuzz
mkdir -p "$out"
include=$(.build/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("include"))')
flags="-std=gnu11 -O1 -g -w -Werror=implicit-function-declaration -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all"
[ $# -gt 0 ] || set -- $(ls tests/fuzz/fuzz_*.c | sed 's,.*/fuzz_\(.*\)\.c,\1,')
for target in "$@"; do
    mkdir -p "$out/$target"
    build/quiet.sh "fuzz $target: compile" "fuzz-$target-build" sh -c "
        $clang $flags -DKUBEXIT_VERSION='\"fuzz\"' -I ext -I .build/native -isystem $include -c -o $out/$target.o tests/fuzz/fuzz_$target.c &&
        build/traps.sh $out/$target.o >$out/$target.s &&
        $clang $flags -o $out/fuzz_$target $out/$target.o $out/$target.s"
    seeds=
    for folder in "tests/fuzz/corpus/$target" $(sed -n 's,^/\* seeds: \(.*\) \*/$,\1,p' "tests/fuzz/fuzz_$target.c"); do
        [ -d "$folder" ] && seeds="$seeds $folder"
    done
    build/quiet.sh "fuzz $target: ${seconds}s" "fuzz-$target" "$out/fuzz_$target" -max_total_time="$seconds" \
        -max_len=66000 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$out/$target-crash-" \
        "$out/$target" $seeds
    sed -n 's/^stat::number_of_executed_units: */    inputs tried: /p' ".build/fuzz-$target.log"
done
