# The kernel kills a container that is out of memory: as one group, as Kubernetes has it since 1.28, or one process.
. /guest/pod.sh
hungry='echo READY; until [ -e /run/oom/go ]; do usleep 20000; done; x=xxxxxxxx; while :; do x=$x$x; done'
whole=$(group whole memory.max=24M memory.oom.group=1)
container main --group "$whole" -- sh -c "$hungry"
container peer DEATH_DEPS=main EXIT_CODE_ON_STOP=dependency -- worker 0
container failed DEATH_DEPS=main:failed -- worker 5
for name in main peer failed; do await_log "$name" READY; done
: >/run/oom/go
check "the group is killed with its PID 1" "$(code main)" 137
check "by the kernel's OOM killer" "$(sed -n 's/^oom_kill //p' "$whole/memory.events" | grep -vx 0 | wc -l)" 1
check "no death was written" "$(stone main Died)" ""
check_true "a birth was" born main
check "the peer sees the crash" "$(code peer)" 137
check_true "and calls it a crash" logged peer "main crashed"
check "the peer's tombstone" "$(stone peer ExitCode)" 137
check "a crash is a failure" "$(code failed)" 5
rm /run/oom/go
one=$(group one memory.max=24M memory.oom.group=0)
container alone --group "$one" -- sh -c "$hungry"
container beside DEATH_DEPS=alone -- worker 6
await_log alone READY
await_log beside READY
: >/run/oom/go
check "the command alone is killed: kubexit exits with 137" "$(code alone)" 137
check "and writes the death" "$(stone alone ExitCode)" 137
check "which the peer sees as a death" "$(code beside)" 6
check "and not as a crash" "$(grep -c crashed "$here/beside.log")" 0
