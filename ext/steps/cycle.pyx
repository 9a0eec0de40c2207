"""Cycle: do birth dependencies lead from us, by the tombstones of containers that wait, back to us?"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    CYCLE_DEPTH = 16            # a longer cycle is not found: it ends at the birth timeout
    CYCLE_LOOKS = 128           # at containers, in one search
    CONDITION_BYTES = 12

cdef enum:
    CYCLE_STRICT                # only dependencies that can never be met
    CYCLE_SOFT                  # also what a death or a timeout resolves
    CYCLE_OF_ALL                # one through "*", which the API decides, perhaps before a command starts

ctypedef struct cycle_step_t:   # a container, and what it waits for
    char name[NAME_BYTES + 2]
    char waits[WAITS_BYTES]
    const char *at              # the rest of it
    char next[NAME_BYTES + 2]   # the container that the path follows, and for what
    char condition[CONDITION_BYTES]

ctypedef struct cycle_t:
    int kind                    # CYCLE_*
    bint starred                # an element of the path was "*"
    const char *own             # our name
    int depth                   # of the path, -1: the search is over
    int looks
    unsigned int seen[CYCLE_LOOKS]
    cycle_step_t path[CYCLE_DEPTH]

# Not on the stack: a container may have a small limit for it.
cdef cycle_t cycle


cdef bint cycle_find(supervisor_t *sv, int kind, text_t *text) noexcept nogil:
    """Write a cycle to text: "a waits for b, b waits for a:born". False if none is found.

    A strict one cannot be resolved: no element of it waits for a death, and no member starts at its timeout.
    """
    cycle.kind = kind
    cycle.starred = False
    cycle.own = sv.settings.name
    cycle.depth = 0
    cycle.looks = 0
    if kind == CYCLE_STRICT and sv.settings.birth_on_timeout == ON_TIMEOUT_START:
        return False
    if sv.graveyard.folder < 0 and graveyard_open(&sv.graveyard, False) < 0:
        return False
    cstd.snprintf(cycle.path[0].name, NAME_BYTES + 2, b"%s", sv.settings.name)
    stone_compose_wait(sv, cycle.path[0].waits, WAITS_BYTES)
    cycle.path[0].at = cycle.path[0].waits
    if kind == CYCLE_OF_ALL and sv.settings.deps.every_other:
        cycle_add_all(sv)
    while cycle.depth >= 0:
        if not cycle_take_next(&cycle.path[cycle.depth]):
            cycle.depth -= 1
        elif cstd.strcmp(cycle.path[cycle.depth].next, sv.settings.name) == 0:
            cycle_write(text)
            return kind != CYCLE_OF_ALL or cycle.starred or sv.settings.deps.every_other
        elif cycle.depth + 1 < CYCLE_DEPTH and cycle_is_new(cycle.path[cycle.depth].next) and \
                cycle_enter(sv, &cycle.path[cycle.depth + 1], cycle.path[cycle.depth].next):
            cycle.depth += 1
    return False


cdef bint cycle_take_next(cycle_step_t *step) noexcept nogil:
    """Take the next element that can be part of a cycle; False if no other is left."""
    cdef const char *element
    cdef const char *colon
    cdef size_t length = list_next_element(&step.at, &element)
    cdef size_t name_length
    while length > 0:
        colon = <const char *>cstd.memchr(element, c':', length)
        name_length = length if colon == NULL else <size_t>(colon - element)
        cstd.snprintf(step.condition, CONDITION_BYTES, b"%.*s", <int>(length - name_length), element + name_length)
        if name_length > 0 and element[name_length - 1] == c'?':
            name_length -= 1
        if cycle.kind == CYCLE_OF_ALL and bytes_equal(element, length, b"*") and step != &cycle.path[0]:
            cycle.starred = True        # "*" of another container means us too
            cstd.snprintf(step.next, NAME_BYTES + 2, b"%s", cycle.own)
            cstd.snprintf(step.condition, CONDITION_BYTES, b" (*)")
            return True
        if name_problem(element, name_length) == NULL and cstd.strcmp(step.condition, b":restarted") != 0 and \
                not (cycle.kind == CYCLE_STRICT and cstd.strcmp(step.condition, b":died") == 0):
            cstd.snprintf(step.next, NAME_BYTES + 2, b"%.*s", <int>name_length, element)
            return True
        length = list_next_element(&step.at, &element)
    return False


cdef void cycle_add_all(supervisor_t *sv) noexcept nogil:
    """Add each container in the graveyard to what we wait for: our "*" means it."""
    cdef kernel.DIR *folder = kernel.opendir(sv.settings.graveyard)
    cdef char name[FILE_BYTES]
    cdef int left = ENTRIES_READ
    while missing_next_name(sv, folder, &left, name):
        stone_add_wait(cycle.path[0].waits, WAITS_BYTES, name, b"")
    if folder != NULL:
        kernel.closedir(folder)


cdef bint cycle_is_new(const char *name) noexcept nogil:
    """Return whether the search meets a name for the first time, and remember it."""
    cdef unsigned int sum = name_socket_sum(name)
    cdef int index
    for index in range(cycle.looks):
        if cycle.seen[index] == sum:
            return False
    if cycle.looks == CYCLE_LOOKS:
        return False
    cycle.seen[cycle.looks] = sum
    cycle.looks += 1
    return True


cdef bint cycle_enter(supervisor_t *sv, cycle_step_t *step, const char *name) noexcept nogil:
    """Read what a container waits for; False if it does not wait, or is no member.

    A member waits and its FIFO is held, or it was refused after we began to wait: it may have seen the cycle first.
    """
    cdef tombstone_t stone
    cdef kernel.ssize_t length = graveyard_read(&sv.graveyard, name, tombstone_text)
    if length <= 0 or tombstone_read(tombstone_text, <size_t>length, &stone) < 0:
        return False
    if stone.waiting.start == NULL or stone.waits_for.start == NULL or stone.born.start != NULL:
        return False
    if cycle.kind == CYCLE_STRICT and words_equal(&stone.on_timeout, b"start"):
        return False
    if stone.died.start != NULL:
        if stone.exit_code != EXIT_SETTINGS or not stone.coded or not cycle_is_later(sv, &stone.died):
            return False
    elif not liveness_is_owned(&sv.graveyard, name):
        return False
    words_copy(&stone.waits_for, step.waits, WAITS_BYTES)
    cstd.memmove(step.name, name, cstd.strlen(name) + 1)
    step.at = step.waits
    return True


cdef bint cycle_is_later(const supervisor_t *sv, const words_t *time) noexcept nogil:
    """Return whether a time, as kubexit writes it, is not before the begin of our wait."""
    cdef char ours[TIME_BYTES]
    time_write(ours, sv.life.waiting_ns, 9)
    return time.length == cstd.strlen(ours) and cstd.memcmp(time.start, ours, time.length) >= 0


cdef void cycle_write(text_t *text) noexcept nogil:
    """Write the path that was found."""
    cdef int index
    text.length = 0
    for index in range(cycle.depth + 1):
        text_add(text, b"" if index == 0 else b", ")
        text_add(text, cycle.path[index].name)
        text_add(text, b" waits for ")
        text_add(text, cycle.path[index].next)
        text_add(text, cycle.path[index].condition)
    text.bytes[text.length] = 0
