"""`wrap` and `unwrap`: what they do to manifests, and what they leave as it is."""

import difflib
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.authoring import PLAIN, only_pod, options, refusal, run, wrapped
from kubectl_kubexit.commands.unwrap import command as unwrap
from kubectl_kubexit.commands.wrap import command as wrap
from kubectl_kubexit.findings.run import findings
from kubectl_kubexit.manifest.bundle import bundle

DELIVERIES = ["image-volume", "init-container", "none"]
MOUNTED = [
    {"name": "kubexit", "mountPath": "/kubexit", "readOnly": True},
    {"name": "graveyard", "mountPath": "/graveyard"},
]

# Their authors wrote settings of kubexit, which unwrap takes out too, so the same objects cannot remain.
OWN = {"annotated-plan", "annotated-command", "author-wins", "jobset"}

every_plain = pytest.mark.parametrize("manifest", PLAIN, ids=lambda path: path.name)


def give_commands(thing: Any, commands: dict[str, str]) -> None:
    """Give containers the command that --command named: unwrap leaves it."""
    for child in thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else []:
        give_commands(child, commands)
    if isinstance(thing, dict) and thing.get("name") in commands and "command" not in thing:
        thing["command"] = shlex.split(commands[thing["name"]])


@pytest.mark.behaviour("authoring-wrap")
@pytest.mark.parametrize("delivery", DELIVERIES)
@pytest.mark.parametrize("manifest", [path for path in PLAIN if path.stem not in OWN], ids=lambda path: path.name)
def test_unwrap_is_the_inverse_of_wrap(manifest: Path, delivery: str, tmp_path: Path) -> None:
    """What wrap puts in, unwrap takes out: the same objects remain, with the same comments in the same order."""
    copy = tmp_path / manifest.name
    copy.write_text(wrapped(manifest, "--deliver", delivery))
    back = run(unwrap, str(copy))

    before = list(yaml.safe_load_all(manifest.read_text()))
    give_commands(before, dict(word.split("=", 1) for word in options(manifest) if "=" in word))
    assert list(yaml.safe_load_all(back)) == before
    assert re.findall(r"#.*", back) == re.findall(r"#.*", manifest.read_text())


COMMENTED = """\
# before
kind: Pod
spec:
  containers:
  - name: main # behind a name
    command: ["/main"]   # behind a command
    env:
    - name: A
      value: "yes" # quoted

  # between the containers
  - name: side
    command: [/side]
    env:
    - {name: A, value: b}

    # behind a list
  restartPolicy: Never
  # the end
"""


@pytest.mark.behaviour("authoring-wrap-keeps")
def test_comments_and_blank_lines_stay_at_their_places(tmp_path: Path) -> None:
    """After wrap and unwrap the text is the same: each comment and each blank line is where it was."""
    path = tmp_path / "pod.yaml"
    path.write_text(COMMENTED)
    run(wrap, "--main", "main", "-i", str(path))
    between = path.read_text()
    run(unwrap, "-i", str(path))

    assert between.index("# between the containers") > between.index("value: main")
    # A comment behind a command that became longer moves to the right.
    assert re.sub(r"(?<=\S) +#", "   #", path.read_text()) == re.sub(r"(?<=\S) +#", "   #", COMMENTED)


MIXED = """\
kind: Pod
metadata:
    name: mixed
spec:
  containers:
  -   name: main
      command: [/main]
      args:
        - |
          # no comment
          - x
      env:
        - name: A
          value: ~
        -   {name: B, value: 'b'}
  # behind the containers
  volumes:
    -   name: data
        emptyDir: {}
    # behind the volumes
  tolerations: [ ]
"""


@pytest.mark.behaviour("authoring-wrap-keeps")
@pytest.mark.parametrize("delivery", DELIVERIES)
def test_indents_of_every_kind_stay(tmp_path: Path, delivery: str) -> None:
    """Lists and mappings that are indented in several ways, with comments between them, keep their lines."""
    path = tmp_path / "pod.yaml"
    path.write_text(MIXED)
    run(wrap, "--deliver", delivery, "-i", str(path))
    lines = path.read_text().splitlines()

    assert [line for line in MIXED.splitlines() if line not in lines] == ["      command: [/main]"]
    run(unwrap, "-i", str(path))
    assert path.read_text() == MIXED


