"""State: the one struct that all steps share, the events that wait in it, and what any step may set.

A step posts what it found; the loop alone takes events out of the queue and lets the table decide.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef extern from "kubexit.h" nogil:
    ctypedef struct waiter_t:
        const char *const *argv
        int (*entry)(int argc, char **argv) noexcept nogil

cdef enum:
    REASON_BYTES = 512
    NOTIFY_ENTRY_BYTES = 160    # "NOTIFY_SOCKET=@…"
    MAX_EVENTS = 8              # pending at once; one step posts two at most

ctypedef struct event_t:
    int kind                    # EVENT_*
    int value                   # EVENT_DEPENDENCY_DIED: the index of the dependency

ctypedef struct events_t:
    int count
    event_t list[MAX_EVENTS]    # the oldest first

ctypedef struct command_t:
    char **argv
    char **environment
    kernel.pid_t pid            # 0: not started yet, or collected already
    bint started
    bint own_group              # KUBEXIT_SIGNAL_GROUP
    bint terminal               # our group is the foreground of the terminal on stdin
    kernel.mode_t umask         # as it came in; ours is 0
    int error                   # why it could not be executed
    char notify[NOTIFY_ENTRY_BYTES]

ctypedef struct birth_t:
    const waiter_t *waiter
    kernel.pid_t pid                    # of the waiter, 0: none
    bint api_ready                      # its verdict was 0, or nothing is asked
    kernel.pid_t probe_pid              # of the child that asks URLs, 0: none
    bint urls_ready                     # they have answered, or there are none
    bint proxy_absent                   # at the deadline nothing but the mesh's proxy was missing
    bint proxy_answers                  # it is there, but said something else than 2xx
    bint ask_again                      # ready once, before the graveyard's conditions were met
    int failure                         # the exit code of a birth that failed
    long long restart_ns                # when a waiter that was killed starts again, NEVER_NS: not
    long long backoff_ns

ctypedef struct ready_t:
    int kind                    # READY_NONE: no probe, or it has succeeded
    int descriptor              # the notify socket, or a connection under way; -1: none
    short events                # what poll waits for on it
    long long next_ns           # of the next probe, NEVER_NS: none
    bint second_address         # no other address is left for this probe
    long long start_ns          # wall time that a file has to be newer than
    kernel.pid_t pid            # of a probe that is a process, 0: none
    long long started_ns        # when that was started
    bint warned                 # that it cannot be executed was said

ctypedef struct request_t:
    kernel.pid_t pid
    const url_t *url            # NULL: the waiter, which has several

ctypedef struct quit_t:
    int count
    request_t running[MAX_URLS + 1]

ctypedef struct supervisor_t:
    log_t log
    signals_t signals
    settings_t settings
    graveyard_t graveyard
    int alive                       # read end of our FIFO, -1: none
    bint outside                    # a living supervisor has our name: no graveyard for us
    birth_t birth
    command_t command
    ready_t ready
    quit_t quit
    life_t life
    bint carved                     # its death is on the tombstone
    # The event loop:
    int phase
    events_t events                 # that wait for a decision
    long long deadline_ns           # of the phase, monotonic
    bint overslept                  # the deadline was missed by far and has been moved once
    long long poll_at_ns            # next backstop look at the graveyard
    long long unseen_at_ns          # when to speak of dependencies that never appeared
    kernel.signalfd_siginfo signal  # the one being handled
    int dead                        # index of the dependency that ended us, -1: none
    bint stopped_by_us              # our stop signal came first
    int held                        # a signal that waits for others (KUBEXIT_TERM_AFTER)
    long long kill_at_ns            # end of the grace period, NEVER_NS: none runs
    int command_code                # how the command ended
    bint told                       # and that was logged
    bint alone                      # the last waitpid said that no child is left
    bint job_control                # we are a job of a shell
    char reason[REASON_BYTES]


cdef void event_post(supervisor_t *kx, int kind, int value) noexcept nogil:
    """Queue an event for the loop to decide on."""
    if kx.events.count == MAX_EVENTS:
        log_error(&kx.log, b"event %s is lost: too many are pending", event_name(kind))
        return
    kx.events.list[kx.events.count].kind = kind
    kx.events.list[kx.events.count].value = value
    kx.events.count += 1


cdef bint event_take(supervisor_t *kx, event_t *event) noexcept nogil:
    """Take the oldest event out of the queue; False if there is none."""
    if kx.events.count == 0:
        return False
    event[0] = kx.events.list[0]
    kx.events.count -= 1
    cstd.memmove(&kx.events.list[0], &kx.events.list[1], <size_t>kx.events.count * sizeof(event_t))
    return True


cdef void phase_arm(supervisor_t *kx, long long length_ns) noexcept nogil:
    """The phase has so much time from now on."""
    kx.deadline_ns = clock_add_ns(clock_monotonic_ns(), length_ns)
    kx.overslept = False


cdef void phase_arm_grace(supervisor_t *kx) noexcept nogil:
    """The grace period begins."""
    phase_arm(kx, kx.settings.grace_ns)
    kx.kill_at_ns = kx.deadline_ns


cdef void explain_death(supervisor_t *kx) noexcept nogil:
    """The reason, in words: which dependency died, and how."""
    cdef char state[64]
    dependency_describe(&kx.settings.deps.list[kx.dead], state, sizeof(state))
    cstd.snprintf(kx.reason, REASON_BYTES, b"dependency %s %s", kx.settings.deps.list[kx.dead].name, state)


cdef void stop_watching(supervisor_t *kx) noexcept nogil:
    """Nothing is awaited of anybody any more: free the descriptors."""
    cdef int index
    watch_end(&kx.graveyard)
    kx.poll_at_ns = NEVER_NS
    kx.unseen_at_ns = NEVER_NS
    for index in range(kx.settings.deps.count):
        if kx.settings.deps.list[index].alive >= 0:
            kernel.close(kx.settings.deps.list[index].alive)
            kx.settings.deps.list[index].alive = -1
