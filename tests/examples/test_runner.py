"""What the runner of the examples makes of a manifest, and what it refuses."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("kubexit._supervisor", reason="EXAMPLES NOT TESTED: kubexit is not installed (make dev)")

from demo import local, manifest
from demo.local import Image, Local, LocalError
from demo.machine import Machine
from demo.manifest import ManifestError
from demo.pod import Container, Pod
from demo.screen import Screen

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: odd, annotations: {colour: green}}
spec:
  securityContext: {runAsUser: 65532}
  volumes: [{name: tmp, emptyDir: {}}, {name: data, emptyDir: {}}, {name: graveyard, emptyDir: {}}]
  containers:
  - name: main
    image: odd:1
    command: [kubexit, --, /app/odd, --log=/data/odd.log, /database, a/data, "/tmp:/data"]
    args: [more]
    env:
    - {name: HERE, value: "/data/x,/tmp"}
    - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    volumeMounts:
    - {name: tmp, mountPath: /tmp}
    - {name: data, mountPath: /data}
    - {name: graveyard, mountPath: /graveyard}
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of stand-ins."""
    (tmp_path / "programs").mkdir()
    return tmp_path / "programs"


def written(folder: Path, text: str, name: str = "pod.yaml") -> Path:
    """A file with this text."""
    (folder / name).write_text(text)
    return folder / name


def machine(folder: Path, programs: Path, image: Image) -> Machine:
    """A machine for the pod above."""
    (folder / "node").mkdir()
    pod = manifest.read(written(folder, POD))
    return Machine(folder / "node", Path(sys.executable), pod, Local("", {}, {"odd:1": image}), programs)


def test_volumes_are_folders(tmp_path: Path, programs: Path) -> None:
    """A mount path becomes the volume's folder in each place where it is a whole path, and nowhere else."""
    node = machine(tmp_path, programs, Image())
    main = node.container(node.pod.containers[0], {"KUBEXIT_NAME": "main"})
    data, tmp = node.volume("data"), node.volume("tmp")

    assert main.command[2:] == ("/app/odd", f"--log={data}/odd.log", "/database", "a/data", f"{tmp}:{data}", "more")
    assert main.environment["HERE"] == f"{data}/x,{tmp}"
    assert main.environment["KUBEXIT_GRAVEYARD"] == str(node.volume("graveyard")) == str(node.graveyard)
    assert main.environment["POD"] == "odd-local"
    assert data.stat().st_mode & 0o777 == 0o777


def test_programs_stand_in(tmp_path: Path, programs: Path) -> None:
    """Words of local.toml take the place of the image's programs; placeholders and python3 are filled in."""
    words = ["python3", "{programs}/odd.py", "{annotation:colour}", "{annotation:none}", "/data"]
    node = machine(tmp_path, programs, Image(programs={"/app/odd": words}))
    command = node.container(node.pod.containers[0], {}).command

    assert command[0] == str(node.kubexit)
    assert command[2:7] == (node.python, f"{node.folder}/programs/odd.py", "green", "", "/data")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (POD + "---\n" + POD, "has 2 Pods"),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {}\n", "has 0 Pods"),
        (POD.replace("metadata.name}", "status.podIP}"), "POD: only metadata.name"),
        (
            POD.replace(
                "  containers:", "  initContainers: [{name: x, image: x, restartPolicy: Always}]\n  containers:"
            ),
            "native",
        ),
    ],
    ids=["two", "none", "field", "native"],
)
def test_manifest_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    """What cannot be run here is said, not passed over."""
    with pytest.raises(ManifestError, match=problem):
        manifest.read(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("about = 1\n", "case"),
        ('about = ""\n[case.works]\nabout = ""\n', "ends"),
        ('about = ""\nextra = 1\n[case.works]\nabout = ""\nends = {}\n', "extra"),
        ('about = ""\n[case.works]\nabout = ""\nends = {}\nend = {}\n', "end"),
        ("about", "local.toml"),
    ],
    ids=["no-case", "no-ends", "unknown", "misspelt", "no-toml"],
)
def test_local_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    """A local.toml with something missing or misspelt is an error that names it."""
    with pytest.raises(LocalError, match=problem):
        local.read(written(tmp_path, text, "local.toml"))


def test_a_line_of_kubexit_behind_an_unfinished_one_is_a_line(tmp_path: Path) -> None:
    """A command that has written a part of a line shares the pipe with kubexit, whose line begins in its middle."""
    line = "2026-01-01T00:00:00.5Z info kubexit[main]: the command exited with 0"
    script = f"printf 'half '; printf '{line}\\n2026-01-01T00:00:00Z\\n\\n'"
    with (tmp_path / "screen").open("w") as screen:
        pod = Pod(tmp_path, Screen(["main"], screen))
        pod.start(Container("main", ("sh", "-c", script), {}))
        pod.follow()
    stream = pod.processes["main"].stdout
    assert stream is not None
    stream.close()

    assert pod.said["main"] == ["half ", line, "2026-01-01T00:00:00Z", ""]
