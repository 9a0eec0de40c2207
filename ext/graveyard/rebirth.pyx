"""Rebirth: has the owner of a death that our first look found been started again?

The look found the death of an earlier life. What shows a later one: a FIFO that is not the earlier
life's, a tombstone that is gone, or one with another text. Times are not compared.
"""
from libc.stddef cimport size_t

ctypedef struct rebirth_t:
    bint again                  # we are started again: our old tombstone or FIFO was there
    long long until_ns          # when spent deaths count after all, NEVER_NS: none is waited for
    bint overslept              # that time was missed by far and was moved once


cdef void rebirth_begin(rebirth_t *rebirth) noexcept nogil:
    """Set up: we have no earlier life."""
    rebirth.again = False
    rebirth.until_ns = NEVER_NS
    rebirth.overslept = False


cdef unsigned long long rebirth_identify(const tombstone_t *tombstone) noexcept nogil:
    """Return a number for the death on a tombstone, never 0. Its times make it unique."""
    cdef unsigned long long number = rebirth_add(1, tombstone.born)
    number = rebirth_add(number, tombstone.died)
    return number if number != 0 else 1


cdef unsigned long long rebirth_add(unsigned long long number, words_t words) noexcept nogil:
    """Return the number with more text."""
    cdef size_t at
    for at in range(words.length):
        number = number * 31 + <unsigned char>words.start[at]
    return number


cdef void rebirth_note_spent(dependency_t *dep, int kind) noexcept nogil:
    """Note that the first look found this death. Its owner may still hold the FIFO, while it asks sidecars to quit.

    The death names its life. Which FIFO we have open proves less: the owner may have led a whole life since the look
    at the FIFO. It must do for a death that names none, of an earlier kubexit.
    """
    dep.spent = kind
    dep.old_death = 0 if dep.facts & FACT_CRASHED and dep.death_life == 0 else dep.death
    dep.old_life = dep.death_life if dep.death_life != 0 else dep.fifo_life


cdef void rebirth_take_fifo(dependency_t *dep) noexcept nogil:
    """Its FIFO is held: note that it was started again, if that is not the FIFO of the life that ended. If that one
    could not be examined, only the tombstone can show it."""
    if dep.fifo_life != dep.old_life and dep.old_life != LIFE_UNKNOWN:
        dep.risen = True


cdef bint rebirth_is_over(const dependency_t *dep) noexcept nogil:
    """True if a spent death is over: its owner is started again, whether it is alive or has died since.

    A crash that follows it without a life that we saw is taken for a part of it: a container
    that is started again, or that clears the graveyard, can leave an old FIFO without a
    tombstone for a moment.
    """
    if not dep.facts & FACT_DIED:
        return True
    return not dep.facts & FACT_CRASHED and dep.death != dep.old_death
