"""Windows onto the settings: how an environment is read, and the table."""
cimport cstd


def settings_read(environ):
    """The settings in an environment (KEY=value as bytes) as a dict; ValueError has the lines that kubexit logs."""
    cdef settings_t settings
    cdef list entries = [bytes(entry) for entry in environ]
    cdef char **c_environ = c_strings(entries)
    settings_collect(&settings, c_environ)
    cstd.free(c_environ)
    if settings_resolve(&settings) != 0:
        raise ValueError("\n".join(problem_lines(&settings.problems)))
    return settings_dict(&settings)


def plan_read(bytes text not None, *, check=True):
    """Read a plan (KUBEXIT_PLAN): its hash, its lines in order, and every problem as kubexit logs it.

    Each line has its settings without prefix, an empty value too. Without check only the text is read: no value,
    name, probe or cycle is looked at.
    """
    cdef plan_t *plan = &plan_of_pod
    cdef problems_t problems
    cdef const char *at
    cdef const char *value = NULL
    cdef int row
    problems.count = 0
    problems.dropped = 0
    plan_parse(plan, &problems, text)
    if check:
        plan_check(plan, &problems)
    lines = []
    for index in range(plan.count):
        settings = {}
        at = plan.lines[index].words
        row = plan_next_setting(&plan.lines[index], &at, &value)
        while row >= 0:
            settings[(<bytes>SETTINGS[row].name).decode().removeprefix("KUBEXIT_")] = <bytes>value
            row = plan_next_setting(&plan.lines[index], &at, &value)
        lines.append({"name": <bytes>plan.lines[index].name, "settings": settings})
    return {"hash": (<bytes>plan.hash).decode(), "lines": lines, "problems": problem_lines(&problems)}


cdef list problem_lines(const problems_t *problems):
    """Return the lines about bad settings."""
    return [(<bytes>problems.lines[index]).decode(errors="replace") for index in range(problems.count)]


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
    if kind == KIND_WORD or kind == KIND_CODE or kind == KIND_MESH:
        word = word_of(row, (<int *>field)[0])
        return None if word == NULL else (<bytes>word).decode()
    if kind == KIND_SIGNAL_MAP:
        return {came: max(settings.signal_map.sent[came], 0) for came in range(SIGNAL_LAST + 1)
                if settings.signal_map.sent[came] != 0}
    if kind == KIND_CODES:
        return [code for code in range(256) if codes_have(&settings.success_codes, code)]
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


SETTING_PURPOSES = [(<bytes>SETTING_GROUPS[group].purpose).decode() for group in range(SETTING_GROUP_COUNT)]


def settings_table():
    """The rows of the settings table, in its order, each with the purpose by which --help groups it."""
    return [{"name": (<bytes>SETTINGS[row].name).decode(), "default": (<bytes>SETTINGS[row].default_text).decode(),
             "values": setting_values(row), "meaning": (<bytes>SETTINGS[row].meaning).decode(),
             "purpose": (<bytes>SETTING_GROUPS[setting_group(row)].purpose).decode()}
            for row in range(SETTING_COUNT)]


cdef setting_values(int row):
    """What the value of a row can be, as --help shows it."""
    cdef char values[WORDS_BYTES]
    words_list(row, b"|", SETTINGS[row].values, values, sizeof(values))
    return (<bytes>values).decode()
