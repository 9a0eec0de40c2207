"""State: the one struct that all steps share, the events that wait in it, and what any step may set.

A step posts what it found; the loop alone takes events out of the queue and lets the table decide.
Functions call the struct sv.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    MAX_EVENTS = 8              # pending at once; one step posts two at most

ctypedef struct event_t:
    int kind                    # EVENT_*
    int value                   # the dependency's index, an exit code or a signal, as the kind needs

ctypedef struct events_t:
    int count
    event_t list[MAX_EVENTS]    # the oldest first

ctypedef struct supervisor_t:
    log_t log
    signals_t signals
    graveyard_t graveyard
    int fifo_fd                     # what holds our name: the read end of our FIFO, or a name socket; -1: none
    bint alone                      # no graveyard for us: another supervisor has our name, or there is no pod
    birth_t birth
    rebirth_t rebirth
    relations_t relations
    command_t command
    readiness_t readiness
    limits_t limits
    watcher_t watcher
    quit_t quit
    life_t life
    char reason[REASON_BYTES]       # why the command is stopped or was not started, empty: by itself
    char waits_for[WAITS_BYTES]     # of the tombstone
    char probe[PROBE_BYTES]
    char probe_error[PROBE_BYTES + FAILURE_BYTES]
    # The event loop:
    int phase
    events_t events                 # found, and not decided yet
    kernel.signalfd_siginfo signal  # the one that is handled
    long long deadline_ns           # of the phase, monotonic
    bint overslept                  # the deadline was missed by far and was moved once
    long long poll_at_ns            # next backstop look at the graveyard
    long long unseen_at_ns          # when to report dependencies that never appeared
    long long rewrite_at_ns         # when to write the tombstone again, NEVER_NS: it is up to date
    long long rewrite_pause_ns      # the pause after a failure, 0: the last write did not fail
    long long written_ns            # when it was last written
    long long kill_at_ns            # end of the grace period, NEVER_NS: none runs
    int dead_index                  # of the dependency whose death ends us, -1: none
    int dead_code                   # its exit code at that death: it may be born, and die, again
    kernel.signalfd_siginfo deferred    # waits for other containers (KUBEXIT_TERM_AFTER), ssi_signo 0: none
    long long deferred_until_ns     # KUBEXIT_TERM_DELAY is over for it
    bint deferred_for_others        # it waits, or waited, for a container of KUBEXIT_TERM_AFTER
    kernel.signalfd_siginfo asked   # the last request to stop from outside that the command got, ssi_signo 0: none
    long long asked_at_ns           # when that was
    kernel.signalfd_siginfo forwarded   # the last other signal from outside that it got, ssi_signo 0: none
    bint ended_from_outside         # one of them ended the command
    bint stopped_by_us              # our stop signal came first, and the command got it
    bint asked_to_stop              # the command got a request to stop from outside
    int code_row                    # the setting that replaced the command's exit code, -1: none did
    bint children_changed           # a child may have ended that was not collected yet
    bint no_children                # the last waitpid found no child
    int wait_error                  # why the last waitpid failed, although a child is there; 0: it did not
    int wait_failures               # how often in a row
    int job_control                 # JOB_*
    bint start_released             # the memory that only the start needed was let go
    # The end:
    int command_code                # how the command ended
    bint end_logged                 # and that was logged
    bint death_written              # the tombstone has our death
    # Last, as its large fields are last in it: what each life uses lies on few pages.
    settings_t settings


cdef void state_begin(supervisor_t *sv) noexcept nogil:
    """Set up what is not a part with its own beginning. The struct is large: clearing all of it would cost pages."""
    rebirth_begin(&sv.rebirth)
    state_begin_wait(sv)
    state_begin_life(sv)
    sv.fifo_fd = -1
    sv.alone = False
    sv.quit.count = 0
    sv.reason[0] = 0
    sv.phase = PHASE_BIRTH
    sv.events.count = 0
    sv.deadline_ns = NEVER_NS
    sv.overslept = False
    sv.poll_at_ns = NEVER_NS
    sv.unseen_at_ns = NEVER_NS
    sv.rewrite_at_ns = NEVER_NS
    sv.rewrite_pause_ns = 0
    sv.written_ns = 0
    sv.kill_at_ns = NEVER_NS
    sv.dead_index = -1
    sv.dead_code = 0
    sv.deferred.ssi_signo = 0
    sv.deferred_for_others = False
    sv.asked.ssi_signo = 0
    sv.forwarded.ssi_signo = 0
    sv.ended_from_outside = False
    sv.stopped_by_us = False
    sv.asked_to_stop = False
    sv.code_row = -1
    sv.children_changed = False
    sv.no_children = False
    sv.wait_error = 0
    sv.wait_failures = 0
    sv.job_control = JOB_NONE
    sv.command_code = 0
    sv.end_logged = False
    sv.death_written = False


cdef void state_begin_wait(supervisor_t *sv) noexcept nogil:
    """Set up what the tombstone says about a wait and a probe, what is known about relations, and that the start is
    not over."""
    sv.start_released = False
    sv.waits_for[0] = 0
    sv.probe[0] = 0
    sv.probe_error[0] = 0
    sv.life.waits_for = sv.waits_for
    sv.life.probe = sv.probe
    sv.life.probe_error = sv.probe_error
    sv.relations.due_ns = NEVER_NS
    sv.relations.found = False
    sv.relations.told = False
    sv.relations.reports = 0


cdef void state_begin_life(supervisor_t *sv) noexcept nogil:
    """Set up what limits the life of the command, and the watcher of deaths in the Kubernetes API."""
    sv.watcher.pid = 0
    sv.watcher.descriptor = -1
    sv.watcher.reported = False
    sv.watcher.blind = False
    sv.watcher.finished = False
    sv.watcher.warned = False
    sv.watcher.restart_ns = NEVER_NS
    sv.watcher.backoff_ns = 50 * MILLISECOND_NS
    sv.limits.timeout_at_ns = NEVER_NS
    sv.limits.ready_by_ns = NEVER_NS
    sv.limits.row = -1
    sv.limits.overslept = False


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


cdef void stop_watching(supervisor_t *sv) noexcept nogil:
    """Close what reports on dependencies: none of them matters any longer."""
    watch_end(&sv.graveyard)    # not muted before: a child that closes its copy would end our watch
    stop_hearing(sv)


cdef void stop_hearing(supervisor_t *sv) noexcept nogil:
    """Let nothing report on dependencies any longer, as quickly as possible."""
    cdef int index
    watch_mute(&sv.graveyard)
    sv.poll_at_ns = NEVER_NS
    sv.unseen_at_ns = NEVER_NS
    for index in range(sv.settings.deps.count):
        if sv.settings.deps.list[index].fifo_fd >= 0:
            kernel.close(sv.settings.deps.list[index].fifo_fd)
            sv.settings.deps.list[index].fifo_fd = -1
