/* One row a setting: id, default, what may stand there, and the sentence that
 * --help and docs/use/reference.md print. Parsing, help, reference page and the
 * test that compares them all read this table; the order is that of --help.
 *
 * A C table, because it must be there before any Python module is. */
#ifndef KUBEXIT_SETTINGS_TABLE_H
#define KUBEXIT_SETTINGS_TABLE_H

#define KUBEXIT_SETTINGS(ROW) \
    ROW(NAME, "", "NAME (required)", \
        "Name of this container's tombstone. Use the container's name.") \
    ROW(GRAVEYARD, "/graveyard", "DIR", \
        "Folder shared by the pod's containers; created when missing.") \
    ROW(LOG_LEVEL, "info", "debug|info|warn|error|off", \
        "Least level of the lines on stderr.") \
    ROW(LOG_FORMAT, "text", "text|json", \
        "Form of the lines on stderr.") \
    ROW(DISABLED, "false", "BOOL", \
        "true: execute the command and do nothing else.") \
    ROW(DEATH_DEPS, "", "NAME[:died|:failed|:succeeded],...", \
        "End the command when one of these containers has died (in that way).") \
    ROW(DEATH_POLICY, "any", "any|all", \
        "all: end the command only when all death dependencies are dead.") \
    ROW(GRACE_PERIOD, "30s", "DURATION", \
        "From the stop signal to KILL.") \
    ROW(STOP_DELAY, "0s", "DURATION", \
        "From the dependency's death to the stop signal.") \
    ROW(STOP_SIGNAL, "TERM", "SIGNAL", \
        "What kubexit sends to end the command; a name or a number.") \
    ROW(SIGNAL_GROUP, "false", "BOOL", \
        "true: give the command a process group of its own and signal all of it.") \
    ROW(TERM_AFTER, "", "NAME,...", \
        "Hold a TERM from outside until these containers, as far as born and alive, are dead; " \
        "at most one grace period. A second TERM passes.") \
    ROW(EXIT_CODE_ON_STOP, "keep", "keep|zero|dependency|0-255", \
        "Exit code after a stop that kubexit caused; dependency: as the dependency ended.") \
    ROW(IGNORE_CODE_ON_DEATH_DEPS, "false", "BOOL", \
        "true: the same as KUBEXIT_EXIT_CODE_ON_STOP=zero.") \
    ROW(ORPHAN_GRACE_PERIOD, "0s", "DURATION", \
        "After the command: TERM to processes it left, KILL after this time; 0 leaves at once.") \
    ROW(LIVENESS, "true", "BOOL", \
        "Keep a FIFO in the graveyard so that peers see a crash; false where containers do not share pipes.") \
    ROW(BIRTH_DEPS, "", "NAME[?][:born|:died|:succeeded],...", \
        "Hold the command back until these containers are ready (or in that state). " \
        "NAME? may be absent from the pod; * means all others.") \
    ROW(BIRTH_TIMEOUT, "30s", "DURATION|infinite", \
        "How long to wait for the birth dependencies.") \
    ROW(BIRTH_ON_TIMEOUT, "fail", "fail|start", \
        "What to do when they are not ready in time.") \
    ROW(BIRTH_SOURCE, "kubernetes", "kubernetes|graveyard", \
        "Where readiness is read: the Kubernetes API, or Ready in the tombstones.") \
    ROW(BIRTH_URLS, "", "URL,...", \
        "Hold the command back until each of these has answered 2xx; http or https.") \
    ROW(POD_NAME, "", "NAME", \
        "This pod's name; needed when the API is asked. Else read from /etc/podinfo/name.") \
    ROW(NAMESPACE, "", "NAME", \
        "This pod's namespace; needed when the API is asked. Else read from /etc/podinfo/namespace.") \
    ROW(READY_TCP, "", "[ADDRESS:]PORT", \
        "This command is ready when it accepts connections here; an IP literal or localhost.") \
    ROW(READY_FILE, "", "FILE", \
        "This command is ready when this file is newer than its start.") \
    ROW(READY_NOTIFY, "false", "BOOL", \
        "This command is ready when it sends READY=1 to NOTIFY_SOCKET, as sd_notify(3) does.") \
    ROW(READY_HTTP, "", "URL", \
        "This command is ready when this answers 2xx; http to an IP literal or localhost.") \
    ROW(READY_EXEC, "", "COMMAND", \
        "This command is ready when this one succeeds; split into words at blanks, no shell.") \
    ROW(READY_PERIOD, "1s", "DURATION", \
        "From one readiness probe to the next.") \
    ROW(QUIT_POST, "", "URL,...", \
        "POST to these after the command has ended, so that sidecars that cannot be wrapped end too.") \
    ROW(QUIT_GET, "", "URL,...", \
        "The same with GET.") \
    ROW(QUIT_PROCESSES, "", "PROCESS,...", \
        "TERM to the processes of these names in a shared PID namespace, after the command has ended.") \
    ROW(QUIT_POLICY, "always", "always|success|failure", \
        "Ask them to quit always, or only when kubexit ends with 0, or with another code.") \
    ROW(QUIT_TIMEOUT, "5s", "DURATION", \
        "For all quit requests together.") \
    ROW(MESH, "", "istio|linkerd", \
        "Wait for this mesh's proxy, and ask it to quit; starts after the timeout where no proxy was injected.") \
    ROW(POLL_INTERVAL, "2s", "DURATION", \
        "Look at the graveyard this often besides inotify, for file systems where inotify is silent; 0 never.")

#define KUBEXIT_ID(id, fallback, values, meaning) SETTING_##id,
enum setting_id { KUBEXIT_SETTINGS(KUBEXIT_ID) SETTING_COUNT };

typedef struct {
    const char *name;
    const char *fallback; /* default, parsed like a value that was set */
    const char *values;
    const char *meaning;
} setting_row_t;

#define KUBEXIT_ROW(id, fallback, values, meaning) {"KUBEXIT_" #id, fallback, values, meaning},
static const setting_row_t SETTINGS[SETTING_COUNT] = {KUBEXIT_SETTINGS(KUBEXIT_ROW)};

#endif
