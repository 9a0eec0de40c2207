"""Look: --status, --wait and --timeline, which read a graveyard and change nothing in it."""
cimport cstd


cdef int look_run(int argc, char **argv, settings_t *settings, log_t *log) noexcept nogil:
    """Do what the arguments say; the exit code."""
    cdef look_t look
    cdef int code
    look_parse(&look, argc, argv)
    if look.problem != NULL:
        log_error(log, b"%s: %s", argv[1], look.problem)
        return EXIT_SETTINGS
    code = look_place(&look, settings, log)
    if code == 0 and look.words > 0:
        code = conditions_read(&look, settings, log)
    if code != 0:
        return code
    graveyard_begin(&survey.graveyard, settings.graveyard, 0)
    if look.command == LOOK_WAIT:
        return wait_run(&look, settings, &survey.graveyard, log)
    code = -graveyard_open(&survey.graveyard, False)
    if code != 0:
        return look_refuse(settings, code, log)
    if look.words > 0:
        return conditions_status(settings, &survey.graveyard, log)
    survey.liveness = settings.liveness
    survey.log = log
    code = -survey_take()
    if code != 0:
        return look_refuse(settings, code, log)
    return timeline_run(log) if look.command == LOOK_TIMELINE else status_run(&look, log)


cdef int look_place(const look_t *look, settings_t *settings, log_t *log) noexcept nogil:
    """Find out where to look, and whether at FIFOs: --in, then the settings; 0, or EXIT_SETTINGS after a line."""
    if look.folder != NULL:
        settings.value[SETTING_GRAVEYARD] = look.folder
    if setting_parse(settings, SETTING_GRAVEYARD) == 0 and setting_parse(settings, SETTING_LIVENESS) == 0:
        return 0
    problems_log(&settings.problems, log)
    return EXIT_SETTINGS


cdef int look_refuse(const settings_t *settings, int error, log_t *log) noexcept nogil:
    """Say that the folder cannot be read; always EXIT_GRAVEYARD."""
    log_error(log, b"graveyard %s cannot be read: %s; use the folder that the pod's containers share, by --in DIR or "
              b"KUBEXIT_GRAVEYARD", settings.graveyard, cstd.strerror(error))
    return EXIT_GRAVEYARD
