"""Timeline: the lives of all containers as a picture of one row a container, for any width."""
cimport cstd
cimport kernel

cdef enum:
    TIMELINE_CODE = 8           # columns of "exit 143"
    TIMELINE_LEAST = 10         # columns of a bar, even in a narrow terminal
    TIMELINE_MOST = 500
    TIMELINE_PLAIN = 80         # columns of what is no terminal

cdef enum:                      # parts of a life
    PART_NONE = 0
    PART_WAITING
    PART_STARTING
    PART_RUNNING
    PART_STOPPING
    PART_COUNT

ctypedef struct timeline_t:
    output_t *output
    bint unicode
    bint colour
    int width                   # of a line
    int label                   # columns of the longest name
    int columns                 # of a bar
    long long begin_ns          # the first and the last moment of all lives
    long long end_ns


cdef int timeline_run(log_t *log) noexcept nogil:
    """Draw the survey on stdout, as the terminal and the locale allow; the exit code."""
    cdef output_t output
    cdef timeline_t chart
    output_begin(&output, NULL)
    chart.output = &output
    chart.width = terminal_columns(&chart.colour)
    chart.colour = chart.colour and cstd.getenv(b"NO_COLOR") == NULL
    chart.unicode = locale_is_utf8()
    timeline_draw(&chart)
    return output_end(&output, 0, log)


cdef void timeline_log(const char *graveyard, bint liveness, log_t *log) noexcept nogil:
    """Log the timeline at debug if no container of the graveyard is alive any longer, except ours, which has written
    its death."""
    cdef output_t output
    cdef timeline_t chart
    cdef int index
    graveyard_begin(&survey.graveyard, graveyard, 0)
    survey.liveness = liveness
    survey.log = log
    if graveyard_open(&survey.graveyard, False) < 0 or survey_take() < 0:
        return
    for index in range(survey.count):
        if survey.list[index].state != STATE_DIED and survey.list[index].state != STATE_CRASHED:
            return
    output_begin(&output, log)
    output.prefix = b"timeline: "
    chart.output = &output
    chart.width = TIMELINE_PLAIN
    chart.colour = False
    chart.unicode = False
    timeline_draw(&chart)
    graveyard_close(&survey.graveyard)


cdef void timeline_draw(timeline_t *chart) noexcept nogil:
    """Draw axis, one row a container, legend, and a sentence for each life that something else ended."""
    cdef int index
    if survey.count == 0:
        output_text(chart.output, b"no container has been here\n")
        return
    timeline_span(chart)
    chart.label = 0
    for index in range(survey.count):
        if text_columns(survey.list[index].name) > chart.label:
            chart.label = text_columns(survey.list[index].name)
    chart.columns = chart.width - chart.label - TIMELINE_CODE - 4
    if chart.columns < TIMELINE_LEAST:
        chart.columns = TIMELINE_LEAST
    timeline_axis(chart)
    for index in range(survey.count):
        if survey_look(&survey.list[survey.order[index]]):
            timeline_row(chart, &survey.list[survey.order[index]])
    timeline_legend(chart)
    for index in range(survey.count):
        if survey_look(&survey.list[survey.order[index]]):
            timeline_note(chart, &survey.list[survey.order[index]])


cdef void timeline_span(timeline_t *chart) noexcept nogil:
    """Find the first and the last moment; as long as a container lives, the last is now."""
    cdef long long last_ns = ABSENT
    cdef int index
    chart.begin_ns = NEVER_NS
    for index in range(survey.count):
        timeline_extend(chart, &last_ns, survey_begun(&survey.list[index]))
        timeline_extend(chart, &last_ns, survey.list[index].born_ns)
        timeline_extend(chart, &last_ns, survey.list[index].ready_ns)
        timeline_extend(chart, &last_ns, survey.list[index].died_ns)
        if survey.list[index].state != STATE_DIED and survey.list[index].state != STATE_CRASHED:
            timeline_extend(chart, &last_ns, clock_wall_ns())
    if chart.begin_ns == NEVER_NS:
        chart.begin_ns = 0
    chart.end_ns = last_ns
    if chart.end_ns < chart.begin_ns + MILLISECOND_NS:
        chart.end_ns = chart.begin_ns + MILLISECOND_NS


cdef void timeline_extend(timeline_t *chart, long long *last_ns, long long moment_ns) noexcept nogil:
    """Take a moment into the span, if it is known."""
    if moment_ns == ABSENT:
        return
    if moment_ns < chart.begin_ns:
        chart.begin_ns = moment_ns
    if moment_ns > last_ns[0]:
        last_ns[0] = moment_ns


cdef int terminal_columns(bint *terminal) noexcept nogil:
    """Return the width of stdout: COLUMNS, else that of the terminal, else 80; and whether it is a terminal."""
    cdef const char *set_columns = cstd.getenv(b"COLUMNS")
    cdef kernel.winsize size
    cdef long long columns = -1
    terminal[0] = kernel.ioctl(1, kernel.TIOCGWINSZ, &size) == 0
    if set_columns != NULL:
        columns = number_parse(set_columns, 1000000)
    if columns <= 0 and terminal[0]:
        columns = size.ws_col
    if columns <= 0:
        columns = TIMELINE_PLAIN
    return <int>columns if columns < TIMELINE_MOST else TIMELINE_MOST


cdef bint locale_is_utf8() noexcept nogil:
    """Return whether the locale of characters is one of UTF-8; an image without a locale gets ASCII."""
    cdef const char *name = cstd.getenv(b"LC_ALL")
    if name == NULL or name[0] == 0:
        name = cstd.getenv(b"LC_CTYPE")
    if name == NULL or name[0] == 0:
        name = cstd.getenv(b"LANG")
    while name != NULL and name[0] != 0:
        if cstd.strncasecmp(name, b"utf-8", 5) == 0 or cstd.strncasecmp(name, b"utf8", 4) == 0:
            return True
        name += 1
    return False
