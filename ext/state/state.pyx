"""State: the one struct that all steps share, the events that wait in it, and what any step may set.

A step posts what it found; the loop alone takes events out of the queue and lets the table decide.
Functions call the struct sv.
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

cdef enum:                      # what a terminal that stops the command means for us
    JOB_NONE = 0                # nothing: no terminal, or one that cannot stop it
    JOB_OF_SHELL                # we are a job of a shell, and are stopped with it
    JOB_WITHOUT_SHELL           # only we can continue it

ctypedef struct event_t:
    int kind                    # EVENT_*
    int value                   # the dependency's index, an exit code or a signal, as the kind needs

ctypedef struct events_t:
    int count
    event_t list[MAX_EVENTS]    # the oldest first

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
    bint waiter_satisfied       # its verdict was 0, or it has nothing to ask
    bint ask_again              # it was satisfied before the graveyard's conditions were met
    bint urls_ready             # all URLs have answered; true without URLs
    bint proxy_absent           # at the deadline only the mesh's proxy was missing
    bint proxy_answers          # it exists, but answered something else than 2xx
    int words_fd                # read end of the pipe for the waiter's reason, -1: none
    char words[REASON_BYTES]    # the reason that it gave, empty: none
    long long restart_ns        # when a child that was lost starts again, NEVER_NS: none is
    long long backoff_ns        # the pause before the next restart

ctypedef struct readiness_t:
    int kind                    # READY_NONE: no probe, or it has succeeded
    int descriptor              # the notify socket, or a connection under way; -1: none
    short events                # what poll waits for on it
    bint second_address         # no other address is left for this probe
    bint warned                 # a failure of the probe was logged
    bint notified               # READY=1 came; later messages change nothing
    kernel.pid_t pid            # of a probe that is a process, 0: none
    long long start_ns          # wall time that a file must be newer than
    long long started_ns        # when the process was started
    long long next_ns           # when the next probe is due, NEVER_NS: none

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
    int fifo_fd                     # what holds our name: the read end of our FIFO, or a name socket; -1: none
    bint name_in_use                # another supervisor has our name: no graveyard for us
    birth_t birth
    command_t command
    readiness_t readiness
    quit_t quit
    life_t life
    char reason[REASON_BYTES]       # why the command is stopped or was not started, empty: by itself
    # The event loop:
    int phase
    events_t events                 # found, and not decided yet
    kernel.signalfd_siginfo signal  # the one that is handled
    long long deadline_ns           # of the phase, monotonic
    bint overslept                  # the deadline was missed by far and was moved once
    long long poll_at_ns            # next backstop look at the graveyard
    long long unseen_at_ns          # when to report dependencies that never appeared
    long long rewrite_at_ns         # when to write the tombstone again, NEVER_NS: it is up to date
    long long rewrite_pause_ns      # the pause before that
    long long kill_at_ns            # end of the grace period, NEVER_NS: none runs
    int dead_index                  # of the dependency whose death ends us, -1: none
    int dead_code                   # its exit code at that death: it may be born, and die, again
    kernel.signalfd_siginfo deferred    # waits for other containers (KUBEXIT_TERM_AFTER), ssi_signo 0: none
    bint stopped_by_us              # our stop signal came first, and the command got it
    bint children_changed           # a child may have ended that was not collected yet
    bint no_children                # the last waitpid found no child
    int job_control                 # JOB_*
    # The end:
    int command_code                # how the command ended
    bint end_logged                 # and that was logged
    bint death_written              # the tombstone has our death


cdef void state_begin(supervisor_t *sv) noexcept nogil:
    """Set up what is not a part with its own beginning. The struct is large: clearing all of it would cost pages."""
    sv.fifo_fd = -1
    sv.name_in_use = False
    sv.quit.count = 0
    sv.reason[0] = 0
    sv.phase = PHASE_BIRTH
    sv.events.count = 0
    sv.deadline_ns = NEVER_NS
    sv.overslept = False
    sv.poll_at_ns = NEVER_NS
    sv.unseen_at_ns = NEVER_NS
    sv.rewrite_at_ns = NEVER_NS
    sv.kill_at_ns = NEVER_NS
    sv.dead_index = -1
    sv.dead_code = 0
    sv.deferred.ssi_signo = 0
    sv.stopped_by_us = False
    sv.children_changed = False
    sv.no_children = False
    sv.job_control = JOB_NONE
    sv.command_code = 0
    sv.end_logged = False
    sv.death_written = False


cdef void event_post(supervisor_t *sv, int kind, int value) noexcept nogil:
    """Queue an event for the loop to decide on. For steps, which cannot call the loop; the loop itself
    has event_raise."""
    if sv.events.count == MAX_EVENTS:
        log_error(&sv.log, b"event %s is lost: too many are pending", EVENT_NAMES[kind])
        return
    sv.events.list[sv.events.count].kind = kind
    sv.events.list[sv.events.count].value = value
    sv.events.count += 1


cdef bint event_take(supervisor_t *sv, event_t *event) noexcept nogil:
    """Take the oldest event out of the queue; False if the queue is empty."""
    if sv.events.count == 0:
        return False
    event[0] = sv.events.list[0]
    sv.events.count -= 1
    cstd.memmove(&sv.events.list[0], &sv.events.list[1], <size_t>sv.events.count * sizeof(event_t))
    return True


cdef void phase_arm(supervisor_t *sv, long long length_ns) noexcept nogil:
    """Let the phase end after this time."""
    sv.deadline_ns = clock_add_ns(clock_monotonic_ns(), length_ns)
    sv.overslept = False


cdef void phase_arm_grace(supervisor_t *sv) noexcept nogil:
    """Begin the grace period."""
    phase_arm(sv, sv.settings.grace_ns)
    sv.kill_at_ns = sv.deadline_ns


cdef void explain_death(supervisor_t *sv) noexcept nogil:
    """Compose the reason: which dependency died, and how."""
    cdef const dependency_t *dep = &sv.settings.deps.list[sv.dead_index]
    cdef char state[64]
    dependency_describe(dep, state, sizeof(state))
    cstd.snprintf(sv.reason, REASON_BYTES, b"dependency %s %s", dep.name, state)


cdef void stop_watching(supervisor_t *sv) noexcept nogil:
    """Close what reports on dependencies: none of them matters any longer."""
    cdef int index
    watch_end(&sv.graveyard)
    sv.poll_at_ns = NEVER_NS
    sv.unseen_at_ns = NEVER_NS
    for index in range(sv.settings.deps.count):
        if sv.settings.deps.list[index].fifo_fd >= 0:
            kernel.close(sv.settings.deps.list[index].fifo_fd)
            sv.settings.deps.list[index].fifo_fd = -1
