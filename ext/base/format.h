/* Text from a format, as vsnprintf(3) writes it. Almost all of our formats contain only %s, %.Ns, %d and %u; these are
 * written here, with a stack of 200 bytes. The C library's function takes 8 KiB of stack for any format, since it can
 * write floating-point numbers: pages that a supervisor touches for nothing else. It writes the formats that are left. */
#ifndef KUBEXIT_FORMAT_H
#define KUBEXIT_FORMAT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

typedef struct {
    char *bytes;
    size_t size;
    size_t length; /* of the whole text, also of what did not fit */
} format_target_t;

static inline void format_byte(format_target_t *target, char byte)
{
    if (target->length + 1 < target->size)
        target->bytes[target->length] = byte;
    target->length++;
}

static inline void format_words(format_target_t *target, const char *words, size_t limit)
{
    if (words == NULL)
        words = "(null)";
    while (limit-- > 0 && *words != 0)
        format_byte(target, *words++);
}

static inline void format_number(format_target_t *target, unsigned int number, int is_negative)
{
    char digits[12];
    int count = 0;

    if (is_negative)
        number = -number;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    if (is_negative)
        format_byte(target, '-');
    while (count > 0)
        format_byte(target, digits[--count]);
}

/* Read the conversion after a '%': s, d, u, or s with a number as its limit. Return the character behind it; NULL for
 * any other conversion. */
static inline const char *format_conversion(const char *at, char *kind, size_t *limit)
{
    int is_limited = *at == '.' && at[1] >= '0' && at[1] <= '9';

    *limit = is_limited ? 0 : (size_t)-1;
    if (is_limited)
        for (at++; *at >= '0' && *at <= '9'; at++)
            *limit = *limit * 10 + (size_t)(*at - '0');
    *kind = *at;
    return *kind == 's' || (!is_limited && (*kind == 'd' || *kind == 'u')) ? at + 1 : NULL;
}

static inline int format_is_plain(const char *format)
{
    size_t limit;
    char kind;

    while (format != NULL && *format != 0)
        format = *format == '%' ? format_conversion(format + 1, &kind, &limit) : format + 1;
    return format != NULL;
}

/* As vsnprintf(3). */
__attribute__((format(printf, 3, 0), unused))
static int format_list(char *bytes, size_t size, const char *format, va_list arguments)
{
    format_target_t target = {bytes, size, 0};
    size_t limit;
    char kind;
    int number;

    if (!format_is_plain(format))
        return vsnprintf(bytes, size, format, arguments);
    while (*format != 0) {
        if (*format != '%') {
            format_byte(&target, *format++);
            continue;
        }
        format = format_conversion(format + 1, &kind, &limit);
        if (kind == 's') {
            format_words(&target, va_arg(arguments, const char *), limit);
        } else {
            number = va_arg(arguments, int);
            format_number(&target, (unsigned int)number, kind == 'd' && number < 0);
        }
    }
    if (size > 0)
        bytes[target.length < size ? target.length : size - 1] = 0;
    return (int)target.length;
}

/* As snprintf(3). */
__attribute__((format(printf, 3, 4), unused))
static int format_text(char *bytes, size_t size, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = format_list(bytes, size, format, arguments);
    va_end(arguments);
    return length;
}

#endif
