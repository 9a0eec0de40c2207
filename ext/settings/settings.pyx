"""Settings: the environment as one struct, read once, before anything is started.

The rows of table.pyx are read by stage. Each value that cannot be understood gives a line that
names the variable, the value and what would be right.
"""
cimport cstd
cimport kernel

cdef extern from "settings/row.h" nogil:
    void *setting_field(const settings_t *settings, int row)


cdef int settings_parse(settings_t *settings) noexcept nogil:
    """Read the collected values; 0, or EXIT_SETTINGS with all problems in words.

    The table says which stage a row belongs to, row.h why there are stages: even a refusal can be
    written into a tombstone, so that no peer waits for a container that never starts.
    """
    settings_begin(settings)
    settings_parse_stage(settings, STAGE_FIRST)
    settings.quit.rounds = 1
    settings.quit.valid = settings_parse_stage(settings, STAGE_QUIT) == 0
    if settings.quit.urls.count > 0 or settings.quit.processes[0] != 0:
        quit_count_rounds(&settings.quit)
    settings.quit.valid = settings.quit.valid and \
        urls_add_mesh(settings, SETTING_QUIT_POST, &settings.quit.urls) == 0
    if settings.strict:
        unknown_refuse(settings)
    settings_parse_stage(settings, STAGE_REST)
    settings_check(settings)
    return 0 if settings.problems.count == 0 else EXIT_SETTINGS


cdef void settings_begin(settings_t *settings) noexcept nogil:
    """Set what is read even if the rows of it are refused."""
    settings.name_valid = False
    settings.graveyard_valid = False
    settings.name = b""
    settings.log_level = LOG_INFO
    settings.log_format = LOG_TEXT
    settings.liveness = True
    settings.strict = False
    settings.stop_signal = kernel.SIGTERM
    settings.asks_api = False
    settings.asks_waiter = False
    settings.watches_deaths = False
    settings.death_source = SOURCE_GRAVEYARD
    settings.birth_urls.count = 0
    settings.quit.urls.count = 0
    settings.deps.count = 0
    settings.deps.deaths = 0
    settings.deps.every_other = False
    cstd.memset(&settings.signal_map, 0, sizeof(signal_map_t))
    cstd.memset(&settings.success_codes, 0, sizeof(codes_t))


cdef int settings_parse_stage(settings_t *settings, int stage) noexcept nogil:
    """Read all rows of a stage; 0, or EXIT_SETTINGS if one is bad.

    The rows behind a bad one are read too: a bad log format must not hide the name, wherever
    the two are in the table. A bad row counts as unset for the checks that follow.
    """
    cdef int result = 0
    cdef int row
    for row in range(SETTING_COUNT):
        if SETTINGS[row].stage == stage and setting_parse(settings, row) != 0:
            result = EXIT_SETTINGS
            if stage != STAGE_FIRST:        # these are set already, and the folder must stay invalid
                settings.value[row] = SETTINGS[row].default_text
                settings.is_set[row] = False
                setting_parse(settings, row)
    return result


cdef int setting_parse(settings_t *settings, int row) noexcept nogil:
    """Read the value of a row into its field, as its kind says; 0 or EXIT_SETTINGS."""
    cdef int kind = SETTINGS[row].kind
    cdef void *field = setting_field(settings, row)
    if kind == KIND_BOOL:
        return setting_parse_bool(settings, row, <bint *>field)
    if kind == KIND_DURATION:
        return setting_parse_duration(settings, row, <long long *>field)
    if kind == KIND_TIMEOUT:
        return setting_parse_timeout(settings, row, <long long *>field)
    if kind == KIND_WORD:
        return setting_parse_word(settings, row, <int *>field)
    if kind == KIND_CODE:
        return setting_parse_code(settings, row, <int *>field)
    if kind == KIND_SIGNAL:
        return setting_parse_signal(settings, row, <int *>field)
    if kind == KIND_NAME:
        return setting_parse_name(settings, row)
    if kind == KIND_FOLDER:
        return setting_parse_folder(settings, row)
    return setting_parse_list(settings, row, kind, field)


cdef int setting_parse_list(settings_t *settings, int row, int kind, void *field) noexcept nogil:
    """Read the value of a row whose kind is a list, a URL, an address, or a text as it is; 0 or EXIT_SETTINGS."""
    if kind == KIND_SIGNAL_MAP or kind == KIND_CODES:
        if settings.value[row][0] == 0:
            return 0            # as settings_begin set it: their readers are cold code
        if kind == KIND_CODES:
            return setting_parse_codes(settings, row, <codes_t *>field)
        return setting_parse_signal_map(settings, row, <signal_map_t *>field)
    if kind == KIND_DEPENDENCIES:
        return setting_parse_dependencies(settings, row)
    if kind == KIND_URLS:
        return setting_parse_urls(settings, row, <urls_t *>field)
    if kind == KIND_PROBE_URL:
        return setting_parse_probe_url(settings, row, <urls_t *>field)
    if kind == KIND_ADDRESS:
        return setting_parse_address(settings, row, <address_t *>field)
    if kind == KIND_PROGRAM:
        return setting_parse_program(settings, row)
    if kind == KIND_MESH:
        return setting_parse_mesh(settings, row, <int *>field)
    if kind == KIND_POD_FIELD:
        return 0                # by settings_check_pod
    (<const char **>field)[0] = settings.value[row]
    return setting_parse_processes(settings, row) if kind == KIND_PROCESSES else 0


cdef void settings_check(settings_t *settings) noexcept nogil:
    """Check what several rows decide together."""
    if 0 < settings.poll_ns < PERIOD_MIN_MS * MILLISECOND_NS:
        settings.poll_ns = PERIOD_MIN_MS * MILLISECOND_NS       # 0 is never
    if settings.ignore_code:
        if settings.is_set[SETTING_EXIT_CODE_ON_STOP] and settings.code_on_stop != 0:
            setting_refuse(settings, SETTING_IGNORE_CODE_ON_DEATH_DEPS,
                           b"contradicts KUBEXIT_EXIT_CODE_ON_STOP; set only one of them")
        settings.code_on_stop = 0
    if settings.is_set[SETTING_SIDECAR_OF]:
        if not settings.is_set[SETTING_EXIT_CODE_ON_STOP]:
            settings.code_on_stop = 0
        if not settings.is_set[SETTING_EXIT_CODE_ON_TERM]:
            settings.code_on_term = 0
    urls_add_mesh(settings, SETTING_BIRTH_URLS, &settings.birth_urls)
    settings_check_probe(settings)
    if settings.timeout_ns == 0:
        setting_refuse(settings, SETTING_TIMEOUT, b"would stop the command at once; use a longer time, or infinite")
    settings_check_pod(settings)


cdef bint settings_disabled(settings_t *settings) noexcept nogil:
    """Read KUBEXIT_DISABLED alone, which counts before all others; a bad value is refused later."""
    return setting_parse(settings, SETTING_DISABLED) == 0 and settings.disabled
