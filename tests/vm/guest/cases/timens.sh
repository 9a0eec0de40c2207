# Containers in time namespaces: their monotonic clocks differ, the machine's and each other's.
. /guest/pod.sh
[ -e /proc/self/timens_offsets ] || { say none "$CASE" "this kernel has no time namespaces"; exit 0; }
container main --ahead 5000000 READY_FILE=/run/timens/ready -- sh -c ': >/run/timens/ready; cut -d. -f1 /proc/uptime; exec worker 3'
container early --ahead 1000 BIRTH_DEPS=main DEATH_DEPS=main GRACE_PERIOD=2s -- worker ignore
container late BIRTH_DEPS=never:born BIRTH_TIMEOUT=2s --ahead 5000000 -- true
await_log main READY
check_true "main's clock is ahead" test "$(grep -x '[0-9]*' "$here/main.log")" -ge 5000000
await_log early READY
check_true "a readiness file is newer than the command's start" is_ready main
begin=$(hundredths)
kill -TERM "$(pid main)"
check "main exits" "$(code main) $(stone main ExitCode)" "3 3"
check "its death stops a container of another time" "$(code early)" 137
check_true "after its grace period" test "$(since "$begin")" -ge 200
check "a wait of 2 s ends" "$(code late)" 69
container crash --ahead 5000000 -- worker 0
container mourner --ahead 7 DEATH_DEPS=crash -- worker 4
await_log crash READY
await_log mourner READY
kill -KILL "$(pid crash)"
check "a crash is seen across time namespaces" "$(code mourner)" 4
