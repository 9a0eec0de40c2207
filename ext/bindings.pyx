"""The Python door: run(), and windows through which tests and docs look at the native parts."""
cimport cstd
cimport kernel


def run(argv, waiter):
    """Supervise the command in argv (bytes; argv[0] is kubexit's own name).

    waiter is the argv of the readiness waiter. Returns the exit code.
    """
    cdef list arguments = [bytes(word) for word in argv]
    cdef list waiter_words = [bytes(word) for word in waiter]
    cdef char **c_argv = c_strings(arguments)
    cdef waiter_t description
    cdef int argc = len(arguments)
    cdef int code
    description = waiter_t(<const char **>c_strings(waiter_words), NULL)
    restore_dispositions()
    with nogil:
        code = kubexit_run(argc, c_argv, &description)
    return code


cdef void restore_dispositions() noexcept:
    """Undo what Python changes, since the command inherits it: PIPE and XFSZ are ignored, INT is handled.

    An INT that was ignored on entry (nohup, a background job) Python leaves alone, and so do we.
    """
    cdef kernel.sigaction_s standard
    cdef kernel.sigaction_s interrupt
    cstd.memset(&standard, 0, sizeof(standard))
    standard.sa_handler = kernel.SIG_DFL
    kernel.sigaction(kernel.SIGPIPE, &standard, NULL)
    kernel.sigaction(kernel.SIGXFSZ, &standard, NULL)
    kernel.sigaction(kernel.SIGINT, NULL, &interrupt)
    if interrupt.sa_handler != kernel.SIG_IGN:
        kernel.sigaction(kernel.SIGINT, &standard, NULL)


def duration_parse(bytes text not None):
    """Nanoseconds of a duration; ValueError says what is wrong."""
    cdef long long ns = 0
    cdef int problem = duration_read(text, &ns)
    if problem != DURATION_OK:
        raise ValueError((<bytes>duration_problem(problem)).decode())
    return ns


def cgroups_of_one_pod(bytes ours not None, bytes theirs not None):
    """Whether two texts of /proc/PID/cgroup show processes of one pod."""
    return bool(cgroups_are_of_one_pod(ours, theirs))


def exit_codes():
    """Return the rows of the table of exit codes."""
    return [{"code": EXIT_CODES[row].code, "name": (<bytes>EXIT_CODES[row].name).decode(),
             "meaning": (<bytes>EXIT_CODES[row].meaning).decode()} for row in range(EXIT_CODE_COUNT)]


PHASES = {(<bytes>PHASE_NAMES[row]).decode(): (<bytes>PHASE_MEANINGS[row]).decode() for row in range(PHASE_COUNT)}
EVENTS = {(<bytes>EVENT_NAMES[row]).decode(): (<bytes>EVENT_MEANINGS[row]).decode() for row in range(EVENT_COUNT)}
ACTIONS = {(<bytes>ACTION_NAMES[row]).decode(): (<bytes>ACTION_MEANINGS[row]).decode() for row in range(ACTION_COUNT)}


def transitions():
    """The rows of the transition table by (phase, event): (next phase, action)."""
    phases, events, actions = list(PHASES), list(EVENTS), list(ACTIONS)
    return {(phases[row], events[column]): (phases[OUTCOMES[row][column].phase], actions[OUTCOMES[row][column].action])
            for row in range(PHASE_COUNT) for column in range(EVENT_COUNT) if OUTCOMES[row][column].listed}


def transition(phase, event):
    """(phase, action) that follow when this event meets this phase, by name; ValueError if there is no such name."""
    cdef outcome_t outcome = transition_decide(list(PHASES).index(phase), list(EVENTS).index(event))
    return list(PHASES)[outcome.phase], list(ACTIONS)[outcome.action]