@pytest.mark.behaviour("authoring-wrap", "authoring-wrap-keeps")
@pytest.mark.parametrize("indent", [None, 2, 4, "\t"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_stays_json(tmp_path: Path, indent: int | str | None, ascii_only: bool) -> None:
    """A file of JSON is JSON afterwards, with its indent and its escapes, and unwrap gives it back."""
    words = ["/main", "a && b > c", "é", "\U0001f600", "yes", "1e3"]
    pod = {"kind": "Pod", "spec": {"containers": [{"name": "main", "command": words, "tty": True}]}}
    text = json.dumps(pod, indent=indent, ensure_ascii=ascii_only) + "\n"
    text = text.replace("&", "\\u0026").replace(">", "\\u003e") if ascii_only else text  # as Go writes them
    path = tmp_path / "pod.json"
    path.write_text(text, encoding="utf-8")
    run(wrap, "-i", str(path))
    container = json.loads(path.read_text(encoding="utf-8"))["spec"]["containers"][0]

    assert container["command"] == ["/kubexit/bin/kubexit", "--", *words]
    assert container["env"][0] == {"name": "KUBEXIT_NAME", "value": "main"}
    run(unwrap, "-i", str(path))
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.behaviour("authoring-wrap")
@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("command: [tini, --, kubexit, --, /app, -v]", "command: [tini, --, /app, -v]"),
        ("command: [tini, -e, '143', --], args: [/kubexit/kubexit, --, /app]",
         "command: [tini, -e, '143', --], args: [/app]"),
        ("command: [tini, --, kubexit], args: [--, /app]", "command: [tini, --], args: [/app]"),
        ("command: [/entry.sh, kubexit, --, /app]", "command: [/entry.sh, /app]"),
        ("command: [cp, /bin/kubexit, /shared]", "command: [cp, /bin/kubexit, /shared]"),
    ],
)  # fmt: skip
def test_unwrap_takes_kubexit_from_behind_an_init(tmp_path: Path, words: str, left: str) -> None:
    """The init and its options stay, also if kubexit is in args. wrap puts no second kubexit there."""
    path = tmp_path / "pod.yaml"
    text = "kind: Pod\nspec: {{containers: [{{name: a, {}}}]}}\n"
    path.write_text(text.format(words))

    assert run(unwrap, str(path)) == text.format(left)
    if words != left:
        assert words in run(wrap, "--main", "a", str(path)).replace("\n", " ")


EMPTY = """\
kind: Pod
metadata: {name: a, annotations: {}}
spec:
  volumes: [] # no volume

  # the containers
  containers:
  - name: main
    command: [/main]
    volumeMounts: []
    env: [] # no variable
    ports: [{containerPort: 1}]
  - name: side
    command: [/side]
    env:
    volumeMounts: []
  initContainers: []
  # the end
"""


@pytest.mark.behaviour("authoring-wrap-keeps")
@pytest.mark.parametrize("delivery", DELIVERIES)
@pytest.mark.parametrize(
    ("old", "new"),
    [("", ""), ("{name: a, annotations: {}}", "{}"), ("{name: a, annotations: {}}", "{annotations: {}}")],
)
def test_empty_lists_stay_empty_lists(tmp_path: Path, delivery: str, old: str, new: str) -> None:
    """What was empty, or without a value, before wrap is the same after unwrap, byte for byte; and so in JSON."""
    text = EMPTY.replace(old, new) if old else EMPTY
    objects = yaml.safe_load(text)
    path = tmp_path / "pod.yaml"
    for before in (text, json.dumps(objects, indent=2) + "\n"):
        path.write_text(before)
        run(wrap, "--main", "main", "--deliver", delivery, "-i", str(path))
        assert yaml.safe_load(path.read_text()) != objects
        run(unwrap, "-i", str(path))

        assert path.read_text() == before


