#!/bin/sh
# fence.sh COMMAND… — run tests in a PID namespace of their own where that is permitted: a supervisor that is broken,
# or broken on purpose to see a test fail, may then signal whatever it likes and reach nothing but its own test.
if why=$(unshare --pid --fork --kill-child --mount-proc true 2>&1); then
    exec unshare --pid --fork --kill-child --mount-proc -- "$@"
fi
echo "  no PID namespace can be had here ($why): the tests run among the machine's own processes" >&2
exec "$@"
