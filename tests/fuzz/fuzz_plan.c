/* Any plan: read, then all lines checked. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static kx_plan_t plan;
    static kx_problems_t problems;
    char *text = malloc(size + 1);

    memcpy(text, data, size);
    text[size] = 0;
    problems.count = 0;
    problems.dropped = 0;
    memset(&plan, 0xa5, sizeof plan); /* the reader relies on nothing that was there before */
    kx_plan_parse(&plan, &problems, text);
    kx_plan_check(&plan, &problems);
    if (plan.count == 0 && problems.count == 0)
        abort(); /* an empty plan is a mistake */
    free(text);
    return 0;
}
