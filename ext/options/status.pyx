"""Status: --status, a table of all containers for people, or JSON for programs."""
cimport cstd

cdef enum:
    STATUS_FAILED = 3           # a container crashed, or died in a way that no other container explains


cdef int status_run(const look_t *look, log_t *log) noexcept nogil:
    """Show the containers; 0, STATUS_FAILED, or EXIT_GRAVEYARD if the folder cannot be read."""
    cdef output_t output
    cdef bint json = look.output != NULL and cstd.strcmp(look.output, b"json") == 0
    cdef bint failed = False
    cdef int shown = 0
    cdef int columns = 4
    cdef int width
    cdef int index
    for index in range(survey.count):
        width = text_columns(survey.list[index].name)
        columns = width if width > columns else columns
    output_begin(&output, NULL)
    if json:
        output_text(&output, b"{\"version\":1,\"containers\":[")
    else:
        status_header(&output, columns)
    for index in range(survey.count):
        # Looked at again: the rest of the tombstone is shown too, and must be of the same moment as the state.
        if not survey_look(&survey.list[survey.order[index]]):
            continue
        failed = status_failed(&survey.list[survey.order[index]]) or failed
        if json:
            output_text(&output, b"," if shown > 0 else b"")
            status_json(&output, &survey.list[survey.order[index]])
        else:
            status_row(&output, &survey.list[survey.order[index]], columns)
        shown += 1
    if json:
        output_text(&output, b"]}\n")
    return output_end(&output, STATUS_FAILED if failed else 0, log)


cdef bint status_failed(const container_t *container) noexcept nogil:
    """Return whether it crashed, or died with another code than 0 and no Reason."""
    if container.state == STATE_CRASHED:
        return True
    return container.state == STATE_DIED and not container.reasoned and container.coded and container.exit_code != 0


cdef void status_header(output_t *output, int columns) noexcept nogil:
    """Write the heads of the columns."""
    output_padded(output, b"NAME", columns + 2)
    output_text(output, b"STATE     SINCE                 EXIT  REASON\n")


cdef void status_row(output_t *output, const container_t *container, int columns) noexcept nogil:
    """Write a container's row. Blanks at the end of a line would be noise."""
    cdef char since[TIME_BYTES]
    cdef char code[16]
    cdef text_t reason
    cstd.memcpy(since, b"-", 2)
    cstd.memcpy(code, b"-", 2)
    if status_since(container) != ABSENT:
        time_write(since, status_since(container), 0)
    if container.state == STATE_DIED and container.coded:
        cstd.snprintf(code, sizeof(code), b"%d", container.exit_code)
    status_reason(container, &reason)
    output_padded(output, container.name, columns + 2)
    output_padded(output, state_word(container.state), 10)
    output_padded(output, since, 22)
    if reason.bytes[0] != 0:
        output_padded(output, code, 6)
        output_text(output, reason.bytes)
    else:
        output_text(output, code)
    output_text(output, b"\n")


cdef long long status_since(const container_t *container) noexcept nogil:
    """Return when its state began, wall time; ABSENT if that is not known."""
    if container.state == STATE_STARTING:
        return container.begun_ns
    if container.state == STATE_WAITING:
        return container.waiting_ns
    if container.state == STATE_RUNNING:
        return container.born_ns
    if container.state == STATE_READY:
        return container.ready_ns
    return container.died_ns if container.state == STATE_DIED else ABSENT


cdef void status_reason(const container_t *container, text_t *text) noexcept nogil:
    """Write why it is in its state, and an end of the text."""
    text.length = 0
    status_explain(container, text)
    if container.state == STATE_DIED and container.born_ns == ABSENT and not container.reasoned:
        text_add(text, b"the command did not start")
    text.bytes[text.length] = 0


cdef void status_explain(const container_t *container, text_t *text) noexcept nogil:
    """Add what it waits for, why its probe fails, what ended it."""
    if container.state == STATE_CRASHED:
        text_add(text, b"kubexit was killed")
        if container.born_ns == ABSENT:
            text_add(text, b" before the command started")
    elif container.state == STATE_WAITING:
        status_reason_add(text, b"waits for ", b"WaitsFor")
    elif container.state == STATE_RUNNING:
        status_explain_running(text)
    elif container.state == STATE_DIED:
        status_reason_add(text, b"", b"Reason")
        status_reason_add(text, b"the command exited with ", b"CommandExitCode")


cdef void status_explain_running(text_t *text) noexcept nogil:
    """Add why its probe fails, or which probe has not succeeded yet; nothing if there is no probe."""
    cdef char probe[8]
    cdef value_t value
    cdef size_t before = text.length
    status_reason_add(text, b"not ready: ", b"ProbeError")
    if text.length > before or not value_find(tombstone_text, survey.length, b"Probe", &value):
        return
    value_copy(value, probe, sizeof(probe))
    if cstd.strcmp(probe, b"none") != 0:
        status_reason_add(text, b"not ready: ", b"Probe")


cdef void status_reason_add(text_t *text, const char *before, const char *key) noexcept nogil:
    """Add the value of a key, if it is there, behind what is there already."""
    cdef char character[CHARACTER_BYTES]
    cdef value_t value
    if not value_find(tombstone_text, survey.length, key, &value):
        return
    if text.length > 0:
        text_add(text, b"; ")
    text_add(text, before)
    while value_next(&value, character) > 0 and text.length + CHARACTER_BYTES < TEXT_BYTES:
        text_add_printable(text, character)
