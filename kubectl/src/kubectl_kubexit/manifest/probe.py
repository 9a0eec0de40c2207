"""Probes of the kubelet as readiness settings of kubexit."""

import ipaddress
import re

from kubectl_kubexit.manifest.container import Container, text_of
from kubectl_kubexit.manifest.tree import row_at, table_at
from kubectl_kubexit.manifest.values import Table
from kubectl_kubexit.settings.words import needs_shell

PROBE_WORDS = 60
PROBE_BYTES = 1000


def probe_of(container: Container) -> Table:
    """Return the probe that says when a container is ready: its readinessProbe, or else its startupProbe."""
    return container.probe("readinessProbe") or container.probe("startupProbe")


def as_setting(container: Container) -> tuple[str, str]:
    """Return the setting, without its prefix, and the value that do what the probe does; ("", "") if kubexit cannot."""
    probe = probe_of(container)
    if why_unlike(container, probe):
        return "", ""
    if "tcpSocket" in probe:
        action = table_at(probe, "tcpSocket")
        host = host_of(action)
        return "READY_TCP", ("" if host == "localhost" else f"{host}:") + port_of(container, action)
    if "httpGet" in probe:
        action = table_at(probe, "httpGet")
        return "READY_HTTP", f"http://{host_of(action)}:{port_of(container, action)}{path_of(action)}"
    words = exec_words(probe)
    return ("READY_EXEC", " ".join(words)) if words else ("", "")


def why_unlike(container: Container, probe: Table) -> str:
    """Return why kubexit cannot do what a probe does; "" if it can."""
    action = table_at(probe, "httpGet") or table_at(probe, "tcpSocket")
    words = exec_words(probe)
    if "grpc" in probe:
        return "is gRPC"
    if "httpGet" in probe and (text_of(action.get("scheme")) or "HTTP") != "HTTP":
        return "uses HTTPS"
    if "httpGet" in probe and row_at(action, "httpHeaders"):
        return "sends headers"
    if "httpGet" in probe and not re.fullmatch(r"[!$-~]+", path_of(action)):
        return "has a blank or a special character in its path"
    if action and not port_of(container, action):
        return "names a port that the container does not declare"
    if action and not host_of(action):
        return "has a host that is neither localhost nor an IP address"
    if not all(re.fullmatch(r"[!#-~]+", word) for word in words):
        return "has a blank, a double quote or a special character in an argument, and kubexit splits at blanks"
    if any("$(" in word or "$$" in word for word in words):
        return "has $( or $$ in an argument, which the kubelet replaces and kubexit does not"
    if any(needs_shell(word) for word in words):
        return "has a quote or an operator of a shell in an argument, and kubexit uses no shell"
    too_long = len(words) > PROBE_WORDS or len(" ".join(words)) > PROBE_BYTES
    return f"has more than {PROBE_WORDS} words or {PROBE_BYTES} bytes" if too_long else ""


def exec_words(probe: Table) -> list[str]:
    """Return the command of an exec probe."""
    return [text_of(word) for word in row_at(table_at(probe, "exec"), "command")]


def path_of(action: Table) -> str:
    """Return the path of an httpGet probe."""
    path = text_of(action.get("path"))
    return path if path.startswith("/") else f"/{path}"


def host_of(action: Table) -> str:
    """Return the host of a probe; "" if it is a name."""
    host = text_of(action.get("host"))
    if host in {"", "localhost"}:
        return "localhost"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return ""
    return f"[{host}]" if ":" in host else host


def port_of(container: Container, action: Table) -> str:
    """Return the number of a port that is a number or the name of one; "" if the container does not declare it."""
    port = text_of(action.get("port", 0))
    if isinstance(action.get("port"), int):
        return port
    for declared in container.ports:
        if text_of(declared.get("name")) == port:
            return text_of(declared.get("containerPort"))
    return port if re.fullmatch(r"[0-9]+", port) else ""
