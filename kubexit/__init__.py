"""kubexit: a command supervisor for containers that share a pod.

The supervisor itself is native (`kubexit._supervisor`, built from ext/); this
package starts it, and holds what is better said in Python.
"""

from importlib.metadata import version

__version__ = version("kubexit")
