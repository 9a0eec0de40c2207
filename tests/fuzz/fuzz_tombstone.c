/* Any bytes as a tombstone: refused or understood, never read beyond their end. */
/* seeds: tests/recorded/original tests/recorded/foreign tests/recorded/hostile */
#include "unit.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    kx_tombstone_t stone;

    kx_tombstone_read((const char *)data, size, &stone);
    return 0;
}
