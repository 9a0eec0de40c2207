/* Options of the sanitizers, compiled in: the tests choose the environment of kubexit.
 * No leak search: nothing is allocated after start, and it would need ptrace, which PID 1 of a container lacks. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
    return "exitcode=99:detect_leaks=0:halt_on_error=1:detect_stack_use_after_return=1:log_path=" REPORTS;
}

const char *__ubsan_default_options(void)
{
    return "halt_on_error=1:print_stacktrace=1:exitcode=99"; /* reported on stderr: the log belongs to the other */
}
