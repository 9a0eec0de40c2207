# The wall clock is set, a day forward and a day back, while containers wait and stop.
. /guest/pod.sh
day=86400
not_before() { awk -v a="$1" -v b="$2" 'BEGIN { exit a "" < b "" }'; }
step() { date -s "@$(($(date +%s) + $1))" >/dev/null; }

for way in $day -$day; do
    container "wait$way" BIRTH_DEPS=db:born BIRTH_TIMEOUT=4s POLL_INTERVAL=50ms -- true
    await "wait$way waits" waits "wait$way"
    begin=$(hundredths)
    step "$way"
    await_looks "wait$way"
    check "a step of $way s does not end a wait" "$(ended "wait$way" && echo ended)" ""
    check "the wait ends at its time" "$(code "wait$way") $(stone "wait$way" ExitCode)" "69 69"
    passed=$(since "$begin")
    check_true "which is not sooner ($passed hundredths of 400)" test "$passed" -ge 350

    container "stop$way" DEATH_DEPS="main$way" GRACE_PERIOD=3s -- worker ignore
    await_log "stop$way" READY
    begin=$(hundredths)
    carve "main$way" 'Born: "2026-01-01T00:00:00Z"' 'Died: "2026-01-01T00:00:01Z"' 'ExitCode: 0'
    await_log "stop$way" IGNORED
    step "$way"
    check "the grace period ends with SIGKILL after a step of $way s" "$(code "stop$way")" 137
    passed=$(since "$begin")
    check_true "not before its time ($passed hundredths of 300)" test "$passed" -ge 300
    check_true "Died is not before Born" not_before "$(stone "stop$way" Died)" "$(stone "stop$way" Born)"

    container "limit$way" TIMEOUT=2s -- worker 0
    await_log "limit$way" READY
    step "$way"
    check "the limit of the command's time after a step of $way s" "$(code "limit$way")" 124
done
