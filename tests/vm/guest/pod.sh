# A pod: containers with one graveyard, each PID 1 of a namespace. A case waits for facts.
# shellcheck shell=sh
. /guest/report.sh
here=/run/$CASE
grave=$here/graveyard
mkdir -p "$grave"

container() { # NAME [--group DIR] [--ahead SECONDS] [SETTING=VALUE…] -- COMMAND… — settings without KUBEXIT_
    name=$1 options='' settings=''
    shift
    while [ "$1" != -- ]; do
        case $1 in
        --*) options="$options $1 $2"; shift ;;
        *) settings="$settings KUBEXIT_$1" ;;
        esac
        shift
    done
    shift
    rm -f "$here/$name.pid" "$here/$name.exit"
    # shellcheck disable=SC2086 -- lists of words are meant
    contain $options "$here/$name" env -i PATH=/bin KUBEXIT_NAME="$name" KUBEXIT_GRAVEYARD="$grave" \
        KUBEXIT_BIRTH_SOURCE=graveyard $settings kubexit -- "$@" >>"$here/$name.log" 2>&1 3>&- &
    await "$name has a pid" test -s "$here/$name.pid"
}

await() { # WHAT COMMAND… — until it succeeds; a case that waits in vain ends with what it waited for
    what=$1 turns=0
    shift
    until "$@" 2>/dev/null; do
        turns=$((turns + 1))
        [ $turns -lt 600 ] || { bad "waited in vain: $what"; exit 1; }
        usleep 50000
    done
}

pid() { cat "$here/$1.pid"; }
ended() { test -s "$here/$1.exit"; }
code() { await "$1 exits" ended "$1"; cat "$here/$1.exit"; }
logged() { grep -q -e "$2" "$here/$1.log"; }
await_log() { await "$1 logs: $2" logged "$1" "$2"; }
waits() { test -n "$(stone "$1" WaitsFor)"; }
is_ready() { test -n "$(stone "$1" Ready)"; }
stone() { sed -n "s/^$2: *//p" "$grave/$1" 2>/dev/null | tr -d '"'; }
born() { test -n "$(stone "$1" Born)"; }
await_born() { await "$1 is born" born "$1"; }
carve() { # NAME LINE… — a tombstone of a container that is not here
    name=$1
    shift
    printf '%s\n' "$@" >"$grave/.$name.new"
    mv "$grave/.$name.new" "$grave/$name"
}

sleeps() { sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' "/proc/$(pid "$1")/status"; }
slept_since() { test "$(sleeps "$1")" -ge "$2"; }
await_looks() { # NAME — kubexit has slept and looked several times since now
    await "$1 looks again" slept_since "$1" $(($(sleeps "$1") + 4))
}

hundredths() { uptime_now | tr -d .; }
since() { # HUNDREDTHS — how long ago that was
    echo $(($(hundredths) - $1))
}

group() { # NAME [FILE=VALUE…] — a control group; prints its folder
    folder=/sys/fs/cgroup/$CASE-$1
    shift
    mkdir -p "$folder"
    for value; do echo "${value#*=}" >"$folder/${value%%=*}"; done
    echo "$folder"
}
