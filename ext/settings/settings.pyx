"""Settings: the environment as one struct, read once, before anything is started.

The table in settings_table.h has a row for each variable. Parsing goes through
the rows in order and stops at the first value that cannot be understood; the
message names the variable, the value and what would be right.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef extern from "settings/table.h" nogil:
    enum:
        SETTING_NAME, SETTING_GRAVEYARD, SETTING_LOG_LEVEL, SETTING_LOG_FORMAT
        SETTING_DISABLED, SETTING_DEATH_DEPS, SETTING_DEATH_POLICY, SETTING_GRACE_PERIOD
        SETTING_STOP_DELAY, SETTING_STOP_SIGNAL, SETTING_SIGNAL_GROUP, SETTING_TERM_AFTER
        SETTING_EXIT_CODE_ON_STOP, SETTING_IGNORE_CODE_ON_DEATH_DEPS
        SETTING_ORPHAN_GRACE_PERIOD, SETTING_LIVENESS, SETTING_BIRTH_DEPS
        SETTING_BIRTH_TIMEOUT, SETTING_BIRTH_ON_TIMEOUT, SETTING_BIRTH_SOURCE
        SETTING_BIRTH_URLS, SETTING_POD_NAME, SETTING_NAMESPACE
        SETTING_READY_TCP, SETTING_READY_FILE, SETTING_READY_NOTIFY, SETTING_READY_HTTP
        SETTING_READY_EXEC, SETTING_READY_PERIOD, SETTING_QUIT_POST, SETTING_QUIT_GET
        SETTING_QUIT_PROCESSES, SETTING_QUIT_POLICY, SETTING_QUIT_TIMEOUT, SETTING_MESH
        SETTING_POLL_INTERVAL, SETTING_COUNT
    ctypedef struct setting_row_t:
        const char *name
        const char *fallback
        const char *values
        const char *meaning
    const setting_row_t *SETTINGS

cdef enum:
    PREFIX_BYTES = 8            # "KUBEXIT_"
    POD_FIELD_BYTES = 254       # a DNS subdomain name has 253 (RFC 1123)
    PROBLEM_BYTES = 512
    UNKNOWN_MOST = 8            # unknown variables that are warned about

cdef enum:
    CODE_KEEP = -1
    CODE_DEPENDENCY = -2        # else a number from 0 to 255

cdef enum:
    SOURCE_KUBERNETES = 0
    SOURCE_GRAVEYARD = 1

ctypedef struct settings_t:
    const char *value[SETTING_COUNT]    # as set, else the default
    bint given[SETTING_COUNT]
    const char *unknown[UNKNOWN_MOST]   # "KUBEXIT_…=…" entries that no row knows
    int unknown_count
    char problem[PROBLEM_BYTES]         # the message, after a refusal
    # Parsed:
    bint name_valid
    bint graveyard_valid
    bint disabled
    const char *name
    char graveyard[kernel.PATH_MAX]
    int log_level
    int log_json
    dependencies_t deps
    long long grace_ns
    long long stop_delay_ns
    int stop_signal
    bint signal_group
    int code_on_stop
    long long orphan_grace_ns
    bint liveness
    long long birth_timeout_ns          # NEVER_NS: infinite
    int start_on_timeout                # KUBEXIT_BIRTH_ON_TIMEOUT=start
    int birth_source
    urls_t birth_urls                   # KUBEXIT_BIRTH_URLS, then the mesh's
    bint asks_api                       # a birth dependency needs the Kubernetes API
    bint asks_waiter                    # that, or a birth URL needs a name resolved or TLS
    char pod_name[POD_FIELD_BYTES]
    char pod_namespace[POD_FIELD_BYTES]
    ready_settings_t ready
    quit_settings_t quit
    long long poll_ns


cdef int settings_parse(settings_t *settings) noexcept nogil:
    """The collected values as settings; 0, or EXIT_SETTINGS with the problem in words.

    Name and graveyard come first: with these two a refusal of anything else can
    still be carved into a tombstone, so that no peer waits for a container that
    never starts. KUBEXIT_LIVENESS is third, because that carving heeds it. Those who
    have to be asked to quit are read in any case, for the same reason.
    """
    cdef char problem[PROBLEM_BYTES]
    settings_begin(settings)
    if settings_read_first(settings) != 0:
        cstd.memcpy(problem, settings.problem, PROBLEM_BYTES)
        settings_read_quit(settings)
        cstd.memcpy(settings.problem, problem, PROBLEM_BYTES)
        return EXIT_SETTINGS
    if settings_read_quit(settings) != 0 or settings_read_deaths(settings) != 0 or \
            settings_read_stop(settings) != 0 or settings_read_births(settings) != 0 or \
            settings_read_ready(settings) != 0:
        return EXIT_SETTINGS
    return settings_read_pod(settings)


cdef void settings_begin(settings_t *settings) noexcept nogil:
    """What is looked at after a refusal too, however early it comes."""
    settings.name_valid = False
    settings.graveyard_valid = False
    settings.name = b""
    settings.log_level = LOG_INFO
    settings.log_json = False
    settings.liveness = True
    settings.stop_signal = kernel.SIGTERM
    settings.asks_api = False
    settings.asks_waiter = False
    settings.birth_urls.count = 0
    settings.quit.urls.count = 0
    settings.quit.valid = False
    settings.deps.count = 0
    settings.deps.deaths = 0
    settings.deps.every_other = False


cdef int settings_read_first(settings_t *settings) noexcept nogil:
    """Who we are, where, and how we speak."""
    if settings_read_name(settings) != 0 or settings_read_graveyard(settings) != 0 or \
            setting_bool(settings, SETTING_LIVENESS, &settings.liveness) != 0 or \
            setting_bool(settings, SETTING_DISABLED, &settings.disabled) != 0:
        return EXIT_SETTINGS
    return settings_read_log(settings)


cdef bint settings_disabled(settings_t *settings) noexcept nogil:
    """KUBEXIT_DISABLED alone, which counts before all others; a bad value is refused later."""
    cdef bint disabled = False
    return setting_bool(settings, SETTING_DISABLED, &disabled) == 0 and disabled


cdef int settings_read_name(settings_t *settings) noexcept nogil:
    """KUBEXIT_NAME."""
    cdef const char *name = settings.value[SETTING_NAME]
    cdef const char *why = name_problem(name, cstd.strlen(name))
    if name[0] == 0:
        return settings_refuse(settings, SETTING_NAME, b"is required: the name of this container")
    if why != NULL:
        return settings_refuse(settings, SETTING_NAME, why)
    settings.name = name
    settings.name_valid = True
    return 0


cdef int settings_read_graveyard(settings_t *settings) noexcept nogil:
    """KUBEXIT_GRAVEYARD, made absolute once."""
    cdef const char *path = settings.value[SETTING_GRAVEYARD]
    if path_normalise(path, settings.graveyard, kernel.PATH_MAX) < 0:
        return settings_refuse(settings, SETTING_GRAVEYARD,
                               b"is not a path that can be used: too long, or relative to a folder that is gone")
    settings.graveyard_valid = True
    return 0


cdef int settings_read_log(settings_t *settings) noexcept nogil:
    """KUBEXIT_LOG_*; debug, info, warn, error, off stand in the order of the levels."""
    if setting_choice(settings, SETTING_LOG_LEVEL, &settings.log_level) != 0:
        return EXIT_SETTINGS
    return setting_choice(settings, SETTING_LOG_FORMAT, &settings.log_json)


cdef int settings_read_deaths(settings_t *settings) noexcept nogil:
    """KUBEXIT_DEATH_*."""
    if settings_read_dependencies(settings, SETTING_DEATH_DEPS) != 0 or \
            settings_read_dependencies(settings, SETTING_TERM_AFTER) != 0:
        return EXIT_SETTINGS
    return setting_choice(settings, SETTING_DEATH_POLICY, &settings.deps.all_must_die)


cdef int settings_read_stop(settings_t *settings) noexcept nogil:
    """How the command is ended, and which code that gives."""
    cdef bint ignore = False
    settings.stop_signal = signal_parse(settings.value[SETTING_STOP_SIGNAL])
    if settings.stop_signal == 0:
        return settings_refuse(settings, SETTING_STOP_SIGNAL,
                               b"is no signal; write TERM, SIGTERM, RTMIN+3 or a number from 1 to 64")
    if setting_duration(settings, SETTING_GRACE_PERIOD, &settings.grace_ns) != 0 or \
            setting_duration(settings, SETTING_STOP_DELAY, &settings.stop_delay_ns) != 0 or \
            setting_duration(settings, SETTING_ORPHAN_GRACE_PERIOD, &settings.orphan_grace_ns) != 0 or \
            setting_duration(settings, SETTING_POLL_INTERVAL, &settings.poll_ns) != 0 or \
            setting_bool(settings, SETTING_SIGNAL_GROUP, &settings.signal_group) != 0 or \
            setting_code(settings, SETTING_EXIT_CODE_ON_STOP, &settings.code_on_stop) != 0 or \
            setting_bool(settings, SETTING_IGNORE_CODE_ON_DEATH_DEPS, &ignore) != 0:
        return EXIT_SETTINGS
    if ignore and settings.given[SETTING_EXIT_CODE_ON_STOP] and settings.code_on_stop != 0:
        return settings_refuse(settings, SETTING_IGNORE_CODE_ON_DEATH_DEPS,
                               b"contradicts KUBEXIT_EXIT_CODE_ON_STOP; set only one of them")
    if ignore:
        settings.code_on_stop = 0
    return 0


cdef int settings_read_births(settings_t *settings) noexcept nogil:
    """KUBEXIT_BIRTH_*."""
    if setting_choice(settings, SETTING_BIRTH_SOURCE, &settings.birth_source) != 0 or \
            setting_choice(settings, SETTING_BIRTH_ON_TIMEOUT, &settings.start_on_timeout) != 0:
        return EXIT_SETTINGS
    if cstd.strcmp(settings.value[SETTING_BIRTH_TIMEOUT], b"infinite") == 0:
        settings.birth_timeout_ns = NEVER_NS
    elif setting_duration(settings, SETTING_BIRTH_TIMEOUT, &settings.birth_timeout_ns) != 0:
        return settings_refuse(settings, SETTING_BIRTH_TIMEOUT,
                               b"is not a duration; write 300ms, 30s, 1m30s or 1.5h, or infinite")
    if settings_read_urls(settings, SETTING_BIRTH_URLS, &settings.birth_urls, False) != 0:
        return EXIT_SETTINGS
    if settings_read_mesh(settings, SETTING_BIRTH_URLS, &settings.birth_urls) != 0:
        return EXIT_SETTINGS
    return settings_read_dependencies(settings, SETTING_BIRTH_DEPS)


cdef int settings_read_pod(settings_t *settings) noexcept nogil:
    """KUBEXIT_POD_NAME and KUBEXIT_NAMESPACE, needed when the API is asked."""
    cdef int index
    settings.asks_api = settings.deps.every_other
    for index in range(settings.deps.count):
        if settings.birth_source == SOURCE_KUBERNETES and settings.deps.list[index].starts_us & FACT_READY:
            settings.asks_api = True
    settings.asks_waiter = settings.asks_api or urls_foreign(&settings.birth_urls)
    if not settings.asks_api:
        return 0
    if setting_pod_field(settings, SETTING_POD_NAME, b"/etc/podinfo/name", settings.pod_name) != 0:
        return settings_refuse(settings, SETTING_POD_NAME, b"is required: KUBEXIT_BIRTH_DEPS asks the Kubernetes "
                               b"API. Set it from fieldRef metadata.name, or set KUBEXIT_BIRTH_SOURCE=graveyard")
    if setting_pod_field(settings, SETTING_NAMESPACE, b"/etc/podinfo/namespace", settings.pod_namespace) != 0:
        return settings_refuse(settings, SETTING_NAMESPACE, b"is required: KUBEXIT_BIRTH_DEPS asks the Kubernetes "
                               b"API. Set it from fieldRef metadata.namespace, or set KUBEXIT_BIRTH_SOURCE=graveyard")
    return 0


cdef void settings_warn_unknown(const settings_t *settings, log_t *log) noexcept nogil:
    """One line for each KUBEXIT_* variable that does not exist, with the nearest that does."""
    cdef int index
    cdef int nearest
    cdef int length
    cdef const char *entry
    for index in range(settings.unknown_count):
        entry = settings.unknown[index]
        length = <int>(cstd.strchr(entry, c'=') - entry)
        nearest = settings_nearest(entry, <size_t>length)
        if nearest >= 0:
            log_warn(log, b"unknown setting %.*s; did you mean %s?", length, entry, SETTINGS[nearest].name)
        else:
            log_warn(log, b"unknown setting %.*s; kubexit --help lists those that exist", length, entry)
