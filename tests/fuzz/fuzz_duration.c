/* Any text as a duration: refused or understood, never read beyond its end, no sum that overflows. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char *text = malloc(size + 1);
    long long ns = 0;

    memcpy(text, data, size);
    text[size] = 0;
    kx_duration_read(text, &ns);
    free(text);
    return 0;
}
