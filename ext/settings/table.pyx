"""Settings table: a row for each variable, and the struct that the rows are read into.

ROW(id, stage, kind, field, default, values, meaning). The stage says when the row is read,
the kind how, and which type its field has (both: row.h); the field is a member of settings_t
below. The order is that of --help, and of two bad values in one stage the first is reported;
nothing else depends on it, so a new row can be anywhere. A C table, because it must exist
before any Python module.
"""
cimport cstd

cdef extern from *:
    r"""
    #define KUBEXIT_SETTINGS(ROW) \
        ROW(NAME, FIRST, NAME, name, "", "NAME (required)", \
            "Name of this container's tombstone. Use the container's name.") \
        ROW(GRAVEYARD, FIRST, FOLDER, graveyard, "/graveyard", "DIR", \
            "Folder that the pod's containers share; created if it does not exist.") \
        ROW(LOG_LEVEL, FIRST, WORD, log_level, "info", "", "Minimum log level.") \
        ROW(LOG_FORMAT, FIRST, WORD, log_format, "text", "", "Log format.") \
        ROW(DISABLED, FIRST, BOOL, disabled, "false", "BOOL", "true: execute the command and do nothing else.") \
        ROW(LIVENESS, FIRST, BOOL, liveness, "true", "BOOL", \
            "Detect crashed peers through a FIFO in the graveyard. " \
            "Disable if the runtime isolates containers in separate kernels.") \
        ROW(DEATH_DEPS, REST, DEPENDENCIES, deps, "", "NAME[:died|:failed|:succeeded],...", \
            "Stop the command when one of these containers dies, or dies in the given way.") \
        ROW(DEATH_POLICY, REST, WORD, deps.policy, "any", "", \
            "all: stop the command only when all death dependencies are dead.") \
        ROW(GRACE_PERIOD, REST, DURATION, grace_ns, "30s", "DURATION", "Time between the stop signal and SIGKILL.") \
        ROW(STOP_DELAY, REST, DURATION, stop_delay_ns, "0s", "DURATION", \
            "Time between the dependency's death and the stop signal.") \
        ROW(STOP_SIGNAL, REST, SIGNAL, stop_signal, "SIGTERM", "SIGNAL", \
            "Signal that kubexit sends to stop the command; a name or a number.") \
        ROW(SIGNAL_GROUP, REST, BOOL, signal_group, "false", "BOOL", \
            "true: start the command in its own process group and signal the whole group.") \
        ROW(TERM_AFTER, REST, DEPENDENCIES, deps, "", "NAME,...", \
            "On SIGTERM, wait for these containers to exit first, if they are running, but no longer than " \
            "KUBEXIT_GRACE_PERIOD. A second SIGTERM is forwarded at once.") \
        ROW(EXIT_CODE_ON_STOP, REST, CODE, code_on_stop, "keep", "0-255", \
            "Exit code to return when kubexit stopped the command. dependency: that of the dependency that died.") \
        ROW(IGNORE_CODE_ON_DEATH_DEPS, REST, BOOL, ignore_code, "false", "BOOL", \
            "true: the same as KUBEXIT_EXIT_CODE_ON_STOP=zero.") \
        ROW(ORPHAN_GRACE_PERIOD, REST, DURATION, orphan_grace_ns, "0s", "DURATION", \
            "How long processes left behind by the command may run after SIGTERM before SIGKILL; " \
            "0: do not wait for them.") \
        ROW(BIRTH_DEPS, REST, DEPENDENCIES, deps, "", "NAME[?][:born|:died|:succeeded],...", \
            "Start the command only when these containers are ready (or in the given state). " \
            "NAME? may be absent from the pod; * means all others.") \
        ROW(BIRTH_TIMEOUT, REST, TIMEOUT, birth_timeout_ns, "30s", "DURATION|infinite", \
            "How long to wait for the birth dependencies.") \
        ROW(BIRTH_ON_TIMEOUT, REST, WORD, birth_on_timeout, "fail", "", "What to do when they are not ready in time.") \
        ROW(BIRTH_SOURCE, REST, WORD, birth_source, "kubernetes", "", \
            "Where readiness is read: the Kubernetes API, or Ready in the tombstones.") \
        ROW(BIRTH_URLS, REST, URLS, birth_urls, "", "URL,...", \
            "Start the command only when each of these URLs has answered 2xx; http or https.") \
        ROW(POD_NAME, REST, POD_FIELD, pod_name, "", "NAME", \
            "This pod's name, needed to ask the API. If it is not set, /etc/podinfo/name is read.") \
        ROW(NAMESPACE, REST, POD_FIELD, pod_namespace, "", "NAME", \
            "This pod's namespace, needed to ask the API. If it is not set, /etc/podinfo/namespace is read.") \
        ROW(READY_TCP, REST, ADDRESS, ready.address, "", "[ADDRESS:]PORT", \
            "The command is ready when it accepts connections here; an IP literal or localhost.") \
        ROW(READY_FILE, REST, TEXT, ready.file, "", "FILE", \
            "The command is ready when this file is newer than the command's start.") \
        ROW(READY_NOTIFY, REST, BOOL, ready.notify, "false", "BOOL", \
            "The command is ready when it sends READY=1 to NOTIFY_SOCKET, as sd_notify(3) does.") \
        ROW(READY_HTTP, REST, PROBE_URL, ready.urls, "", "URL", \
            "The command is ready when this URL answers 2xx; http to an IP literal or localhost.") \
        ROW(READY_EXEC, REST, PROGRAM, ready.argv, "", "COMMAND", \
            "The command is ready when this program exits with 0; split into words at blanks, no shell.") \
        ROW(READY_PERIOD, REST, DURATION, ready.period_ns, "1s", "DURATION", "Time between two readiness probes.") \
        ROW(QUIT_POST, QUIT, URLS, quit.urls, "", "URL,...", \
            "POST to these URLs after the command has exited, so that sidecars without kubexit exit too.") \
        ROW(QUIT_GET, QUIT, URLS, quit.urls, "", "URL,...", "The same with GET.") \
        ROW(QUIT_PROCESSES, QUIT, PROCESSES, quit.processes, "", "PROCESS,...", \
            "Send SIGTERM to the processes with these names after the command has exited; " \
            "needs a shared PID namespace.") \
        ROW(QUIT_POLICY, QUIT, WORD, quit.policy, "always", "", \
            "When to ask them to quit: always, if kubexit exits with 0, or if it exits with another code.") \
        ROW(QUIT_TIMEOUT, QUIT, DURATION, quit.timeout_ns, "5s", "DURATION", \
            "Total time limit for all quit requests.") \
        ROW(MESH, QUIT, WORD, mesh, "", "", \
            "Wait for this mesh's proxy, and ask it to quit at the end. " \
            "If no proxy was injected, the command starts after the timeout.") \
        ROW(POLL_INTERVAL, REST, DURATION, poll_ns, "2s", "DURATION", \
            "How often to read the graveyard besides inotify, for file systems where inotify is silent; " \
            "at least 10ms; 0: never.")
    #include "settings/row.h"
    """
    enum:
        KIND_TEXT, KIND_BOOL, KIND_DURATION, KIND_TIMEOUT, KIND_WORD, KIND_CODE, KIND_SIGNAL, KIND_NAME
        KIND_FOLDER, KIND_DEPENDENCIES, KIND_URLS, KIND_PROBE_URL, KIND_ADDRESS, KIND_PROGRAM
        KIND_PROCESSES, KIND_POD_FIELD
    enum:
        STAGE_FIRST, STAGE_QUIT, STAGE_REST
    # Only rows that code names one by one; a row that needs no more than its kind is not among them.
    enum:
        SETTING_DISABLED, SETTING_DEATH_DEPS, SETTING_GRACE_PERIOD
        SETTING_STOP_DELAY, SETTING_TERM_AFTER, SETTING_EXIT_CODE_ON_STOP
        SETTING_IGNORE_CODE_ON_DEATH_DEPS, SETTING_BIRTH_DEPS, SETTING_BIRTH_TIMEOUT
        SETTING_BIRTH_ON_TIMEOUT, SETTING_BIRTH_SOURCE, SETTING_BIRTH_URLS, SETTING_POD_NAME
        SETTING_NAMESPACE, SETTING_READY_TCP, SETTING_READY_FILE, SETTING_READY_HTTP
        SETTING_READY_EXEC, SETTING_QUIT_POST, SETTING_MESH, SETTING_COUNT
    ctypedef struct setting_row_t:
        const char *name
        const char *default_text
        const char *values
        const char *meaning
        int stage
        int kind
    const setting_row_t *SETTINGS