@pytest.mark.behaviour("authoring-wrap-keeps")
def test_a_null_in_the_manifest_does_not_change_other_lines(tmp_path: Path) -> None:
    """A list that is null gets elements, and the other lines keep their look; after unwrap it has no value again."""
    path = tmp_path / "pod.yaml"
    text = EMPTY.replace("env: [] # no variable", "env: null")
    path.write_text(text)
    run(wrap, "--main", "main", "-i", str(path))
    assert "    ports: [{containerPort: 1}]\n" in path.read_text()
    run(unwrap, "-i", str(path))

    assert path.read_text() == text.replace("env: null", "env:")


@pytest.mark.behaviour("authoring-wrap-keeps")
@pytest.mark.parametrize("metadata", ["{}", "{annotations: {}}", "{annotations: }"])
def test_unwrap_leaves_a_pod_without_kubexit_alone(tmp_path: Path, metadata: str) -> None:
    """Empty metadata and annotations that wrap has not made stay."""
    path = tmp_path / "pod.yaml"
    text = f"kind: Pod\nmetadata: {metadata}\nspec: {{containers: [{{name: a, command: [x]}}]}}\n"
    path.write_text(text)

    assert run(unwrap, str(path)) == text


@pytest.mark.behaviour("authoring-wrap")
def test_unwrap_leaves_a_pod_that_asks_the_api_server_its_plan(tmp_path: Path) -> None:
    """A pod with the label and a plan is refused without it; it is the same after wrap and unwrap, and after unwrap."""
    path = tmp_path / "pod.yaml"
    metadata = 'metadata:\n  labels: {kubexit.dev/inject: "true"}\n  annotations:\n    kubexit.dev/plan: "a:"\n'
    text = f"kind: Pod\n{metadata}spec:\n  containers:\n  - name: a\n    command: [x]\n"
    path.write_text(text)

    assert run(unwrap, str(path)) == text
    run(wrap, "-i", str(path))
    assert path.read_text() != text
    assert run(unwrap, str(path)) == text


@pytest.mark.behaviour("authoring-wrap-keeps")
def test_files_without_a_last_line_end_do_not_run_together(tmp_path: Path) -> None:
    """Printed one after the other they are two documents, and the differences can be applied."""
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    for path in (one, two):
        path.write_text("kind: Pod\nspec:\n  containers:\n  - name: a\n    command: [x]")
    printed, differences = (run(wrap, *option, str(one), str(two)) for option in ([], ["--diff"]))
    run(wrap, "-i", str(one))

    assert printed == f"{one.read_text()}\n---\n{one.read_text()}"
    assert not one.read_text().endswith("\n")
    assert len(list(yaml.safe_load_all(printed))) == 2
    assert differences.count("\n\\ No newline at end of file\n") == 4
    assert [line for line in differences.splitlines() if "]+" in line or "}---" in line] == []


@pytest.mark.behaviour("authoring-wrap", "authoring-wrap-keeps")
@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"])
def test_line_ends_inside_a_text_hide_no_pod(tmp_path: Path, separator: str) -> None:
    """A separator of lines in a text of one document does not keep the pod of the next one from kubexit."""
    path = tmp_path / "pods.yaml"
    note = f'kind: ConfigMap\ndata: {{note: "{separator.join("abcdefghijkl")}"}}\n'
    pod = "kind: Pod\nspec:\n  containers:\n  - name: a\n    command: [x]\n"
    path.write_text(f"{note}---\n{pod}---\n{note}", encoding="utf-8")
    before = path.read_bytes()
    run(wrap, "-i", str(path))
    text = path.read_bytes().decode()

    assert text.startswith(f"{note}---\n")
    assert text.endswith(f"---\n{note}")
    assert "[/kubexit/bin/kubexit, --, x]" in text
    run(unwrap, "-i", str(path))
    assert path.read_bytes() == before


