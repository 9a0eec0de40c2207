# The limit of processes: fork fails with EAGAIN.
. /guest/pod.sh
refused() { test "$(sed -n 's/^max //p' "$1/pids.events")" -gt 0; }

full=$(group full pids.max=1)
container peer DEATH_DEPS=main:failed -- worker 5
await_log peer READY
container main --group "$full" -- true
check "no process for the command" "$(code main)" 70
check_true "the kernel has refused a process" refused "$full"
check_true "the reason is logged" logged main "Resource temporarily unavailable"
check "the death is in the tombstone, without a birth" "$(stone main ExitCode) $(stone main Born)" "70 "
check "a peer sees it as a failure" "$(code peer)" 5

tight=$(group tight pids.max=2)
container probed --group "$tight" READY_EXEC='/bin/true' READY_PERIOD=50ms -- sh -c 'echo READY; exec sleep 1000'
await_log probed READY
await "the kernel has refused a probe" refused "$tight"
check "a probe that cannot start is no success" "$(is_ready probed && echo ready)" ""
echo 8 >"$tight/pids.max"
await "the probe is tried again" is_ready probed
kill -TERM "$(pid probed)"
check "the container has lost nothing" "$(code probed) $(stone probed ExitCode)" "143 143"
