# .ci/steps.sh — the steps of a run and their time. Sourced by .ci/run, and by the test of these rules.
# CI_SECONDS: what the whole run may take (4,500). A step starts only if its usual time is left, and is stopped when all
# time is over; a step that did not start is named in the last lines. CI_COMPLETE=true: that counts as a failure.
limit=${CI_SECONDS:-4500}
failed=() skipped=() elsewhere=()

step() { # SECONDS HEADING COMMAND… — SECONDS is what the step takes on two cores with nothing cached
    local needs=$1 heading=$2 start=$SECONDS result=done
    shift 2
    if [ $((SECONDS + needs)) -gt "$limit" ]; then
        printf '\n=== SKIPPED: %s: it needs %ss, and %ss are over\n' "$heading" "$needs" "$SECONDS"
        skipped+=("$heading")
        return 1
    fi
    printf '\n=== %s\n' "$heading"
    within "$@" || { result=FAILED; failed+=("$heading"); }
    printf '=== %s: %s, %ss\n' "$result" "$heading" "$((SECONDS - start))"
    [ $result = done ]
}

step_on() { # MACHINE SECONDS HEADING COMMAND… — a step that only a machine of this kind (uname -m) can do
    if [ "$(uname -m)" = "$1" ]; then
        step "${@:2}"
    else
        printf '\n=== NOT ON THIS MACHINE: %s: it needs %s\n' "$3" "$1"
        elsewhere+=("$3")
    fi
}

need() { # SECONDS HEADING COMMAND… — a step without which no other one makes sense
    step "$@" || { verdict || true; exit 1; }
}

within() { # COMMAND… — until all time is over; functions of this shell cannot be stopped, and are short
    if [ "$(type -t "$1")" = function ]; then
        "$@"
    else
        timeout --kill-after=20 "$((limit > SECONDS ? limit - SECONDS : 1))" "$@"
    fi
}

verdict() { # the last lines; 1 if the run does not count
    if [ ${#elsewhere[@]} -gt 0 ]; then
        printf '\n=== NOT RUN, this is another machine:'
        printf ' [%s]' "${elsewhere[@]}"
        printf '\n'
    fi
    if [ ${#skipped[@]} -gt 0 ]; then
        printf '\n=== NOT RUN, the time was over:'
        printf ' [%s]' "${skipped[@]}"
        printf '\n'
        [ "${CI_COMPLETE:-}" != true ] || failed+=("${skipped[@]}")
    fi
    if [ ${#failed[@]} -gt 0 ]; then
        printf '\n=== failed after %ss:' "$SECONDS"
        printf ' [%s]' "${failed[@]}"
        printf '\n'
        return 1
    fi
    printf '\n=== all passed, %ss\n' "$SECONDS"
}
