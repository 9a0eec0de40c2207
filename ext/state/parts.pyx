"""Parts of the state: one struct for each thing that several steps work on."""
from libc.stddef cimport size_t
cimport kernel

cdef extern from "kubexit.h" nogil:
    ctypedef struct waiter_t:
        const char *const *argv
        int (*entry)(int argc, char **argv) noexcept nogil

cdef enum:
    REASON_BYTES = 512
    NOTIFY_ENTRY_BYTES = 160    # "NOTIFY_SOCKET=@…"
    WAITS_BYTES = 1024          # of WaitsFor; names that do not fit are left out
    PROBE_BYTES = 200           # of a probe in words
    SENDER_BYTES = 64           # of a signal and its sender
    FAILURE_BYTES = 80          # of why it failed

cdef enum:                      # what a terminal that stops the command means for us
    JOB_NONE = 0                # nothing: no terminal, or one that cannot stop it
    JOB_OF_SHELL                # we are a job of a shell, and are stopped with it
    JOB_WITHOUT_SHELL           # only we can continue it

ctypedef struct command_t:
    char **argv
    char **environment
    kernel.pid_t pid            # 0: not started yet, or collected already
    bint started
    bint own_group              # KUBEXIT_SIGNAL_GROUP
    bint terminal               # its group is the foreground of the terminal on stdin
    bint stopped                # the reaper collected that it was stopped, and nothing continued it since
    kernel.mode_t umask         # as it came in; ours is 0
    int error                   # why it could not be executed
    char notify[NOTIFY_ENTRY_BYTES]

ctypedef struct birth_t:
    const waiter_t *waiter
    kernel.pid_t waiter_pid     # 0: none
    kernel.pid_t probe_pid      # of the child that asks URLs, 0: none
    bint waits                  # the wait has begun and is not over
    bint waiter_satisfied       # its verdict was 0, or it has nothing to ask
    bint ask_again              # it was satisfied before the graveyard's conditions were met
    bint urls_ready             # all URLs have answered; true without URLs
    bint timed                  # the birth timeout runs
    bint waived                 # it is over, and the command starts without what is missing
    bint proxy_absent           # at the deadline only the mesh's proxy was missing
    bint proxy_answers          # it exists, but answered something else than 2xx
    int words_fd                # read end of the pipe for the waiter's reason, -1: none
    char words[REASON_BYTES]    # the reason that it or the watcher gave at its end, empty: none
    long long restart_ns        # when a child that was lost starts again, NEVER_NS: none is
    long long backoff_ns        # the pause before the next restart

ctypedef struct relations_t:    # during the wait for birth (steps/relations.pyx)
    long long due_ns            # when to look at them, NEVER_NS: nothing is new
    bint found                  # the last look found what can never be met, and the next one decides
    bint told                   # a cycle that resolves itself, or a missing probe, was logged
    int reports                 # of what is still missing, so far

ctypedef struct readiness_t:
    int kind                    # READY_NONE: no probe, or it has succeeded
    int descriptor              # the notify socket, or a connection under way; -1: none
    short events                # what poll waits for on it
    bint second_address         # no other address is left for this probe
    bint warned                 # a failure of the probe was logged
    bint late                   # the probe that is a process took too long
    bint changed                # failure is not as in the tombstone
    char failure[FAILURE_BYTES]     # why the last probe failed, empty: it did not
    int status_fd               # in the child that asks: write end of a pipe for what its requests met, -1: none
    bint notified               # READY=1 came; later messages change nothing
    kernel.pid_t pid            # of a probe that is a process, 0: none
    long long start_ns          # wall time that a file must be newer than
    long long started_ns        # when the process was started
    long long next_ns           # when the next probe is due, NEVER_NS: none

cdef enum:
    WATCHER_LINE_BYTES = NAME_BYTES + 32

ctypedef struct watcher_t:      # of death dependencies in the Kubernetes API
    kernel.pid_t pid            # 0: none
    int descriptor              # of its lines, -1: none
    bint reported               # it has reported all names once
    bint blind                  # since then it has lost sight of the pod: what it reported may have changed
    bint finished               # it is not needed any longer
    bint warned                 # that it ended was logged
    long long restart_ns        # when it starts again, NEVER_NS: it need not
    long long backoff_ns        # the pause before the next restart
    size_t length               # of the line so far
    char line[WATCHER_LINE_BYTES]       # at the end the reason that it gave, behind a "!"

ctypedef struct limits_t:       # of the command's time (steps/limits.pyx), monotonic; NEVER_NS: none
    long long timeout_at_ns     # KUBEXIT_TIMEOUT is over
    long long ready_by_ns       # KUBEXIT_READY_TIMEOUT is over
    int row                     # of the setting whose time was over, -1: none was
    bint overslept              # a limit was missed by far and was moved once

cdef enum:                      # what a process of the quit requests does
    REQUEST_URL                 # asks a URL
    REQUEST_WAITER              # asks several that need the waiter
    REQUEST_PROCESSES           # waits for the end of processes that have SIGTERM

cdef enum:
    MAX_QUIT_PIDS = 64          # processes whose end is awaited

ctypedef struct quit_pids_t:
    int count
    kernel.pid_t list[MAX_QUIT_PIDS]

ctypedef struct request_t:
    kernel.pid_t pid
    int kind                    # REQUEST_*
    const url_t *url            # of REQUEST_URL

ctypedef struct quit_t:
    int round                   # that is asked, from 0 on
    long long end_ns            # of all rounds, monotonic
    int count
    request_t running[MAX_URLS + 1]     # one for each URL at most, and one for processes
