/* Variadic log calls: the one thing that a function written in Cython cannot be.
 * The compiler checks each format against its arguments. */
#ifndef KUBEXIT_LOG_FORMAT_H
#define KUBEXIT_LOG_FORMAT_H

#include <stdarg.h>

#include "base/format.h"

enum { LOG_NONE = -1, LOG_NOT_TRIED = -2 };
enum { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };
enum { LOG_REFUSAL = LOG_OFF }; /* of a line: shown as error, and not even hidden by off */

typedef struct log_s log_t;
struct log_s {
    int level;         /* lines below it are not written */
    int json;
    const char *name;  /* KUBEXIT_NAME, once known */
    unsigned int lost; /* lines dropped since the last one that was written */
    int own;           /* stderr opened again, LOG_NOT_TRIED or LOG_NONE */
    void (*emit)(log_t *log, int level, const char *message);
};

__attribute__((format(printf, 3, 4), unused))
static void log_line(log_t *log, int level, const char *format, ...)
{
    char message[2048];
    va_list arguments;

    if (level < log->level)
        return;
    va_start(arguments, format);
    format_list(message, sizeof message, format, arguments);
    va_end(arguments);
    log->emit(log, level, message);
}

#define log_debug(log, ...) log_line(log, LOG_DEBUG, __VA_ARGS__)
#define log_info(log, ...) log_line(log, LOG_INFO, __VA_ARGS__)
#define log_warn(log, ...) log_line(log, LOG_WARN, __VA_ARGS__)
#define log_error(log, ...) log_line(log, LOG_ERROR, __VA_ARGS__)
/* Why the command was not started. */
#define log_refusal(log, ...) log_line(log, LOG_REFUSAL, __VA_ARGS__)

#endif
