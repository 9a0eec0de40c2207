/* A formatted line on stdout, for --help and --version. Without stdio's streams:
 * they would bring locks, buffers and 20 kB into a file that never needs them. */
#ifndef KUBEXIT_PRINT_LINE_H
#define KUBEXIT_PRINT_LINE_H

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

__attribute__((format(printf, 1, 2), unused))
static void print_line(const char *format, ...)
{
    char line[1024];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    if (length > (int)sizeof line - 2)
        length = sizeof line - 2;
    line[length] = '\n';
    if (write(1, line, (size_t)length + 1) < 0)
        return; /* no process reads it: nothing can be done about that */
}

#endif
