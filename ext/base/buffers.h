/* Memory for what is composed and what is read: not on the stack, since a container may have a small stack limit, and
 * the pages of a deep stack are touched for nothing else. Each use ends before the next begins. Line and input share a
 * page, which is touched at the start by the first log line: reading a tombstone or an event later touches no other. */
#ifndef KUBEXIT_BUFFERS_H
#define KUBEXIT_BUFFERS_H

#include <stddef.h>

enum {
    TEXT_BYTES = 3584,              /* below PIPE_BUF (pipe(7)): log lines of several writers never mix */
    BUFFER_INPUT_BYTES = 65536 + 8, /* a tombstone of the largest size, and one byte more */
};

typedef struct {
    size_t length;
    char bytes[TEXT_BYTES + 8]; /* the rest is kept for text_add_end */
} text_t;

static struct {
    text_t line;                    /* the log line or the tombstone that is being composed */
    char input[BUFFER_INPUT_BYTES]; /* a peer's tombstone, or events of inotify */
} buffers;

#endif
