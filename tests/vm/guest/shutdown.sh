# The end of a machine: PID 1 gets SIGTERM, everything else too, and what is left SIGKILL.
CASE=shutdown
mkdir -p /run/shutdown
. /guest/pod.sh
trap 'stop=yes' TERM
say begin shutdown "$(uptime_now)"
container polite -- worker 4
container stubborn -- worker ignore
await_log polite READY
await_log stubborn READY
kill -TERM 1
turns=0
until [ "${stop:-}" ] || [ $turns = 200 ]; do turns=$((turns + 1)); usleep 50000; done
check "PID 1 forwards SIGTERM to its command" "${stop:-no}" yes
kill -TERM "$(pid polite)" "$(pid stubborn)"
check "a container that ends on SIGTERM" "$(code polite) $(stone polite ExitCode)" "4 4"
await_log stubborn IGNORED
kill -KILL "$(pid stubborn)"
check "a container that needs SIGKILL" "$(code stubborn)" 137
check "has written no death" "$(stone stubborn Died)" ""
say end shutdown "$(uptime_now)" 0
# Something that PID 1 must stop after its command: it gets SIGTERM there.
(trap 'say stopped; exit 0' TERM; : >/run/shutdown/trap; while :; do usleep 50000; done) &
await "the process that is left can be stopped" test -e /run/shutdown/trap
exit 7
