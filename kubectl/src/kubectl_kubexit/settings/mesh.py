"""KUBEXIT_MESH: the mesh whose proxy is in the pod, and whether it is a native sidecar."""

import re

from kubectl_kubexit.settings.words import parse_word

# What KUBEXIT_MESH adds: the URL to wait for, and the URL to ask at the end.
URLS = {
    "istio": ("http://localhost:15021/healthz/ready", "http://localhost:15020/quitquitquit"),
    "linkerd": ("http://localhost:4191/ready", "http://localhost:4191/shutdown"),
}
NATIVE = "-native"
# What follows a key whose list has the proxy: JSON, perhaps with blanks and line ends between its parts.
LIST_WITH_PROXY = re.compile(r"""{0}:{0}\[{0}(?:"[^"]*"{0},{0})*"istio-proxy(?:"|\Z)""".replace("{0}", r"[ \t\r\n]*"))


def parse(text: str) -> str | None:
    """Return istio, linkerd, istio-native or linkerd-native; None for an empty text.

    A text in braces is the annotation sidecar.istio.io/status, which the injector of Istio writes.

    Raises:
        ValueError: it is another word, or the annotation has no proxy.
    """
    if not text.lstrip(" \t\r\n").startswith("{"):
        return parse_word(text, [*URLS, *(mesh + NATIVE for mesh in URLS)])
    if has_proxy(text, '"initContainers"'):
        return "istio-native"
    if has_proxy(text, '"containers"'):
        return "istio"
    raise ValueError("no istio-proxy in this text; use the annotation sidecar.istio.io/status, or one of the words")


def has_proxy(text: str, key: str) -> bool:
    """Return whether the list of a key has istio-proxy."""
    start = text.find(key)
    return start >= 0 and bool(LIST_WITH_PROXY.match(text, start + len(key)))


def is_native(mesh: str) -> bool:
    """Return whether the proxy is a native sidecar, which the kubelet stops by itself."""
    return mesh.endswith(NATIVE)
