/* Every exit code that is not the exit code of the command. --help, the reference page
 * and the test that compares them read this table. */
#ifndef KUBEXIT_EXITCODES_TABLE_H
#define KUBEXIT_EXITCODES_TABLE_H

#define KUBEXIT_EXIT_CODES(ROW) \
    ROW(STOPPED, 0, "a death dependency was dead before the command started, so it did not start") \
    ROW(SETTINGS, 2, "invalid settings: a bad or missing value, an unknown container, an impossible order") \
    ROW(UNAVAILABLE, 69, "birth dependencies were not ready in time, or can never be ready") \
    ROW(INTERNAL, 70, "kubexit or its waiter failed for another reason") \
    ROW(GRAVEYARD, 73, "the graveyard cannot be used, or --install cannot write its file") \
    ROW(REFUSED, 77, "the Kubernetes API refused the request") \
    ROW(TIMED_OUT, 124, "the command ran longer than KUBEXIT_TIMEOUT, or was not ready within KUBEXIT_READY_TIMEOUT") \
    ROW(NOT_EXECUTABLE, 126, "the command cannot be executed") \
    ROW(NOT_FOUND, 127, "the command was not found")

#define KUBEXIT_EXIT_ID(id, code, meaning) EXIT_##id = code,
enum exit_code { KUBEXIT_EXIT_CODES(KUBEXIT_EXIT_ID) EXIT_BY_SIGNAL = 128 };

typedef struct {
    int code;
    const char *name;
    const char *meaning;
} exit_code_row_t;

#define KUBEXIT_EXIT_ROW(id, code, meaning) {code, #id, meaning},
static const exit_code_row_t EXIT_CODES[] = {KUBEXIT_EXIT_CODES(KUBEXIT_EXIT_ROW)};
enum { EXIT_CODE_COUNT = sizeof EXIT_CODES / sizeof EXIT_CODES[0] };

#endif
