"""The windows of the Python door onto tombstones: their text from a life, and a life from any text."""


def tombstone_parse(bytes text not None):
    """Return born, ready, died (text as found, or None) and exit_code of a tombstone; ValueError for another text."""
    cdef tombstone_t tombstone
    if tombstone_read(text, <size_t>len(text), &tombstone) < 0:
        raise ValueError("half-written or no tombstone")
    return {"born": words_text(tombstone.born), "ready": words_text(tombstone.ready),
            "died": words_text(tombstone.died), "exit_code": tombstone.exit_code if tombstone.coded else None}


def tombstone_life(bytes text not None):
    """Return the number of the life that the death on a tombstone names, 0 if it names none; ValueError for another
    text."""
    cdef tombstone_t tombstone
    if tombstone_read(text, <size_t>len(text), &tombstone) < 0:
        raise ValueError("half-written or no tombstone")
    return life_of(&tombstone)


def tombstone_words(bytes text not None):
    """Return waiting, waits_for, probe, probe_error and plan of a tombstone as bytes, None if absent;
    ValueError for another text."""
    cdef tombstone_t tombstone
    if tombstone_read(text, <size_t>len(text), &tombstone) < 0:
        raise ValueError("half-written or no tombstone")
    return {"waiting": words_read(&tombstone.waiting), "waits_for": words_read(&tombstone.waits_for),
            "probe": words_read(&tombstone.probe), "probe_error": words_read(&tombstone.probe_error),
            "plan": words_read(&tombstone.plan)}


cdef words_text(words_t words):
    """A value as str; None if it is absent."""
    return words.start[:words.length].decode() if words.start != NULL else None


cdef words_read(const words_t *words):
    """A quoted value without its escapes, as bytes; None if it is absent."""
    cdef char text[WAITS_BYTES]
    words_copy(words, text, WAITS_BYTES)
    return <bytes>text if words.start != NULL else None


def tombstone_format(born_ns=None, ready_ns=None, died_ns=None, exit_code=None, command_exit_code=None,
                     killed=False, reason=None, waiting_ns=None, waits_for=b"", probe=b"", probe_error=b"", plan=b"",
                     life_number=0, starts_at_timeout=False):
    """Return the text that kubexit writes for such a life; times in nanoseconds since 1970, None is absent."""
    cdef life_t life
    cdef text_t text
    cdef bytes why = reason if reason is not None else b""
    cdef bytes awaited = waits_for
    cdef bytes asked = probe
    cdef bytes failure = probe_error
    cdef bytes plan_hash = plan
    life_begin(&life)
    life.waiting_ns = ABSENT if waiting_ns is None else waiting_ns
    life.waits_for = awaited
    life.starts_at_timeout = starts_at_timeout
    life.probe = asked
    life.probe_error = failure
    life.plan = plan_hash
    life.number = life_number
    life.born_ns = ABSENT if born_ns is None else born_ns
    life.ready_ns = ABSENT if ready_ns is None else ready_ns
    life.died_ns = ABSENT if died_ns is None else died_ns
    life.exit_code = 0 if exit_code is None else exit_code
    life.command_code = ABSENT if command_exit_code is None else command_exit_code
    life.killed = killed
    if reason is not None:
        life.reason = why
    tombstone_write(&text, &life)
    return text.bytes[:text.length]
