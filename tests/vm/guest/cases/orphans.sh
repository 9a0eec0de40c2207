# Processes whose parent has exited belong to PID 1 of the machine, which is kubexit.
. /guest/report.sh
parent() { sed -n 's/^PPid:[^0-9]*//p' "/proc/$1/status" 2>/dev/null; }
dead() { cat /proc/[0-9]*/stat 2>/dev/null | sed 's/.*) //' | awk '$1 == "Z" && $2 == 1' | wc -l; }

check "PID 1 is kubexit" "$(cat /proc/1/comm)" kubexit
(sleep 1000 & echo $! >/run/orphans/pid)
orphan=$(cat /run/orphans/pid)
turns=0
until [ "$(parent "$orphan")" = 1 ] || [ $turns = 200 ]; do turns=$((turns + 1)); usleep 20000; done
check "an orphan is a child of PID 1" "$(parent "$orphan")" 1
kill "$orphan"
count=0
while [ $count -lt 200 ]; do
    (true &)
    count=$((count + 1))
done
turns=0
until [ ! -e "/proc/$orphan" ] && [ "$(dead)" = 0 ] || [ $turns = 200 ]; do turns=$((turns + 1)); usleep 50000; done
check "no dead process is left of 201" "$([ -e "/proc/$orphan" ] && echo orphan) $(dead)" " 0"
