"""Plan parser: lines NAME: SETTING=VALUE ..., with comments and values in double quotes (docs/use/plan.md)."""
from libc.stddef cimport size_t
cimport cstd


cdef void plan_parse(plan_t *plan, problems_t *problems, const char *source) noexcept nogil:
    """Read the text of a plan; each bad line or setting is reported and left out."""
    cdef char *at = plan.text
    cdef int before = problems.count
    source = text_skip_mark(source)
    plan.source = source
    plan.count = 0
    plan.length = cstd.strnlen(source, PLAN_BYTES + 1)
    plan.hash[0] = 0
    if plan.length > PLAN_BYTES:
        plan.length = 0
        problem_add(problems, b"KUBEXIT_PLAN: too long; use at most 32 KiB")
        return
    cstd.memcpy(plan.text, source, plan.length)
    plan.text[plan.length] = 0
    plan_hash(plan)
    while at < plan.text + plan.length:
        at = plan_read_line(plan, problems, at)
    if plan.count == 0 and problems.count == before:
        problem_add(problems, b"KUBEXIT_PLAN: is empty; is the annotation on the pod template?")


cdef void plan_hash(plan_t *plan) noexcept nogil:
    """Set the FNV-1a hash of the text, without the blanks at its end: a ConfigMap and an annotation may differ there.

    It shows a difference that was not meant; a person who wants to deceive can do so anyway.
    """
    cdef size_t length = plan.length
    cdef unsigned long long number = 0xcbf29ce484222325ULL
    cdef size_t at
    while length > 0 and is_blank(plan.text[length - 1]):
        length -= 1
    for at in range(length):
        number = (number ^ <unsigned char>plan.text[at]) * 0x100000001b3ULL
    cstd.snprintf(plan.hash, PLAN_HASH_BYTES, b"%016llx", number)


cdef char *plan_read_line(plan_t *plan, problems_t *problems, char *start) noexcept nogil:
    """Read the line that starts here, cut into words. Return where the next one starts."""
    cdef char *end = start
    cdef char *colon
    cdef char *name_end
    while end[0] != 0 and end[0] != c'\n':
        end += 1
    end[0] = 0
    while is_blank(start[0]):
        start += 1
    if start[0] == 0 or start[0] == c'#':
        return end + 1
    colon = <char *>cstd.strchr(start, c':')
    if colon == NULL or plan_colon_is_late(start, colon):
        plan_refuse(problems, plan, start, b"no colon behind the name; use NAME: SETTING=VALUE ...")
        return end + 1
    name_end = colon
    while name_end > start and is_blank(name_end[-1]):
        name_end -= 1
    name_end[0] = 0
    colon[0] = 0
    if plan_add_line(plan, problems, start, colon + 1, end):
        plan_read_settings(plan, problems, &plan.lines[plan.count - 1], colon + 1)
    return end + 1


cdef bint plan_colon_is_late(const char *name, const char *colon) noexcept nogil:
    """True if a setting begins before the first colon, so that the colon belongs to a value."""
    while name < colon and not is_blank(name[0]):
        name += 1
    while name < colon and name[0] != c'=':
        name += 1
    return name < colon


cdef bint plan_add_line(plan_t *plan, problems_t *problems, const char *name, const char *words,
                        const char *end) noexcept nogil:
    """Add the line of a container; False if it is refused."""
    cdef const char *why = name_problem(name, cstd.strlen(name))
    cdef plan_line_t *line
    if why == NULL and plan_find(plan, name, cstd.strlen(name)) >= 0:
        why = b"this container has a line already; put all of its settings on one line"
    if why == NULL and plan.count == MAX_PLAN_LINES:
        why = b"one line too many; use at most 128"
    if why != NULL:
        plan_refuse(problems, plan, name, why)
        return False
    line = &plan.lines[plan.count]
    plan.count += 1
    cstd.memset(line, 0, sizeof(plan_line_t))
    line.name = name
    line.words = words
    line.end = end
    return True


cdef void plan_read_settings(plan_t *plan, problems_t *problems, plan_line_t *line, char *at) noexcept nogil:
    """Cut the rest of a line into settings; what is bad becomes NUL."""
    cdef char *word
    while at < line.end:
        while is_blank(at[0]):
            at[0] = 0
            at += 1
        if at[0] == c'#':
            cstd.memset(at, 0, <size_t>(line.end - at))
        if at >= line.end or at[0] == 0:
            return
        word = at
        at = plan_cut(plan, problems, word)
        if word[0] != 0 and not plan_check_word(plan, problems, line, word):
            cstd.memset(word, 0, <size_t>(at - word))


cdef char *plan_cut(const plan_t *plan, problems_t *problems, char *word) noexcept nogil:
    """End SETTING=VALUE with a NUL, and return what is behind it. If the form is wrong, all of it becomes NUL."""
    cdef const char *why = NULL
    cdef char *at = word
    while at[0] != 0 and at[0] != c'=' and not is_blank(at[0]):
        at += 1
    if at[0] != c'=':
        why = plan_no_value(word)
    elif at[1] == c'"':
        at = <char *>cstd.strchr(at + 2, c'"')
        if at == NULL:
            at = word + cstd.strlen(word)
            why = b"no closing quote"
        else:
            at[0] = 0
            at += 1
            if at[0] != 0 and not is_blank(at[0]):
                why = b"text behind the closing quote; put the whole value into the quotes"
    return plan_cut_end(plan, problems, word, at, why)


cdef const char *plan_no_value(const char *word) noexcept nogil:
    """Return what is wrong with a word without a sign: often it is the rest of a list with a blank in it."""
    cdef const char *before = word
    while before[-1] == 0 or is_blank(before[-1]):      # ends at the name of the line, which is not empty
        before -= 1
    if word[0] == c',' or before[-1] == c',':
        return b"a list cannot contain blanks; use SETTING=ONE,TWO"
    return b"no value; use SETTING=VALUE"


cdef char *plan_cut_end(const plan_t *plan, problems_t *problems, char *word, char *at,
                        const char *why) noexcept nogil:
    """Find the end of a word, from `at` on, and refuse the word if something is wrong with it."""
    while at[0] != 0 and not is_blank(at[0]):
        if at[0] == c'"' and why == NULL:
            why = b"a quote inside of a value; put the whole value into double quotes"
        at += 1
    if why != NULL:
        plan_refuse(problems, plan, word, why)
        cstd.memset(word, 0, <size_t>(at - word))
    elif at[0] != 0:
        at[0] = 0
        at += 1
    return at
