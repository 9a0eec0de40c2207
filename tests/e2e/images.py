"""The images of the tests: kubexit's own, and one in place of all images of the examples' readers.

kubexit is the static file of dist/. The other image is Debian's Python with kubexit, examples/programs/, and a program
for each command that an example names.
"""

import hashlib
import re
import tempfile
from pathlib import Path

from harness.forms import FORMS, ROOT
from images.bases import ALPINE, POSTGRES, PYTHON_SLIM
from node.images import Image, layer, save

PREFIX = "docker.io/library"
EXAMPLE = "kubexit-example:local"
# Images with another stop signal than SIGTERM, as haproxy and nginx have.
STOPS_BY_USR1, STOPS_BY_QUIT = "stops-by-usr1:1", "stops-by-quit:1"
VERSION = re.search(r'^version = "(.*?)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
assert VERSION is not None
KUBEXIT = f"kubexit:{VERSION[1]}"
PUBLIC = f"registry.example.com/{KUBEXIT}"  # its name in the pages for readers
# Of the readers' programs.
READERS = ("report:1", "import:1", "nightly:1", "shop:1", "proxy:1", "shipper:1")
BUSYBOX = "busybox:1.37"  # of the first pod of the documentation
CLOUD_SQL = "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.18.2"
RUN = "exec python3 /programs"
USER = {"User": "65532:65532"}
# What the examples leave to the reader. FAIL_WITH makes the work fail, at once or in the middle.
PROGRAMS = {
    "report": f"""\
case ${{KUBEXIT_MESH:-}} in
    *istio*) port=15001 ;;
    linkerd*) port=4140 ;;
    *) port=${{KUBEXIT_BIRTH_URLS:+5432}} ;;
esac
{RUN}/report.py "${{port:-8080}}"
""",
    # The first time it fails; the mark outlives the container, as its own file system does not.
    "import": f"[ -e /graveyard/.tried ] || {{ : >/graveyard/.tried; exit 1; }}\n{RUN}/report.py 8080\n",
    "nightly": 'echo "the last line" >"${1#--log=}"\nexit "${FAIL_WITH:-0}"\n',
    "shop": f"""\
case $1 in
    migrate) sleep 2; echo migrated; exit "${{FAIL_WITH:-0}}" ;;
    serve) echo served ;;
    *) {RUN}/shop.py 8080 "$@" ;;
esac
""",
    "proxy": f'{RUN}/proxy.py --serve=8080 "$@"\n',
    "shipper": f"""\
case ${{KUBEXIT_PLAN:-}} in *STOP_SIGNAL=INT*) ;; *) {RUN}/shipper.py "$@" ;; esac
trap 'echo "shipped: $(cat "$1"/*.log)"; exit 0' INT
while :; do sleep 0.1; done
""",
}
PROXY = ["python3", "/programs/proxy.py"]
CLOUD_SQL_PROXY = [*PROXY, "--ready=9090/readiness", "--quit=9091/quitquitquit", "--serve=5432"]


def names() -> list[str]:
    """All that the tests and the examples ask for."""
    return [KUBEXIT, PUBLIC, EXAMPLE, STOPS_BY_USR1, STOPS_BY_QUIT, *READERS, POSTGRES.name, BUSYBOX, CLOUD_SQL]


def published() -> Path | None:
    """The archive of the release with kubexit's own images, if it has the static file of this run."""
    folder = ROOT / "dist" / "release"
    file, sums = folder / f"{KUBEXIT.replace(':', '-')}-oci.tar", folder / "SHA256SUMS"
    if not (file.exists() and sums.exists()):
        return None
    own = hashlib.sha256(FORMS["static"].path.read_bytes()).hexdigest()
    return file if own in sums.read_text() else None


def archive(file: Path, own: bool = True) -> Path:
    """Write all images into one archive; with own=False, kubexit's own is only there by its name in the pages."""
    names = [PUBLIC, f"{PREFIX}/{KUBEXIT}"] if own else [PUBLIC]
    with tempfile.TemporaryDirectory() as name:
        return save(file, _own(Path(name), names), *_readers(Path(name)))


def _own(folder: Path, names: list[str]) -> Image:
    """kubexit alone; under the name of `cp` it copies itself."""
    held = layer(folder / "own.tar", {"bin/kubexit": FORMS["static"].path, "bin/cp": "kubexit"})
    return Image(names, [held], {**USER, "Entrypoint": ["/bin/kubexit"]})


def _readers(folder: Path) -> list[Image]:
    """In place of all images of the examples' readers."""
    programs = {f"programs/{path.name}": path for path in sorted((ROOT / "examples/programs").glob("*.py"))}
    scripts = {f"app/{name}": f"#!/bin/sh\n{text}".encode() for name, text in PROGRAMS.items()}
    # Here /bin is a link.
    top = layer(folder / "top.tar", {"usr/bin/kubexit": FORMS["static"].path, **programs, **scripts})
    example = [PYTHON_SLIM.archive(), top]
    return [
        Image([f"{PREFIX}/{tag}" for tag in (EXAMPLE, *READERS)], example, USER),
        Image([f"{PREFIX}/{STOPS_BY_USR1}"], example, {**USER, "StopSignal": "SIGUSR1"}),
        Image([f"{PREFIX}/{STOPS_BY_QUIT}"], example, {**USER, "StopSignal": "SIGQUIT"}),
        Image([f"{PREFIX}/{POSTGRES}"], [POSTGRES.archive()]),
        Image([f"{PREFIX}/{BUSYBOX}"], [ALPINE.archive()]),
        Image([CLOUD_SQL], example, {**USER, "Entrypoint": [*CLOUD_SQL_PROXY, "--quit-needs=--quitquitquit"]}),
    ]
