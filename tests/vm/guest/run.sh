#!/bin/sh
# The command of the machine's PID 1: runs each case, then ends as a machine does that is shut down.
# The kernel shows the exit code of PID 1 in its last line.
set -u
exec 3>&1
. /guest/report.sh
say machine "$(uname -r)" "$(uname -m)" "$(uptime_now)"
for case in $(cat /guest/chosen); do
    say begin "$case" "$(uptime_now)"
    mkdir -p "/run/$case"
    export CASE="$case"
    timeout -s KILL 120 sh -eu "/guest/cases/$case.sh"
    code=$?
    say end "$case" "$(uptime_now)" "$code"
    ps >"/run/$case/ps.log"
    kill -KILL -1 # what a case has left; neither PID 1 nor this shell
    [ "$code" = 0 ] && [ ! -e "/run/$case/bad" ] || logs "/run/$case"
done
say done "$(uptime_now)"
exec sh -eu /guest/shutdown.sh
