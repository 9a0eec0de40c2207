# How a command starts: by vfork, in which the child shares the memory of its parent until it executes the command.
. /guest/pod.sh
for number in 0 1 255; do
    container "exit-$number" -- sh -c "exit $number"
    check "exit code $number" "$(code "exit-$number") $(stone "exit-$number" ExitCode)" "$number $number"
done
container missing -- /no/such/program
check "a command that is missing" "$(code missing) $(stone missing ExitCode)" "127 127"
check_true "the reason is logged by the parent" logged missing "No such file"
: >/run/codes/data
container data -- /run/codes/data
check "a file that is no program" "$(code data) $(stone data ExitCode)" "126 126"
container killed -- sh -c 'kill -USR1 $$'
check "a command that a signal ends" "$(code killed) $(stone killed ExitCode)" "138 138"
container grouped SIGNAL_GROUP=true -- worker 9
await_log grouped READY
kill -TERM "$(pid grouped)"
check "SIGTERM reaches the command's own group" "$(code grouped)" 9
