"""Timeline rows: the parts of one life at their places, how it ended, and why."""
from libc.stddef cimport size_t
cimport cstd


cdef void timeline_row(timeline_t *chart, const container_t *container) noexcept nogil:
    """Draw the bar of one container, between its name and how it ended."""
    cdef char parts[TIMELINE_MOST]
    cdef long long last_ns = container.died_ns if container.state == STATE_DIED else chart.end_ns
    cdef long long born_ns = container.born_ns if container.born_ns != ABSENT else last_ns
    cdef long long stop_ns = timeline_stop(container, last_ns)
    cstd.memset(parts, PART_NONE, sizeof(parts))
    if survey_begun(container) != ABSENT:
        timeline_paint(chart, parts, PART_WAITING, survey_begun(container), born_ns)
    if container.born_ns != ABSENT:
        if container.ready_ns != ABSENT:
            timeline_paint(chart, parts, PART_STARTING, born_ns, container.ready_ns)
            born_ns = container.ready_ns
        timeline_paint(chart, parts, PART_RUNNING, born_ns, stop_ns)
        timeline_paint(chart, parts, PART_STOPPING, stop_ns, last_ns)
    output_padded(chart.output, container.name, chart.label + 2)
    timeline_bar(chart, parts)
    output_text(chart.output, b"  ")
    if container.state == STATE_CRASHED:
        output_text(chart.output, b"crashed")
    elif container.state != STATE_DIED:
        output_text(chart.output, b"waiting" if container.born_ns == ABSENT else b"alive")
    elif container.coded:
        output_text(chart.output, b"exit ")
        output_number(chart.output, container.exit_code)
    else:
        output_text(chart.output, b"died")
    output_text(chart.output, b"\n")


cdef long long timeline_stop(const container_t *container, long long last_ns) noexcept nogil:
    """Return when the dependency died whose death ended this life, as the Reason names it; else its last moment."""
    cdef char reason[NAME_BYTES + 16]
    cdef char *name = reason + 11
    cdef char *end
    cdef value_t value
    cdef int index
    if not value_find(tombstone_text, survey.length, b"Reason", &value):
        return last_ns
    value_copy(value, reason, sizeof(reason))
    if cstd.strncmp(reason, b"dependency ", 11) != 0:
        return last_ns
    end = <char *>cstd.strchr(name, c' ')
    if end != NULL:
        end[0] = 0
    for index in range(survey.count):
        if cstd.strcmp(survey.list[index].name, name) == 0 and survey.list[index].died_ns != ABSENT and \
                survey.list[index].died_ns < last_ns:
            return survey.list[index].died_ns
    return last_ns


cdef void timeline_paint(const timeline_t *chart, char *parts, int part, long long begin_ns,
                         long long end_ns) noexcept nogil:
    """Paint a part of a life; one that is too short for a column takes one from the part before it."""
    cdef int first = timeline_column(chart, begin_ns)
    cdef int behind = timeline_column(chart, end_ns)
    if end_ns <= begin_ns:
        return
    if first > chart.columns - 1:
        first = chart.columns - 1
    if behind <= first:
        behind = first + 1
    cstd.memset(parts + first, part, <size_t>(behind - first))


cdef int timeline_column(const timeline_t *chart, long long moment_ns) noexcept nogil:
    """Return where a moment is on the bar, from 0 to its width."""
    cdef double share
    if moment_ns <= chart.begin_ns:
        return 0
    share = timeline_between(chart.begin_ns, moment_ns) / timeline_between(chart.begin_ns, chart.end_ns)
    return <int>(share * chart.columns + 0.5) if share < 1 else chart.columns


cdef double timeline_between(long long begin_ns, long long end_ns) noexcept nogil:
    """Return the nanoseconds from one moment to a later one. The times of tombstones can be further apart than a signed
    number can say."""
    return <double>(<unsigned long long>end_ns - <unsigned long long>begin_ns)


cdef void timeline_bar(timeline_t *chart, const char *parts) noexcept nogil:
    """Write the characters of a bar, with one pair of colour codes for a run of the same part."""
    cdef int index
    cdef int before = PART_NONE
    for index in range(chart.columns):
        if parts[index] != before and before != PART_NONE:
            timeline_colour(chart, PART_NONE)
        if parts[index] != before and parts[index] != PART_NONE:
            timeline_colour(chart, parts[index])
        before = parts[index]
        output_text(chart.output, part_glyph(chart, before))
    if before != PART_NONE:
        timeline_colour(chart, PART_NONE)


cdef void timeline_colour(timeline_t *chart, int part) noexcept nogil:
    """Switch to the colour of a part, or back from it."""
    if not chart.colour:
        return
    if part == PART_WAITING:
        output_text(chart.output, b"\x1b[90m")
    elif part == PART_STARTING:
        output_text(chart.output, b"\x1b[33m")
    elif part == PART_RUNNING:
        output_text(chart.output, b"\x1b[32m")
    elif part == PART_STOPPING:
        output_text(chart.output, b"\x1b[35m")
    else:
        output_text(chart.output, b"\x1b[0m")


cdef const char *part_glyph(const timeline_t *chart, int part) noexcept nogil:
    """Return the character that draws a part."""
    if part == PART_WAITING:
        return b"\xc2\xb7" if chart.unicode else b"."
    if part == PART_STARTING:
        return b"\xe2\x96\x91" if chart.unicode else b":"
    if part == PART_RUNNING:
        return b"\xe2\x96\x88" if chart.unicode else b"#"
    if part == PART_STOPPING:
        return b"\xe2\x96\x92" if chart.unicode else b"~"
    return b" "
