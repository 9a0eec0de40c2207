"""Take the pictures of docs/use/pictures: kubectl kubexit in a terminal, with pods on a real node.

    PYTHONPATH=build:tests python -m e2e.screens

The node is that of KUBECONFIG, or one that is made here and removed afterwards. Each picture is what the program wrote
to a terminal of 100 columns, in colour, as an SVG without fonts or other files from elsewhere.
"""

import fcntl
import os
import re
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from e2e import load
from e2e.container import container, pod
from e2e.space import Space, space
from harness.forms import ROOT
from node import control, life
from node.layout import HERE

# That of rich loads a font from the network.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace("Fira Code, ", "")
PICTURES = ROOT / "docs" / "use" / "pictures"
TOOL = Path(sys.executable).with_name("kubectl-kubexit")
COLUMNS = 100
SERVE = 'trap "sleep 1; exit 143" TERM; sleep 3; touch /graveyard/.up; sleep 600 & wait'
BROKEN = """\
apiVersion: batch/v1
kind: Job
metadata: {name: report}
spec:
  template:
    spec:
      restartPolicy: Never
      volumes: [{name: graveyard, emptyDir: {}}]
      containers:
      - name: main
        image: report:1
        command: [kubexit, --, /app/report]
        env:
        - {name: KUBEXIT_NAME, value: main}
        - {name: KUBEXIT_BIRTH_DEPS, value: poxy}
        - {name: KUBEXIT_BIRTH_SOURCE, value: graveyard}
        - {name: KUBEXIT_BIRTH_TIMEOUT, value: 2ms}
        volumeMounts: [{name: graveyard, mountPath: /graveyard}]
      - name: proxy
        image: proxy:1
        command: [kubexit, --, /app/proxy]
        env:
        - {name: KUBEXIT_NAME, value: proxy}
        - {name: KUBEXIT_DEATH_DEPS, value: main}
        volumeMounts: [{name: graveyard, mountPath: /graveyard}]
"""


def main() -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "job.yaml").write_text(BROKEN)
        shoot("check", Path(folder), "check", "-f", "job.yaml")
    with cluster() as kubeconfig, space(kubeconfig) as here:
        status(here, kubeconfig)
        timeline(here, kubeconfig)


def status(here: Space, kubeconfig: Path) -> None:
    """A Job whose main container waits for a proxy that is not ready, because its probe asks the wrong port."""
    settings = {"BIRTH_DEPS": "proxy", "BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "infinite"}
    spec = pod(container("main", "true", **settings),
               container("proxy", "exec sleep 600", SIDECAR_OF="main", READY_TCP="8081"),
               container("shipper", "exec sleep 600", SIDECAR_OF="main"))  # fmt: skip
    made = here.job(spec, "import")
    seen = f"{TOOL} status job/import -n {here.access.namespace}"
    environment = {"KUBECONFIG": str(kubeconfig), "PATH": "/usr/bin:/bin"}
    made.wait(lambda _: "refused" in subprocess.getoutput(f"KUBECONFIG={kubeconfig} {seen}"), "the probe has failed")
    shoot("status", ROOT, "status", "job/import", "-n", here.access.namespace, **environment)


def timeline(here: Space, kubeconfig: Path) -> None:
    """A Job that completes: the proxy is ready late, and both sidecars stop after main."""
    settings = {"BIRTH_DEPS": "proxy", "BIRTH_SOURCE": "graveyard"}
    spec = pod(container("main", "sleep 5", **settings),
               container("proxy", SERVE, SIDECAR_OF="main", READY_FILE="/graveyard/.up"),
               container("shipper", "exec sleep 600", SIDECAR_OF="main", STOP_DELAY="2s"))  # fmt: skip
    made = here.job(spec, "report")
    here.wait_job("report")
    environment = {"KUBECONFIG": str(kubeconfig), "PATH": "/usr/bin:/bin"}
    words = ["timeline", "job/report", "-n", here.access.namespace]
    shoot("timeline-terminal", ROOT, *words, **environment)
    drawn = subprocess.run([TOOL, *words, "-o", "svg"], env=environment, capture_output=True, text=True, check=True)
    write("timeline", drawn.stdout.replace(here.access.namespace, "default"))
    print(f"  {made.name}")


def shoot(name: str, folder: Path, *words: str, **environment: str) -> None:
    """Run the program on a terminal and write what it showed as a picture."""
    shown = on_terminal([str(TOOL), *words], folder, {"PATH": "/usr/bin:/bin", **environment})
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115
    if (space := words.index("-n") if "-n" in words else -1) >= 0:
        shown = shown.replace(words[space + 1], "default")
        words = words[:space]
    console.print(Text(f"$ kubectl kubexit {' '.join(words)}", "bold"))
    console.print(Text.from_ansi(shown.replace("\r\n", "\n")))
    picture = console.export_svg(title="kubectl kubexit", code_format=FORMAT, unique_id=name)
    write(name, picture.replace(">\n", f">\n    <title>kubectl kubexit {words[0]}, on a terminal</title>\n", 1))


def on_terminal(words: list[str], folder: Path, environment: dict[str, str]) -> str:
    """Return what a program writes to a terminal."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    settings = {"TERM": "xterm-256color", "LANG": "C.UTF-8", **environment}
    with subprocess.Popen(words, cwd=folder, env=settings, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        found = b""
        while part := read(ours):
            found += part
    os.close(ours)
    return found.decode()


def read(terminal: int) -> bytes:
    """Return the next bytes of a terminal; b"" if the other side is closed."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def write(name: str, picture: str) -> None:
    """Write a picture."""
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"{name}.svg").write_text(
        "\n".join(line.rstrip() for line in picture.splitlines() if line.strip()) + "\n"
    )
    print(f"  docs/use/pictures/{name}.svg")


@contextmanager
def cluster() -> Iterator[Path]:
    """The cluster of KUBECONFIG, or a node that is removed afterwards."""
    named = os.environ.get("KUBECONFIG")
    began = False
    try:
        if not named:
            began = control.process_one(HERE) is None
            os.environ["KUBECONFIG"] = str(life.start(HERE))
        kubeconfig = Path(os.environ["KUBECONFIG"])
        with tempfile.TemporaryDirectory() as folder:
            load.images(kubeconfig, Path(folder), own=not named)
        yield kubeconfig
    finally:
        if began:
            life.end(HERE)


if __name__ == "__main__":
    main()
