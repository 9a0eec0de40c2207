/* The native unit, included whole: its functions are static, and names.h (made by build/native.sh) knows what
 * Cython called them. To be included first, since Python.h chooses what the system's headers declare. */
#include "supervisor.c"

#include "names.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
