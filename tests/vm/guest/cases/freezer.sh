# A frozen container does nothing, and after that has lost nothing.
. /guest/pod.sh
frozen() { grep -qx "frozen $2" "$1/cgroup.events"; }
freeze() { echo 1 >"$1/cgroup.freeze"; await "$1 is frozen" frozen "$1" 1; }
thaw() { echo 0 >"$1/cgroup.freeze"; }

cold=$(group cold)
container cold --group "$cold" DEATH_DEPS=main -- worker 4
container watcher DEATH_DEPS=cold POLL_INTERVAL=50ms -- worker 6
await_log cold READY
await_log watcher READY
freeze "$cold"
await_looks watcher
check "a frozen container is not a crashed one" "$(ended watcher && echo ended)" ""
carve main 'Born: "2026-01-01T00:00:00Z"' 'Died: "2026-01-01T00:00:01Z"' 'ExitCode: 1'
check "a frozen container sees no death" "$(logged cold 'main died' && echo seen)" ""
thaw "$cold"
check "a death while it was frozen is seen after that" "$(code cold)" 4
check "and its own death by its peer" "$(code watcher)" 6

signal=$(group signal)
container signal --group "$signal" -- worker 7
await_log signal READY
freeze "$signal"
kill -TERM "$(pid signal)"
thaw "$signal"
check "SIGTERM while it was frozen is forwarded after that" "$(code signal)" 7

late=$(group late)
container late --group "$late" BIRTH_DEPS=db:born BIRTH_TIMEOUT=1s POLL_INTERVAL=0 -- sh -c 'exit 8'
await "late waits" waits late
freeze "$late"
sleep 3
carve db 'Born: "2026-01-01T00:00:00Z"'
thaw "$late"
check "a birth while it was frozen counts, although the deadline has passed" "$(code late)" 8

grace=$(group grace)
container grace --group "$grace" DEATH_DEPS=end GRACE_PERIOD=2s -- worker ignore
await_log grace READY
begin=$(hundredths)
carve end 'Born: "2026-01-01T00:00:00Z"' 'Died: "2026-01-01T00:00:01Z"' 'ExitCode: 0'
await_log grace IGNORED
freeze "$grace"
sleep 3
check "a frozen container is not killed by its supervisor" "$(ended grace && echo ended)" ""
thaw "$grace"
check "the grace period was over when it was thawed" "$(code grace)" 137
check_true "and was not shorter than it is set" test "$(since "$begin")" -ge 200
check "its tombstone" "$(stone grace ExitCode)" 137

kill=$(group kill)
container kill --group "$kill" -- worker 0
container mourner DEATH_DEPS=kill -- worker 3
await_log kill READY
await_log mourner READY
freeze "$kill"
kill -KILL "$(pid kill)"
check "SIGKILL ends a frozen container" "$(code kill)" 137
check "which its peer sees as a crash" "$(code mourner)$(logged mourner 'kill crashed' && echo ' crashed')" "3 crashed"
