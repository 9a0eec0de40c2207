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


cdef char **c_strings(list words) except NULL:
    """Return bytes as an array that ends with NULL; the list must live as long as the array is used."""
    cdef char **array = <char **>cstd.malloc((len(words) + 1) * sizeof(char *))
    if array == NULL:
        raise MemoryError
    for index, word in enumerate(words):
        array[index] = word
    array[len(words)] = NULL
    return array


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


def tombstone_parse(bytes text not None):
    """Return born, ready, died (text as found, or None) and exit_code of a tombstone; ValueError for another text."""
    cdef tombstone_t tombstone
    if tombstone_read(text, <size_t>len(text), &tombstone) < 0:
        raise ValueError("half-written or no tombstone")
    return {"born": words_text(tombstone.born), "ready": words_text(tombstone.ready),
            "died": words_text(tombstone.died), "exit_code": tombstone.exit_code if tombstone.coded else None}


cdef words_text(words_t words):
    """A value as str; None if it is absent."""
    return words.start[:words.length].decode() if words.start != NULL else None


def tombstone_format(born_ns=None, ready_ns=None, died_ns=None, exit_code=None, command_exit_code=None,
                     killed=False, reason=None):
    """Return the text that kubexit writes for such a life; times in nanoseconds since 1970, None is absent."""
    cdef life_t life
    cdef text_t text
    cdef bytes why = reason if reason is not None else b""
    life_begin(&life)
    life.born_ns = ABSENT if born_ns is None else born_ns
    life.ready_ns = ABSENT if ready_ns is None else ready_ns
    life.died_ns = ABSENT if died_ns is None else died_ns
    life.exit_code = 0 if exit_code is None else exit_code
    life.command_code = ABSENT if command_exit_code is None else command_exit_code
    life.killed = killed
    if reason is not None:
        life.reason = why
    tombstone_write(&text, &life)
    return text.bytes[:text.length]


def settings_read(environ):
    """The settings in an environment (KEY=value as bytes) as a dict; ValueError is the line that kubexit logs."""
    cdef settings_t settings
    cdef list entries = [bytes(entry) for entry in environ]
    cdef char **c_environ = c_strings(entries)
    settings_collect(&settings, c_environ)
    cstd.free(c_environ)
    if settings_parse(&settings) != 0:
        raise ValueError((<bytes>settings.problem).decode(errors="replace"))
    return settings_dict(&settings)


cdef settings_dict(const settings_t *settings):
    """Return each row's field under the name of its variable in lower case, and what follows from them."""
    kinds = {READY_NONE: None, READY_TCP: "tcp", READY_FILE: "file", READY_NOTIFY: "notify",
             READY_HTTP: "http", READY_EXEC: "exec"}
    understood = {(<bytes>SETTINGS[row].name).decode().removeprefix("KUBEXIT_").lower(): setting_object(settings, row)
                  for row in range(SETTING_COUNT)}
    return understood | {
        "graveyard": <bytes>settings.graveyard,
        "birth_urls": urls_list(&settings.birth_urls),
        "quit_urls": urls_list(&settings.quit.urls),
        "asks_api": bool(settings.asks_api),
        "ready": kinds[settings.ready.kind],
        "every_other": bool(settings.deps.every_other),
        "dependencies": [dependency_dict(&settings.deps.list[index]) for index in range(settings.deps.count)],
        "unknown": [(<bytes>settings.unknown[index]).split(b"=")[0] for index in range(settings.unknown_count)],
    }


cdef setting_object(const settings_t *settings, int row):
    """Return the field of a row: durations in nanoseconds, words as str; of a list, the text that is set."""
    cdef int kind = SETTINGS[row].kind
    cdef void *field = setting_field(settings, row)
    cdef const char *word
    if kind == KIND_BOOL:
        return bool((<bint *>field)[0])
    if kind == KIND_DURATION or (kind == KIND_TIMEOUT and (<long long *>field)[0] != NEVER_NS):
        return (<long long *>field)[0]
    if kind == KIND_TIMEOUT:
        return None
    if kind == KIND_SIGNAL or (kind == KIND_CODE and (<int *>field)[0] >= 0):
        return (<int *>field)[0]
    if kind == KIND_WORD or kind == KIND_CODE:
        word = word_of(row, (<int *>field)[0])
        return None if word == NULL else (<bytes>word).decode()
    return <bytes>settings.value[row]


cdef dependency_dict(const dependency_t *dep):
    """One dependency: its name, what ends us, what we wait for."""
    words = ((FACT_BORN, "born"), (FACT_READY, "ready"), (FACT_DIED, "died"),
             (FACT_SUCCEEDED, "succeeded"), (FACT_FAILED, "failed"))
    return {
        "name": <bytes>dep.name,
        "death": [word for fact, word in words if dep.ends_us & fact],
        "birth": [word for fact, word in words if dep.starts_us & fact],
        "optional": bool(dep.optional), "holds_term": bool(dep.holds_term),
    }


cdef urls_list(const urls_t *urls):
    """Each URL as (method, url, who asks it)."""
    return [("POST" if urls.list[index].by_post else "GET", urls.list[index].text[:urls.list[index].length].decode(),
             "supervisor" if urls.list[index].native else "waiter") for index in range(urls.count)]


def cgroups_of_one_pod(bytes ours not None, bytes theirs not None):
    """Whether two texts of /proc/PID/cgroup show processes of one pod."""
    return bool(cgroups_are_of_one_pod(ours, theirs))


def settings_table():
    """The rows of the settings table, in the order of --help."""
    return [{"name": (<bytes>SETTINGS[row].name).decode(), "default": (<bytes>SETTINGS[row].default_text).decode(),
             "values": setting_values(row), "meaning": (<bytes>SETTINGS[row].meaning).decode()}
            for row in range(SETTING_COUNT)]


cdef setting_values(int row):
    """What the value of a row can be, as --help shows it."""
    cdef char values[WORDS_BYTES]
    words_list(row, b"|", SETTINGS[row].values, values, sizeof(values))
    return (<bytes>values).decode()


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
