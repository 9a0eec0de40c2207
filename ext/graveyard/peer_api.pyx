"""Peers in the API: what the watcher has reported of a container without a file in the graveyard."""

cdef enum:                      # of a dependency, as the Kubernetes API shows it
    API_UNKNOWN = 0
    API_ABSENT                  # not started yet
    API_ALIVE
    API_GONE                    # has ended, and the kubelet may start it again
    API_DIED                    # has ended for good


cdef void peer_forget_api(dependency_t *dep) noexcept nogil:
    """Before a look at the graveyard: forget what the API showed, so that the look shows only what is there."""
    dep.facts = 0
    dep.by_api = False


cdef void peer_take_api(dependency_t *dep, long long now_ns, bint blind) noexcept nogil:
    """After a look at the graveyard: let the API count if nothing of the container is there. A container under kubexit
    shows its life and death in the graveyard, sooner and more exactly.

    blind: the API is out of sight, so the kubelet may have started again what has ended.
    """
    if dep.api <= API_ABSENT or dep.facts != 0 or dep.fifo_fd >= 0 or dep.lost:
        return
    dep.by_api = True
    dep.facts = FACT_BORN
    if dep.api == API_DIED or (dep.api == API_GONE and not blind and now_ns >= dep.api_due_ns):
        dep.exit_code = dep.api_code
        dep.facts |= FACT_DIED | (FACT_SUCCEEDED if dep.api_code == 0 else FACT_FAILED)
