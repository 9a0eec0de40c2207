# Lines for the host, on the console. A line is one write; a line of the kernel can come between two of them.
# shellcheck shell=sh
say() { # VERB WORDS… — to the console, also where the output of a function is read
    printf '\n@@ %s\n' "$*" >&3
}

uptime_now() { # seconds since the boot, by a clock that cannot be set
    cut -d' ' -f1 </proc/uptime
}

check() { # WHAT FOUND EXPECTED — one assertion
    if [ "$2" = "$3" ]; then
        say ok "$CASE" "$1"
    else
        bad "$1: found '$2', expected '$3'"
    fi
}

check_true() { # WHAT COMMAND… — the same for a command that must succeed
    what=$1
    shift
    if "$@"; then
        say ok "$CASE" "$what"
    else
        bad "$what: not so: $*"
    fi
}

bad() { # WHAT — a failed assertion
    say bad "$CASE" "$1"
    : >"/run/$CASE/bad"
}

logs() { # FOLDER — everything that helps to see why a case failed
    for file in "$1"/*.log "$1"/*.exit "$1"/graveyard/*; do
        [ ! -f "$file" ] || { echo "--- $file"; cat "$file"; }
    done
}
