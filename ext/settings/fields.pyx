"""Fields: the struct that the rows of the settings table are read into."""
cimport cstd

cdef enum:
    POD_FIELD_BYTES = 254       # a DNS subdomain name has 253 (RFC 1123)
    MAX_UNKNOWN = 8             # unknown variables that are warned about
    PROGRAM_BYTES = 1001
    MAX_PROGRAM_WORDS = 60

ctypedef struct signal_map_t:
    # Of the rows of SIGNAL_MAP.
    signed char sent[SIGNAL_LAST + 1]   # in place of this signal; 0: the same one, -1: none

ctypedef struct codes_t:
    unsigned int bits[8]        # of the codes from 0 to 255

ctypedef struct ready_settings_t:
    # Fields of the rows READY_*, as in "ready.file"; only the kind follows from them.
    int kind                    # READY_*: which probe is set
    bint notify
    const char *file
    long long period_ns
    long long timeout_ns        # NEVER_NS: infinite
    address_t address
    urls_t urls                 # the URL of KUBEXIT_READY_HTTP
    char *argv[MAX_PROGRAM_WORDS + 1]
    char program[PROGRAM_BYTES]     # KUBEXIT_READY_EXEC, cut at its blanks

ctypedef struct quit_settings_t:
    # Fields of the rows QUIT_*, as in "quit.timeout_ns"; only valid follows from them.
    bint valid                  # the rows of the stage QUIT were read without a fault
    int policy
    const char *processes
    long long timeout_ns
    long long wait_ns
    int rounds                  # of the lists, at least 1
    urls_t urls                 # KUBEXIT_QUIT_POST, _GET, then the mesh's

# Small fields first, then the large fields of which each life uses the beginning: all of that lies on few pages then.
ctypedef struct settings_t:
    const char *value[SETTING_COUNT]    # as set, else the default
    bint is_set[SETTING_COUNT]
    int unknown_count
    bint is_refused[SETTING_COUNT]      # its value was bad
    plan_t *plan                        # of the pod, NULL: none
    const plan_line_t *line             # in it, of this container, NULL: none
    bint is_other                       # these are the settings of another container, read to check the plan
    bint no_pod                         # nothing was set up, so the name may be missing (no_pod.pyx)
    # Fields of the rows (READY_* and QUIT_* have theirs in ready and quit):
    const char *name
    const char *plan_text
    int log_level
    int log_format
    bint disabled
    bint liveness
    bint strict
    int death_source
    long long rebirth_ns
    long long grace_ns
    long long stop_delay_ns
    long long timeout_ns                # NEVER_NS: infinite
    long long term_delay_ns
    int stop_signal
    signal_map_t signal_map
    bint signal_group
    int code_on_stop                    # CODE_KEEP, CODE_DEPENDENCY, or a number from 0 to 255
    int code_on_term                    # the same without CODE_DEPENDENCY
    int code_on_kill                    # the same as code_on_stop, or CODE_UNSET
    codes_t success_codes
    bint ignore_code
    long long orphan_grace_ns
    long long birth_timeout_ns          # NEVER_NS: infinite
    int birth_on_timeout
    int birth_source
    int mesh
    long long poll_ns
    # What follows from them:
    bint name_valid
    bint graveyard_valid
    bint asks_api                       # a birth dependency needs the Kubernetes API
    bint watches_deaths                 # the watcher asks it for deaths
    bint asks_waiter                    # that, or a birth URL needs a name resolved or TLS
    # Large fields of the rows, and what is refused:
    quit_settings_t quit
    urls_t birth_urls                   # KUBEXIT_BIRTH_URLS, then the mesh's
    ready_settings_t ready
    dependencies_t deps
    char pod_name[POD_FIELD_BYTES]
    char pod_namespace[POD_FIELD_BYTES]
    const char *unknown[MAX_UNKNOWN]    # "KUBEXIT_…=…" entries that no row knows
    problems_t problems                 # the messages, after a refusal
    char graveyard[cstd.PATH_MAX]
