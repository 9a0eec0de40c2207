/* formats: compare format_text of ext/base/format.h with snprintf(3), in buffers of every size. Prints the number of
 * comparisons; names the first difference on stderr and exits with 1. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../../ext/base/format.h"

enum { MOST = 80 };

static int compared;

static void compare(const char *format, size_t size, const char *ours, int our_length, const char *theirs, int length)
{
    compared++;
    if (our_length == length && memcmp(ours, theirs, MOST) == 0)
        return;
    fprintf(stderr, "%s in %zu bytes: %d \"%s\", not %d \"%s\"\n", format, size, our_length, ours, length, theirs);
    exit(1);
}

#define EACH_SIZE(format, ...) \
    for (size_t size = 0; size <= MOST; size++) { \
        char ours[MOST] = "", theirs[MOST] = ""; \
        int our_length = format_text(ours, size, format, __VA_ARGS__); \
        int length = snprintf(theirs, size, format, __VA_ARGS__); \
        compare(format, size, ours, our_length, theirs, length); \
    }

static void numbers(int number)
{
    EACH_SIZE("%d", number)
    EACH_SIZE("%u", (unsigned int)number)
    EACH_SIZE("pid %d, uid %u: %s", number, (unsigned int)number, "end")
    EACH_SIZE("%ld|%d", (long)number, number)
    EACH_SIZE("%08x %-12d|", (unsigned int)number, number)
    EACH_SIZE("%g %d", number / 8.0, number)
}

static void words(const char *text)
{
    EACH_SIZE("%s", text)
    EACH_SIZE("%.0s%.3s%.300s", text, text, text)
    EACH_SIZE("%s %s: %d", text, text, 1)
    EACH_SIZE("%.*s|%s", 2, text, text)
    EACH_SIZE("%5s|%-9s|%.s", text, text, text)
    EACH_SIZE("100 %% %s", text)
}

int main(void)
{
    static const int some[] = {0, 1, -1, 9, 10, -10, 137, 65535, INT_MAX, INT_MIN, INT_MIN + 1};
    static const char *const texts[] = {"", "a", "SIGTERM", "two words", "\xc3\x9f\xe2\x82\xac", "%d %s %n", "0123456789"};

    for (size_t index = 0; index < sizeof some / sizeof *some; index++)
        numbers(some[index]);
    for (size_t index = 0; index < sizeof texts / sizeof *texts; index++)
        words(texts[index]);
    printf("%d\n", compared);
    return 0;
}
