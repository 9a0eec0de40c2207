"""The three containers of `make demo` without an example: a main container and two sidecars."""

import socket
import sys
from pathlib import Path

from demo.pod import Container

PROGRAMS = Path(__file__).parent
SECONDS_TO_START = 1.2


def containers(kubexit: Path, folder: Path, client_code: int) -> list[Container]:
    """The settings are what one would write into the manifest."""
    port, log = str(free_port()), str(folder / "client.log")
    sidecar = {"KUBEXIT_DEATH_DEPS": "client", "KUBEXIT_EXIT_CODE_ON_STOP": "zero"}

    def container(name: str, *arguments: str, **settings: str) -> Container:
        program = (sys.executable, "-I", "-u", str(PROGRAMS / f"{name}.py"))
        common = {"KUBEXIT_NAME": name, "KUBEXIT_GRAVEYARD": str(folder / "graveyard")}
        return Container(name, (str(kubexit), "--", *program, *arguments), common | settings)

    return [
        container("web", port, str(SECONDS_TO_START), KUBEXIT_READY_TCP=port, KUBEXIT_READY_PERIOD="100ms", **sidecar),
        container("client", port, log, str(client_code), KUBEXIT_BIRTH_DEPS="web", KUBEXIT_BIRTH_SOURCE="graveyard"),
        container("shipper", log, KUBEXIT_STOP_DELAY="1s", **sidecar),
    ]


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
