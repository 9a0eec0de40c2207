"""kubexit: a command supervisor for containers that share a pod.

The supervisor is native (`kubexit._supervisor`, built from ext/). The package holds two
programs: the console script that starts it (`kubexit.cli`), and the waiter that
it starts as a child (`kubexit.waiter`).
"""


def __getattr__(name: str) -> str:
    """Give `__version__` when it is asked for: the import that reads it costs the waiter milliseconds."""
    if name == "__version__":
        from importlib.metadata import version

        return version("kubexit")
    raise AttributeError(name)
