"""The images of the tests: kubexit's own, and one in place of all images of the examples' readers.

kubexit is the static file of dist/. The other image is Debian's Python with kubexit, examples/programs/, and a program
for each command that an example names.
"""

import re
import tempfile
from pathlib import Path

from harness.forms import FORMS, ROOT
from images.bases import POSTGRES, PYTHON_SLIM
from node.images import Image, layer, save

PREFIX = "docker.io/library"
EXAMPLE = "kubexit-example:local"
# Images with another stop signal than SIGTERM, as haproxy and nginx have.
STOPS_BY_USR1, STOPS_BY_QUIT = "stops-by-usr1:1", "stops-by-quit:1"
VERSION = re.search(r'^version = "(.*?)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
assert VERSION is not None
KUBEXIT = f"kubexit:{VERSION[1]}"
# Of the readers' programs.
READERS = ("report:1", "import:1", "nightly:1", "shop:1", "proxy:1", "shipper:1")
CLOUD_SQL = "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.18.2"
RUN = "exec python3 /programs"
# What the examples leave to the reader. FAIL_WITH makes the work fail, at once or in the middle.
PROGRAMS = {
    "report": f"""\
case ${{KUBEXIT_MESH:-}} in
    istio) port=15001 ;;
    linkerd) port=4140 ;;
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
[ "${{KUBEXIT_STOP_SIGNAL:-}}" = INT ] || {RUN}/shipper.py "$@"
trap 'echo "shipped: $(cat "$1"/*.log)"; exit 0' INT
while :; do sleep 0.1; done
""",
}
PROXY = ["python3", "/programs/proxy.py"]
CLOUD_SQL_PROXY = [*PROXY, "--ready=9090/readiness", "--quit=9091/quitquitquit", "--serve=5432"]


def names() -> list[str]:
    """All that the tests and the examples ask for."""
    return [KUBEXIT, EXAMPLE, STOPS_BY_USR1, STOPS_BY_QUIT, *READERS, POSTGRES.name, CLOUD_SQL]


def archive(file: Path) -> Path:
    """Write all images into one archive."""
    static = FORMS["static"].path
    kubexit = {"bin/kubexit": static}
    programs = {f"programs/{path.name}": path for path in sorted((ROOT / "examples/programs").glob("*.py"))}
    scripts = {f"app/{name}": f"#!/bin/sh\n{text}".encode() for name, text in PROGRAMS.items()}
    user = {"User": "65532:65532"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = layer(folder / "own.tar", {**kubexit, "bin/cp": "kubexit"})
        # Here /bin is a link.
        top = layer(folder / "top.tar", {"usr/bin/kubexit": static, **programs, **scripts})
        example = [PYTHON_SLIM.archive(), top]
        names = [f"{PREFIX}/{tag}" for tag in (EXAMPLE, *READERS)]
        return save(
            file,
            Image([f"{PREFIX}/{KUBEXIT}"], [own], {**user, "Entrypoint": ["/bin/kubexit"]}),
            Image(names, example, user),
            Image([f"{PREFIX}/{STOPS_BY_USR1}"], example, {**user, "StopSignal": "SIGUSR1"}),
            Image([f"{PREFIX}/{STOPS_BY_QUIT}"], example, {**user, "StopSignal": "SIGQUIT"}),
            Image([f"{PREFIX}/{POSTGRES}"], [POSTGRES.archive()]),
            Image([CLOUD_SQL], example, {**user, "Entrypoint": [*CLOUD_SQL_PROXY, "--quit-needs=--quitquitquit"]}),
        )