@pytest.mark.behaviour("authoring-wrap-keeps")
def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    """A file of Windows that begins with a byte order mark has it afterwards, once."""
    path = tmp_path / "pod.yaml"
    path.write_bytes(b"\xef\xbb\xbfkind: Pod\r\nspec:\r\n  containers:\r\n  - name: a\r\n    command: [x]\r\n")
    before = path.read_bytes()
    run(wrap, "-i", str(path))
    assert path.read_bytes().count(b"\xef\xbb\xbf") == 1
    run(unwrap, "-i", str(path))

    assert path.read_bytes() == before


@pytest.mark.behaviour("authoring-wrap")
@every_plain
def test_a_second_wrap_changes_nothing(manifest: Path, tmp_path: Path) -> None:
    """A pod that has kubexit already stays as it is, byte for byte."""
    copy = tmp_path / manifest.name
    copy.write_text(wrapped(manifest))

    assert run(wrap, *options(manifest), str(copy)) == copy.read_text()


@pytest.mark.behaviour("authoring-public-shapes")
def test_there_are_forty_shapes() -> None:
    """Tests with every manifest see 40 files or more, of many kinds, the examples of other tools among them."""
    found = [thing for path in PLAIN for thing in yaml.safe_load_all(path.read_text()) if thing]
    kinds = {thing.get("kind") for thing in found}

    assert len(PLAIN) >= 40
    assert len(kinds) >= 25
    assert {"Pod", "Job", "CronJob", "Deployment", "StatefulSet", "DaemonSet", "List"} < kinds
    assert len([path for path in PLAIN if path.name.startswith("seed-")]) == 5


@pytest.mark.behaviour("authoring-wrap-keeps", "authoring-public-shapes")
@every_plain
def test_only_lines_of_kubexit_are_new(manifest: Path) -> None:
    """No line of the author is lost or rewritten, but for the commands; all others stay, in the same order."""
    old, new = manifest.read_text().splitlines(), wrapped(manifest).splitlines()
    changes = [line for line in difflib.ndiff(old, new) if line.startswith("- ")]
    allowed = re.compile(
        r"command|&trainer|\*trainer|name: pytorch$"
        r"|metadata: \{|\{name: .*\}|volumes?:|volumeMounts:|env:|annotations|\[.*\]|^- *[\]}\"{]"
    )

    assert [line for line in changes if not allowed.search(line)] == []


@pytest.mark.behaviour("authoring-wrap-keeps")
def test_documents_without_pods_stay_byte_for_byte() -> None:
    """Of a file with several documents only the documents with pods change."""
    manifest = next(path for path in PLAIN if path.name == "deployment.yaml")
    last = manifest.read_text().rpartition("---\n")[2]

    assert wrapped(manifest).rpartition("---\n")[2] == last


@pytest.mark.behaviour("disabled-is-not-awaited")
def test_main_does_not_wait_for_a_disabled_sidecar(tmp_path: Path) -> None:
    """A sidecar in which kubexit only executes the command has no tombstone, so main does not wait for it."""
    probe = {"readinessProbe": {"tcpSocket": {"port": 80}}}
    containers = [
        {"name": "main", "image": "a:1", "command": ["/main"]},
        {"name": "a", "image": "a:1", "command": ["/a"], **probe},
        {
            "name": "b",
            "image": "a:1",
            "command": ["/b"],
            **probe,
            "env": [{"name": "KUBEXIT_DISABLED", "value": "true"}],
        },
    ]
    path = tmp_path / "pod.yaml"
    path.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": containers}}))
    plan = yaml.safe_load(run(wrap, "--main", "main", str(path)))["metadata"]["annotations"]["kubexit.dev/plan"]

    assert plan.splitlines()[0] == "main: BIRTH_DEPS=a"


