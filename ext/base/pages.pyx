"""Pages that only the start needs, let go when the command runs."""

cdef extern from "base/pages.h" nogil:
    void pages_release_start()