cdef enum:
    POD_FIELD_BYTES = 254       # a DNS subdomain name has 253 (RFC 1123)
    PROBLEM_BYTES = 512
    MAX_UNKNOWN = 8             # unknown variables that are warned about
    PROGRAM_BYTES = 1001
    MAX_PROGRAM_WORDS = 60

ctypedef struct ready_settings_t:
    # Fields of the rows READY_*, as in "ready.file"; only the kind follows from them.
    int kind                    # READY_*: which probe is set
    address_t address
    const char *file
    bint notify
    urls_t urls                 # the URL of KUBEXIT_READY_HTTP
    char program[PROGRAM_BYTES]     # KUBEXIT_READY_EXEC, cut at its blanks
    char *argv[MAX_PROGRAM_WORDS + 1]
    long long period_ns

ctypedef struct quit_settings_t:
    # Fields of the rows QUIT_*, as in "quit.timeout_ns"; only valid follows from them.
    bint valid                  # the rows of the stage QUIT were read without a fault
    urls_t urls                 # KUBEXIT_QUIT_POST, _GET, then the mesh's
    const char *processes
    int policy
    long long timeout_ns

ctypedef struct settings_t:
    const char *value[SETTING_COUNT]    # as set, else the default
    bint is_set[SETTING_COUNT]
    const char *unknown[MAX_UNKNOWN]    # "KUBEXIT_…=…" entries that no row knows
    int unknown_count
    char problem[PROBLEM_BYTES]         # the message, after a refusal
    # Fields of the rows (READY_* and QUIT_* have theirs in ready and quit):
    const char *name
    char graveyard[cstd.PATH_MAX]
    int log_level
    int log_format
    bint disabled
    bint liveness
    dependencies_t deps
    long long grace_ns
    long long stop_delay_ns
    int stop_signal
    bint signal_group
    int code_on_stop                    # CODE_KEEP, CODE_DEPENDENCY, or a number from 0 to 255
    bint ignore_code
    long long orphan_grace_ns
    long long birth_timeout_ns          # NEVER_NS: infinite
    int birth_on_timeout
    int birth_source
    urls_t birth_urls                   # KUBEXIT_BIRTH_URLS, then the mesh's
    char pod_name[POD_FIELD_BYTES]
    char pod_namespace[POD_FIELD_BYTES]
    ready_settings_t ready
    quit_settings_t quit
    int mesh
    long long poll_ns
    # What follows from them:
    bint name_valid
    bint graveyard_valid
    bint asks_api                       # a birth dependency needs the Kubernetes API
    bint asks_waiter                    # that, or a birth URL needs a name resolved or TLS
