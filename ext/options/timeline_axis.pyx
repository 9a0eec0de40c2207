"""Timeline axis, legend and notes: what is around the bars."""
from libc.stddef cimport size_t
cimport cstd

cdef extern from *:
    """
    static const double TIMELINE_STEPS[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200,
                                            21600, 43200, 86400, 0};
    """
    const double *TIMELINE_STEPS

cdef enum:
    TIMELINE_TICK = 8           # columns at least from one label of the axis to the next


cdef void timeline_axis(timeline_t *chart) noexcept nogil:
    """Draw a line of labels and a ruler below it."""
    cdef char labels[TIMELINE_MOST + 16]
    cdef char ticks[TIMELINE_MOST]
    cdef double length = timeline_between(chart.begin_ns, chart.end_ns) / SECOND_NS
    cdef const double *step = TIMELINE_STEPS
    cdef double every
    cdef int number = 0
    cdef int at = 0
    while step[0] != 0 and step[0] / length * chart.columns < TIMELINE_TICK:
        step += 1
    every = step[0] if step[0] != 0 else length
    cstd.memset(labels, c' ', sizeof(labels))
    cstd.memset(ticks, 0, sizeof(ticks))
    labels[0] = 0
    while at < chart.columns:
        labels[cstd.strlen(labels)] = c' '
        timeline_clock(labels + at, number * every)
        ticks[at] = 1
        number += 1
        at = <int>(number * every / length * chart.columns + 0.5)
        if number * every > length * 1.000001:
            break
    output_repeat(chart.output, b" ", chart.label + 2)
    output_text(chart.output, labels)
    output_text(chart.output, b"\n")
    output_repeat(chart.output, b" ", chart.label + 2)
    for at in range(chart.columns):
        if ticks[at] == 0:
            output_text(chart.output, b"\xe2\x94\x80" if chart.unicode else b"-")
        elif at == 0:
            output_text(chart.output, b"\xe2\x94\x9c" if chart.unicode else b"|")
        else:
            output_text(chart.output, b"\xe2\x94\xbc" if chart.unicode else b"+")
    output_text(chart.output, b"\n")


cdef void timeline_clock(char *target, double seconds) noexcept nogil:
    """Write a label and its end: 0.5s, 90s, 5m, 2h."""
    cdef long long whole = <long long>(seconds + 0.5)
    if seconds >= 7200 and whole % 3600 == 0:
        cstd.snprintf(target, 16, b"%lldh", whole // 3600)
    elif seconds >= 120 and whole % 60 == 0:
        cstd.snprintf(target, 16, b"%lldm", whole // 60)
    else:
        cstd.snprintf(target, 16, b"%.4gs", seconds)


cdef void timeline_legend(timeline_t *chart) noexcept nogil:
    """Write what the characters mean, on as many lines as it takes."""
    cdef int margin = chart.label + 2
    cdef int at = 0
    cdef int part
    cdef int width
    for part in range(1, PART_COUNT):
        width = 2 + text_columns(part_meaning(part))
        if at > 0 and margin + at + 2 + width > chart.width:
            output_text(chart.output, b"\n")
            at = 0
        output_repeat(chart.output, b" ", 2 if at > 0 else margin)
        timeline_colour(chart, part)
        output_text(chart.output, part_glyph(chart, part))
        timeline_colour(chart, PART_NONE)
        output_text(chart.output, b" ")
        output_text(chart.output, part_meaning(part))
        at += width + (2 if at > 0 else 0)
    output_text(chart.output, b"\n")


cdef const char *part_meaning(int part) noexcept nogil:
    """Return what a part is called in the legend."""
    if part == PART_WAITING:
        return b"waiting"
    if part == PART_STARTING:
        return b"starting"
    return b"running (ready)" if part == PART_RUNNING else b"stopping"


cdef void timeline_note(timeline_t *chart, const container_t *container) noexcept nogil:
    """Write why it ended, or what it waits for, in lines that fit; nothing if there is nothing to say."""
    cdef text_t text
    cdef value_t value
    cdef int width = chart.width - chart.label - 2
    cdef const char *at = text.bytes
    cdef size_t length
    if not container.reasoned and container.state != STATE_WAITING:
        return
    text.length = 0
    status_explain(container, &text)
    if container.state == STATE_DIED and container.born_ns == ABSENT:
        text_add(&text, b"; the command was not started")
    if value_find(tombstone_text, survey.length, b"Killed", &value):
        text_add(&text, b"; SIGKILL after the grace period")
    text.bytes[text.length] = 0
    output_padded(chart.output, container.name, chart.label + 2)
    while True:
        length = timeline_break(at, width if width > TIMELINE_LEAST else TIMELINE_LEAST)
        output_bytes(chart.output, at, length)
        output_text(chart.output, b"\n")
        at += length
        while at[0] == c' ':
            at += 1
        if at[0] == 0:
            return
        output_repeat(chart.output, b" ", chart.label + 2)


cdef size_t timeline_break(const char *text, int columns) noexcept nogil:
    """Return the bytes of a text that fit into a line: up to the last blank that does, else up to any character."""
    cdef size_t at = 0
    cdef size_t blank = 0
    cdef int column = 0
    while text[at] != 0:
        if <unsigned char>text[at] & 0xc0 != 0x80:
            column += 1
            if text[at] == c' ' and column <= columns + 1:
                blank = at
            if column > columns:
                return blank if blank > 0 else at
        at += 1
    return at
