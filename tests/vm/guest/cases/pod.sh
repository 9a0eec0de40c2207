# Three containers, each PID 1: one starts when another is ready, they end together, in an order.
. /guest/pod.sh
container main BIRTH_DEPS=proxy -- sh -c 'echo WORK; until [ -e /run/pod/go ]; do usleep 20000; done; exit 3'
await "main waits for proxy" waits main
container proxy SIDECAR_OF=main READY_FILE=/run/pod/ready -- sh -c 'sleep 1; : >/run/pod/ready; exec worker 0'
container shipper SIDECAR_OF=main TERM_AFTER=main,proxy -- worker 143
await_log main WORK
check_true "proxy was ready before main was born" is_ready proxy
await_log proxy READY
await_log shipper READY
: >/run/pod/go
check "main exits with its code" "$(code main)" 3
check "proxy is stopped by main's death" "$(code proxy)" 0
check "shipper is stopped by main's death" "$(code shipper)" 0
check "main's tombstone" "$(stone main ExitCode)" 3
check "shipper's tombstone has both codes" "$(stone shipper ExitCode) $(stone shipper CommandExitCode)" "0 143"
check "only tombstones are left" "$(ls -A "$grave" | tr '\n' ' ')" "main proxy shipper "
