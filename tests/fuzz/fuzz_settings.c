/* Any environment: lines are entries. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 64 };

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static kx_settings_t settings;
    char *environment[ENTRIES + 1];
    char *text = malloc(size + 1);
    char *rest = text;
    int count = 0;

    memcpy(text, data, size);
    text[size] = 0;
    while (rest && count < ENTRIES)
        environment[count++] = strsep(&rest, "\n");
    environment[count] = NULL;
    memset(&settings, 0xa5, sizeof settings); /* the reader relies on nothing that was there before */
    kx_settings_collect(&settings, environment);
    kx_settings_resolve(&settings);
    free(text);
    return 0;
}