@pytest.mark.behaviour("authoring-wrap")
def test_a_pod_gets_delivery_name_and_plan() -> None:
    """A wrapped pod has the volumes, the mounts, the name, the plan, and kubexit in front of each command."""
    manifest = next(path for path in PLAIN if path.name == "cronjob.yaml")
    thing = yaml.safe_load(wrapped(manifest))["spec"]["jobTemplate"]["spec"]["template"]
    backup, tailscale = thing["spec"]["containers"]

    assert thing["metadata"]["annotations"] == {
        "prometheus.io/scrape": "false",
        "kubexit.dev/injected": "backup,tailscale",
        "kubexit.dev/plan": 'backup: BIRTH_DEPS=tailscale\ntailscale: SIDECAR_OF=backup READY_EXEC="tailscale status"',
    }
    assert thing["spec"]["volumes"] == [
        {"name": "kubexit", "image": {"reference": "kubexit:0.2.0", "pullPolicy": "IfNotPresent"}},
        {"name": "graveyard", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
    ]
    assert backup["command"] == ["/kubexit/bin/kubexit", "--", "restic", "backup", "/data"]
    assert tailscale["command"] == ["/kubexit/bin/kubexit", "--", "/usr/local/bin/containerboot"]
    for container in (backup, tailscale):
        assert container["volumeMounts"] == MOUNTED
        assert container["env"] == [
            {"name": "KUBEXIT_NAME", "value": container["name"]},
            {
                "name": "KUBEXIT_PLAN",
                "valueFrom": {"fieldRef": {"fieldPath": "metadata.annotations['kubexit.dev/plan']"}},
            },
        ]


@pytest.mark.behaviour("authoring-wrap")
def test_shared_lists_are_changed_once_for_each_container() -> None:
    """Containers that share a list by an alias, or a mapping by a merge, each get their own."""
    containers = only_pod(wrapped(next(path for path in PLAIN if path.name == "aliases.yaml")))["spec"]["containers"]

    assert [container["command"] for container in containers] == [["/kubexit/bin/kubexit", "--", "/work"]] * 3
    assert [container["env"][1]["value"] for container in containers] == ["main", "side", "merged"]
    assert [len(container["volumeMounts"]) for container in containers] == [3, 3, 3]


@pytest.mark.behaviour("authoring-wrap")
@pytest.mark.parametrize(
    ("version", "program", "volume"),
    [
        ("1.36", "/kubexit/bin/kubexit", "image"),
        ("v1.35.2", "/kubexit/bin/kubexit", "image"),
        ("1.34", "/kubexit/kubexit", "emptyDir"),
    ],
)
def test_the_version_chooses_the_delivery(version: str, program: str, volume: str) -> None:
    """Clusters before 1.35 get an init container that copies the file."""
    pod = only_pod(wrapped(next(path for path in PLAIN if path.name == "pod.yaml"), "--kube-version", version))

    assert pod["spec"]["containers"][0]["command"][0] == program
    assert volume in next(volume for volume in pod["spec"]["volumes"] if volume["name"] == "kubexit")
    inits = pod["spec"].get("initContainers", [])
    assert [init["command"] for init in inits] == [["kubexit", "--install", "/kubexit"]] * (volume == "emptyDir")


@pytest.mark.behaviour("authoring-wrap")
@pytest.mark.parametrize(
    ("manifest", "arguments", "words"),
    [
        ("pod.yaml", ["--main", "ap"], ["--main ap", "app, nginx"]),
        ("pod.yaml", [], ["which container does the work", "app, nginx"]),
        ("pod.yaml", ["--main", "app", "--sidecar", "x"], ["--sidecar x"]),
        ("pod.yaml", ["--main", "app", "--kube-version", "new"], ["--kube-version new", "1.34"]),
        ("pod.yaml", ["--main", "app", "--command", "nginx"], ["--command nginx", "NAME=COMMAND"]),
        ("pod.yaml", ["--main", "app", "--command", "nginy=/app"], ["--command nginy", "app, nginx"]),
        ("pod.yaml", ["--main", "app", "-i", "-"], ["--in-place"]),
    ],
)
def test_what_cannot_be_wrapped_is_said(manifest: str, arguments: list[str], words: list[str]) -> None:
    """An error names the option and what would be right."""
    path = next(path for path in PLAIN if path.name == manifest)
    found = refusal(wrap, *arguments, "--entry", "none", str(path))

    assert all(word in found for word in words), found


@pytest.mark.behaviour("authoring-wrap")
@pytest.mark.parametrize(
    ("probe", "words"),
    [
        ("{httpGet: {port: 80, scheme: HTTPS}}", "uses HTTPS"),
        ("{httpGet: {port: 80, httpHeaders: [{name: a, value: b}]}}", "sends headers"),
        ('{httpGet: {port: 80, path: "/a b"}}', "blank"),
        ("{tcpSocket: {port: nowhere}}", "does not declare"),
        ("{tcpSocket: {port: 80, host: db.example.org}}", "neither localhost nor an IP address"),
        ('{exec: {command: [sh, -c, "a && b"]}}', "splits at blanks"),
        ("{grpc: {port: 80}}", "gRPC"),
    ],
)
def test_a_probe_that_kubexit_cannot_do_is_refused(probe: str, words: str, tmp_path: Path) -> None:
    """A probe with TLS, headers, gRPC, a foreign host or blanks needs a plan; the message names the container."""
    pod = "{kind: Pod, spec: {containers: [{name: a, command: [a]}, {name: b, command: [b], readinessProbe: %s}]}}"
    path = tmp_path / "pod.yaml"
    path.write_text(pod % probe)
    found = refusal(wrap, "--main", "a", str(path))

    assert words in found
    assert "container b" in found
    assert "--plan" in found


@pytest.mark.behaviour("authoring-wrap")
def test_a_container_of_the_same_name_is_not_made_twice(tmp_path: Path) -> None:
    """A pod cannot have two containers called kubexit, so an init container of this name is refused."""
    path = tmp_path / "pod.yaml"
    init = "initContainers: [{name: kubexit, command: [setup]}]"
    path.write_text(f"kind: Pod\nspec: {{{init}, containers: [{{name: a, command: [a]}}]}}\n")

    assert "already has a container called kubexit" in refusal(wrap, "--deliver", "init-container", str(path))
    assert run(wrap, str(path)).count("/kubexit/bin/kubexit") == 1


@pytest.mark.behaviour("authoring-wrap")
def test_in_place_and_diff_write_the_same(tmp_path: Path) -> None:
    """--in-place writes what is printed without it, and keeps the mode; --diff only prints the differences."""
    manifest = next(path for path in PLAIN if path.name == "pod.yaml")
    copy = tmp_path / "pod.yaml"
    copy.write_text(manifest.read_text())
    copy.chmod(0o640)
    printed = run(wrap, "--main", "app", str(copy))
    shown = run(wrap, "--main", "app", "--diff", str(copy))
    before = copy.read_text()
    run(wrap, "--main", "app", "-i", str(copy))

    assert before == manifest.read_text()
    assert copy.read_text() == printed != before
    assert copy.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [copy]
    added = [line[1:] for line in shown.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert added == [line[2:] for line in difflib.ndiff(before.splitlines(), printed.splitlines()) if line[:2] == "+ "]


@pytest.mark.behaviour("authoring-wrap")
@pytest.mark.parametrize("delivery", DELIVERIES)
@every_plain
def test_check_finds_nothing_wrong_in_what_wrap_made(manifest: Path, delivery: str) -> None:
    """What wrap makes has no error that check would find."""
    text = wrapped(manifest, "--deliver", delivery)
    found = [finding for finding in findings(bundle([("x", text)])) if finding.check.severity.value == "error"]

    assert [(finding.check.code, finding.found.message) for finding in found] == []


@pytest.mark.behaviour("authoring-wrap-keeps")
@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_line_ends_and_separators_stay(tmp_path: Path, ending: str) -> None:
    """A file from Windows keeps its line ends; a document that begins on the line of its `---` is changed too."""
    path = tmp_path / "pods.yaml"
    pod = "{kind: Pod, spec: {containers: [{name: a, command: [x]}]}}"
    path.write_bytes(f"--- {pod}\n--- # two\n{pod}\n...\n".replace("\n", ending).encode())
    run(wrap, "-i", str(path))
    content = path.read_bytes().decode()

    assert content.count("kubexit.dev/plan") == 4
    assert content.count(ending) == content.count("\n")
    assert "--- # two" in content
