#!/bin/sh
# quiet.sh LABEL LOG COMMAND… — one progress line for a step; its output goes to .build/LOG.log, and to the
# screen only when it fails.
set -u
label=$1 log=.build/$2.log
shift 2
mkdir -p .build
printf '  %-52s ' "$label"
start=$(date +%s)
"$@" >"$log" 2>&1
code=$?
seconds=$(($(date +%s) - start))
if [ $code -eq 0 ]; then
    printf 'ok  %3ss\n' "$seconds"
else
    printf 'FAILED after %ss; last lines of %s:\n' "$seconds" "$log"
    tail -n "${QUIET_LINES:-60}" "$log" | sed 's/^/    /'
fi
exit $code
