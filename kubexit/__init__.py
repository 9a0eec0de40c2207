"""kubexit: a command supervisor for containers that share a pod.

The supervisor itself is native (`kubexit._supervisor`, built from ext/); this
package starts it, and holds what is better said in Python.
"""


def __getattr__(name: str) -> str:
    """Give `__version__` when it is asked for: the import that reads it costs the waiter milliseconds."""
    if name == "__version__":
        from importlib.metadata import version

        return version("kubexit")
    raise AttributeError(name)
