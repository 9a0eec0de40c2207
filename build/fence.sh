#!/bin/sh
# fence.sh COMMAND… — run tests in a separate PID namespace if that is permitted: a supervisor that is broken,
# or broken on purpose to see a test fail, can then send any signal and reaches only its test.
if why=$(unshare --pid --fork --kill-child --mount-proc true 2>&1); then
    exec unshare --pid --fork --kill-child --mount-proc -- "$@"
fi
echo "  a PID namespace is not available here ($why): the tests run among the processes of the machine" >&2
exec "$@"
