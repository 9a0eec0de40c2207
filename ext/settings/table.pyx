"""Settings table: a row for each variable.

ROW(id, stage, kind, field, default, values, meaning). The stage says when the row is read,
the kind how, and which type its field has (both: row.h); the field is a member of settings_t
(fields.pyx). --help shows the rows of a purpose (groups.pyx) in this order, and in one stage bad values
are reported in it; nothing else depends on it, so a new row can be anywhere. A C table, because
it must exist before any Python module.
"""
cdef extern from *:
    r"""
    #define KUBEXIT_SETTINGS(ROW) \
        ROW(NAME, FIRST, NAME, name, "", "NAME (required)", \
            "Name of this container's tombstone. Use the container's name.") \
        ROW(GRAVEYARD, FIRST, FOLDER, graveyard, "/graveyard", "DIR", \
            "Folder that the pod's containers share; created if it does not exist.") \
        ROW(PLAN, FIRST, TEXT, plan_text, "", "LINES", \
            "Settings of all containers of the pod, one line for each: NAME: SETTING=VALUE ... " \
            "Every container gets the same text.") \
        ROW(LOG_LEVEL, FIRST, WORD, log_level, "info", "", "Minimum log level.") \
        ROW(LOG_FORMAT, FIRST, WORD, log_format, "text", "", "Log format.") \
        ROW(DISABLED, FIRST, BOOL, disabled, "false", "BOOL", "true: execute the command and do nothing else.") \
        ROW(LIVENESS, FIRST, BOOL, liveness, "true", "BOOL", \
            "Detect crashed peers through a FIFO in the graveyard. " \
            "Disable if the runtime isolates containers in separate kernels.") \
        ROW(STRICT, FIRST, BOOL, strict, "false", "BOOL", \
            "true: refuse to start if a KUBEXIT_ variable does not exist, instead of a warning.") \
        ROW(DEATH_DEPS, REST, DEPENDENCIES, deps, "", "NAME[:died|:failed|:succeeded],...", \
            "Stop the command when one of these containers dies, or dies in the given way.") \
        ROW(DEATH_POLICY, REST, WORD, deps.policy, "any", "", \
            "all: stop the command only when all death dependencies are dead.") \
        ROW(DEATH_SOURCE, REST, WORD, death_source, "graveyard", "", \
            "Where deaths are read: kubernetes: also from the Kubernetes API, for containers without kubexit.") \
        ROW(REBIRTH_TIMEOUT, REST, DURATION, rebirth_ns, "30s", "DURATION", \
            "How long a container that was started again waits for a dead death dependency to be started again too; " \
            "0: do not wait.") \
        ROW(GRACE_PERIOD, REST, DURATION, grace_ns, "30s", "DURATION", "Time between the stop signal and SIGKILL.") \
        ROW(TIMEOUT, REST, TIMEOUT, timeout_ns, "infinite", "DURATION|infinite", \
            "How long the command may run. Then it is stopped, and the exit code is 124.") \
        ROW(STOP_DELAY, REST, DURATION, stop_delay_ns, "0s", "DURATION", \
            "Time between the dependency's death and the stop signal.") \
        ROW(STOP_SIGNAL, REST, SIGNAL, stop_signal, "SIGTERM", "SIGNAL", \
            "Signal that kubexit sends to stop the command; a name or a number.") \
        ROW(SIGNAL_MAP, REST, SIGNAL_MAP, signal_map, "", "SIGNAL:[SIGNAL],...", \
            "Forward another signal than the one that came from outside; nothing behind the colon: forward none.") \
        ROW(SIGNAL_GROUP, REST, BOOL, signal_group, "false", "BOOL", \
            "true: start the command in its own process group and signal the whole group.") \
        ROW(TERM_AFTER, REST, DEPENDENCIES, deps, "", "NAME,...", \
            "On SIGTERM, wait for these containers to exit first, if they are running, but no longer than " \
            "KUBEXIT_GRACE_PERIOD. A second SIGTERM is forwarded at once.") \
        ROW(TERM_DELAY, REST, DURATION, term_delay_ns, "0s", "DURATION", \
            "How long a SIGTERM from outside waits before it is forwarded. A second SIGTERM is forwarded at once.") \
        ROW(SIDECAR_OF, REST, DEPENDENCIES, deps, "", "NAME[:died|:failed|:succeeded],...", \
            "Behave as a native sidecar of these containers: KUBEXIT_DEATH_DEPS and KUBEXIT_TERM_AFTER with these " \
            "names, KUBEXIT_EXIT_CODE_ON_STOP=zero and KUBEXIT_EXIT_CODE_ON_TERM=zero. Each of these, if set, wins.") \
        ROW(EXIT_CODE_ON_STOP, REST, CODE, code_on_stop, "keep", "0-255", \
            "Exit code to return when kubexit stopped the command. dependency: that of the dependency that died.") \
        ROW(EXIT_CODE_ON_TERM, REST, CODE, code_on_term, "keep", "0-255", \
            "Exit code to return when the command got SIGTERM from outside. zero turns an eviction into a success.") \
        ROW(EXIT_CODE_ON_KILL, REST, CODE, code_on_kill, "", "0-255", \
            "Exit code to return when SIGKILL was needed; by default, that of the setting for the stop before.") \
        ROW(SUCCESS_CODES, REST, CODES, success_codes, "", "0-255,...", \
            "Exit codes of the command for which kubexit returns 0, also after a stop.") \
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
            "Where readiness is read: the Kubernetes API, or Ready in the tombstones. With KUBEXIT_PLAN the default " \
            "is graveyard.") \
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
        ROW(READY_TIMEOUT, REST, TIMEOUT, ready.timeout_ns, "infinite", "DURATION|infinite", \
            "How long the command may take to be ready. Then it is stopped, and the exit code is 124.") \
        ROW(QUIT_POST, QUIT, URLS, quit.urls, "", "URL,...[;URL,...]", \
            "POST to these URLs after the command has exited, so that sidecars without kubexit exit too. " \
            "URLs behind a semicolon are asked when the ones before it are done.") \
        ROW(QUIT_GET, QUIT, URLS, quit.urls, "", "URL,...[;URL,...]", "The same with GET.") \
        ROW(QUIT_PROCESSES, QUIT, PROCESSES, quit.processes, "", "PROCESS,...[;PROCESS,...]", \
            "Send SIGTERM to the processes with these names after the command has exited; " \
            "needs a shared PID namespace.") \
        ROW(QUIT_POLICY, QUIT, WORD, quit.policy, "always", "", \
            "When to ask them to quit: always, if kubexit exits with 0, if it exits with another code, or never.") \
        ROW(QUIT_TIMEOUT, QUIT, DURATION, quit.timeout_ns, "5s", "DURATION", \
            "Total time limit for all quit requests.") \
        ROW(QUIT_WAIT, QUIT, DURATION, quit.wait_ns, "0s", "DURATION", \
            "How long to wait until the sidecars that were asked have ended; at most KUBEXIT_GRACE_PERIOD.") \
        ROW(MESH, QUIT, MESH, mesh, "", "STATUS", \
            "Wait for this mesh's proxy, and ask it to quit at the end, unless it is a native sidecar. If there is " \
            "no proxy, the command starts after the timeout. STATUS: the annotation sidecar.istio.io/status.") \
        ROW(POLL_INTERVAL, REST, DURATION, poll_ns, "2s", "DURATION", \
            "How often to read the graveyard besides inotify, for file systems where inotify is silent; " \
            "at least 10ms; 0: never.")
    #include "settings/row.h"
    """
    enum:
        KIND_TEXT, KIND_BOOL, KIND_DURATION, KIND_TIMEOUT, KIND_WORD, KIND_CODE, KIND_SIGNAL, KIND_NAME
        KIND_FOLDER, KIND_DEPENDENCIES, KIND_URLS, KIND_PROBE_URL, KIND_ADDRESS, KIND_PROGRAM
        KIND_PROCESSES, KIND_MESH, KIND_POD_FIELD, KIND_SIGNAL_MAP, KIND_CODES
    enum:
        STAGE_FIRST, STAGE_QUIT, STAGE_REST
    # Only rows that code names one by one; a row that needs no more than its kind is not among them.
    enum:
        SETTING_NAME, SETTING_GRAVEYARD, SETTING_PLAN, SETTING_READY_NOTIFY, SETTING_LIVENESS, SETTING_DISABLED
        SETTING_LOG_LEVEL, SETTING_LOG_FORMAT
        SETTING_DEATH_DEPS, SETTING_DEATH_SOURCE, SETTING_GRACE_PERIOD, SETTING_TIMEOUT, SETTING_READY_TIMEOUT
        SETTING_REBIRTH_TIMEOUT, SETTING_STOP_DELAY, SETTING_TERM_AFTER, SETTING_TERM_DELAY, SETTING_EXIT_CODE_ON_STOP
        SETTING_EXIT_CODE_ON_TERM, SETTING_EXIT_CODE_ON_KILL, SETTING_SIDECAR_OF
        SETTING_IGNORE_CODE_ON_DEATH_DEPS, SETTING_SUCCESS_CODES, SETTING_BIRTH_DEPS, SETTING_BIRTH_TIMEOUT
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
