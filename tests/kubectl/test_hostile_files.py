"""Files that are broken, or made to break a program: each command answers in one line with exit code 2, or works."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from kubectl_kubexit.commands.main import main
from kubectl_kubexit.findings import foreign, values
from kubectl_kubexit.findings.check import MOST
from kubectl_kubexit.manifest import refusals, tree

POD = "kind: Pod\nspec: {containers: [{name: a, command: [x]}]}\n"
LEVELS = 300_000  # the recursive parser in C has no room for as many
FANS = [f"{chr(98 + level)}: &{chr(98 + level)} [{', '.join(9 * ['*' + chr(97 + level)])}]\n" for level in range(9)]
WRAP, UNWRAP, CHECK = ["wrap", "--entry", "none", "--main", "a"], ["unwrap"], ["check"]
every_command = pytest.mark.parametrize("command", [WRAP, UNWRAP, CHECK, ["plan"], ["graph"]], ids=lambda c: c[0])


def call(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the program."""
    try:
        main([str(argument) for argument in arguments])
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def written(tmp_path: Path, content: str | bytes, name: str = "x.yaml") -> Path:
    """A file with this content."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.behaviour("authoring-hostile-files")
@every_command
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bytes(range(256)), "not UTF-8 at byte 128"),
        (POD.encode("utf-16"), "not UTF-8 at byte 0"),
        ("kind: Pod\0\n", "not YAML: unacceptable character"),
        ("kind: Pod\nspec:\n\tcontainers: []\n", ":3:1: not YAML: "),
        (f"{POD}a: *b\n", ":3:4: not YAML: found undefined alias"),
        ("kind: Pod\nkind: Job\n", ":2:1: the key kind is there twice, first in line 1"),
        (POD.replace("command", "name"), ":2:31: the key name is there twice"),
        (f"a: {'[' * 5000}{']' * 5000}\n", ": more than 100 levels"),
        ("".join(f"{' ' * level}a:\n" for level in range(1500)), ": more than 100 levels"),
        (f"{'- ' * 9000}x\n", "more than 100 levels"),
        ("".join(["a: &a [x]\n", *FANS, POD]), "its aliases stand for more than 1,000,000 values"),
        ("".join(["a: &a {spec: {containers: [{name: a}]}}\n", *FANS]), "its aliases stand for more than"),
    ],
    ids=["binary", "utf-16", "zero", "tab", "alias", "key", "name", "deep", "block", "dashes", "bomb", "pods"],
)
def test_what_is_no_manifest_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str], content: str | bytes, words: str
) -> None:
    """The line has the file, the place and the reason; nothing is printed on stdout."""
    path = written(tmp_path, content)
    code, out, err = call(capsys, *command, path)

    assert (code, out) == (2, "")
    assert err.startswith(f"kubectl kubexit: {path}")
    assert err.count("\n") == 1
    assert words in err


@pytest.mark.behaviour("authoring-hostile-files")
def test_levels_beyond_the_stack_are_refused(tmp_path: Path) -> None:
    """libyaml's composer is recursive, in C: if it reads this file, the program ends with SIGSEGV."""
    path = written(tmp_path, f"a: {'[' * LEVELS}{']' * LEVELS}\n")
    program = Path(sys.executable).with_name("kubectl-kubexit")
    done = subprocess.run([program, "check", path], capture_output=True, text=True, timeout=60)

    assert done.returncode == 2
    assert re.fullmatch(r"kubectl kubexit: \S+/x.yaml:1:\d+: more than 100 levels\n", done.stderr)


@pytest.mark.behaviour("authoring-large-files")
@every_command
@pytest.mark.parametrize("place", ["file", "stdin"])
def test_a_file_that_is_too_large_is_refused_before_it_is_parsed(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: list[str],
    place: str,
) -> None:
    """More than 32 MiB is one line at once; the text is no YAML, so to parse it would give another line."""
    path = written(tmp_path, "a: [\n" + "x" * 2**25)
    with path.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        code, out, err = call(capsys, *command, path if place == "file" else "-")

    name = str(path) if place == "file" else "stdin"
    assert (code, out) == (2, "")
    assert err == f"kubectl kubexit: {name}: larger than 32 MiB; split it into several files\n"


@pytest.mark.behaviour("authoring-large-files")
@pytest.mark.parametrize("command", [WRAP, UNWRAP], ids=lambda c: c[0])
def test_a_document_that_no_server_takes_is_not_changed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str]
) -> None:
    """A document with a pod and more than 3 MiB is refused with its line; another document may be as large."""
    large = f"# {'x' * 3 * 2**20}\n"
    assert call(capsys, *command, written(tmp_path, f"{large}kind: ConfigMap\n---\n{POD}"))[0] == 0
    path = written(tmp_path, f"kind: ConfigMap\n---\n{POD}{large}")

    assert call(capsys, *command, path) == (
        2,
        "",
        f"kubectl kubexit: {path}:3: a document of more than 3 MiB, which no API server takes\n",
    )


@pytest.mark.behaviour("authoring-large-files")
def test_a_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file with many brackets is read in one pass: as many events are taken as it has."""
    content = POD + "a: [" + "{x: [y]}, " * 4000 + "]\n"
    taken = []

    class Counting(refusals.Loader):  # type: ignore[name-defined, misc]
        def get_event(self) -> object:
            taken.append(1)
            return super().get_event()

    monkeypatch.setattr(tree, "Loader", Counting)
    monkeypatch.setattr(yaml, "parse", None)
    (document,) = tree.documents(content, "x.yaml")

    assert len(document.content["a"]) == 4000
    assert len(taken) == sum(1 for _ in events(content))


MANY = 30_000


def with_many(prefix: str, value: str) -> str:
    """A pod with many variables of one prefix."""
    env = "".join(f"    - {{name: {prefix}READY_NO_{number:05}, value: {value}}}\n" for number in range(MANY))
    return f"kind: Pod\nspec:\n  containers:\n  - name: a\n    command: [kubexit, x]\n    env:\n{env}"


@pytest.mark.behaviour("authoring-many-findings")
@pytest.mark.parametrize(("prefix", "code"), [("KUBEXIT_", "KX101"), ("KUBEXTI_", "KX102")])
def test_a_remedy_is_looked_for_only_if_it_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, prefix: str, code: str
) -> None:
    """Of 30,000 wrong names in one container the first 50 are shown, and compared with all settings."""
    compared = []
    for module in (values, foreign):
        real = module.nearest
        monkeypatch.setattr(
            module, "nearest", lambda word, known, real=real: (compared.append(word), real(word, known))[1]
        )
    path = written(tmp_path, with_many(prefix, "x"))
    ended, out, _ = call(capsys, "check", "-o", "json", path)
    found = [finding for finding in json.loads(out)["findings"] if finding["code"] == code]

    assert ended == 1
    assert len(found) == MOST + 1
    assert len(compared) == MOST
    assert found[-1]["message"] == f"{MANY - MOST:,} more of this kind"
    assert found[-1]["line"] == 7 + MOST


@pytest.mark.behaviour("authoring-many-findings", "authoring-fix")
def test_what_is_not_shown_is_fixed_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """--fix applies the safe fixes of all findings, also of the ones that are only counted."""
    text = "".join(with_many("OTHER_", "5").splitlines(keepends=True)[: 6 + 2 * MOST])
    path = written(tmp_path, text)
    _, out, _ = call(capsys, "check", "--ignore", "KX108", "-o", "json", path)
    _, _, err = call(capsys, "check", "--ignore", "KX108", "--fix", path)
    quoted = yaml.safe_load(path.read_text())["spec"]["containers"][0]["env"]

    assert sum(finding["code"] == "KX104" for finding in json.loads(out)["findings"]) == MOST + 1
    assert f"{2 * MOST} fixed" in err
    assert len(quoted) == 2 * MOST
    assert all(variable["value"] == "5" for variable in quoted)


def events(content: str) -> list[object]:
    """All events of a text but for the end of the stream, which is only looked at."""
    loader = yaml.SafeLoader(content)
    found = []
    while not loader.check_event(yaml.StreamEndEvent):
        found.append(loader.get_event())
    return found


@pytest.mark.behaviour("authoring-hostile-files")
@pytest.mark.parametrize("command", [WRAP, UNWRAP], ids=lambda c: c[0])
@pytest.mark.parametrize(
    ("pod", "words"),
    [
        ("metadata: [1]", "metadata must be a mapping"),
        ("metadata: {annotations: []}", "metadata.annotations must be a mapping"),
        ("spec: {volumes: {}, containers: [{name: a}]}", "spec.volumes must be a list"),
        ("spec: {volumes: [1], containers: [{name: a}]}", "spec.volumes[0] must be a mapping"),
        ("spec: {initContainers: x, containers: [{name: a}]}", "spec.initContainers must be a list"),
        ("spec: {containers: [{name: 5}]}", "spec.containers[0].name must be a text"),
        ("spec: {containers: [{name: a, command: x}]}", "spec.containers[0].command must be a list"),
        ("spec: {containers: [{name: a, args: [{}]}]}", "spec.containers[0].args must be a list of texts"),
        ("spec: {containers: [{name: a, env: {}}]}", "spec.containers[0].env must be a list"),
        ("spec: {containers: [{name: a, env: [x]}]}", "spec.containers[0].env[0] must be a mapping"),
        ("spec: {containers: [{name: a, lifecycle: 7}]}", "spec.containers[0].lifecycle must be a mapping"),
        ("spec: {containers: [{name: a}, {name: a}]}", "two containers are called a"),
    ],
)
def test_a_pod_of_another_shape_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str], pod: str, words: str
) -> None:
    """A change would lose what it does not understand, so the part is named with its line."""
    whole = pod if "spec" in pod else f"{pod}\nspec: {{containers: [{{name: a, command: [x]}}]}}"
    path = written(tmp_path, f"kind: Pod\n{whole}\n")
    code, out, err = call(capsys, *command, path)

    assert (code, out) == (2, "")
    assert err.startswith(f"kubectl kubexit: {path}:2:")
    assert err.endswith(f" Pod: {words}\n")


@pytest.mark.behaviour("authoring-hostile-files")
@every_command
@pytest.mark.parametrize("content", ["", "# only words\n", "---\n---\n", "text\n", "kind: List\nitems: []\n", "- 1\n"])
def test_files_without_pods_are_left_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str], content: str
) -> None:
    """A file without pods is no error for commands that change or check: it stays byte for byte."""
    code, out, err = call(capsys, *command, written(tmp_path, content))

    if command[0] in {"plan", "graph"}:
        assert (code, out) == (2, "")
    elif command == CHECK:
        assert (code, out, err) == (0, "nothing found in 0 pods\n", "")
    else:
        assert (code, out, err) == (0, content, "kubectl kubexit: nothing to change\n")


@pytest.mark.behaviour("authoring-hostile-files")
def test_empty_values_count_as_missing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`env:` without a value is what some charts render; wrap fills it, and unwrap copes with it."""
    empty = "env: , volumeMounts: , command: [x], args: "
    path = written(tmp_path, f"metadata:\nspec: {{volumes: , initContainers: , containers: [{{name: a, {empty}}}]}}\n")
    assert call(capsys, *UNWRAP, path)[0] == 0
    code, out, err = call(capsys, *WRAP, path)

    assert (code, err) == (0, "")
    assert yaml.safe_load(out)["spec"]["containers"][0]["command"][-1] == "x"
    assert call(capsys, *UNWRAP, written(tmp_path, out))[0] == 0


SHARED = """\
kind: List
x-side: &side
  name: side # the proxy
  env: &env
  - {name: A, value: &value b}
  args: [*value]
items:
- kind: Job
  metadata: {name: one}
  spec:
    template: &template
      metadata: &metadata {labels: {a: b}}
      spec: &spec
        containers:
        - name: a
          command: [x]
          env: *env
        - <<: *side
          command: [y]
          env: *env
- kind: Job
  metadata: {name: two}
  spec: {template: {metadata: *metadata, spec: *spec}}
- kind: Job
  metadata: {name: three}
  spec: {template: *template}
"""


@pytest.mark.behaviour("authoring-hostile-files", "authoring-wrap")
def test_what_aliases_share_is_changed_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Templates, specs, containers and lists that pods share by aliases: each pod has kubexit once."""
    code, out, _ = call(capsys, *WRAP, written(tmp_path, SHARED))
    templates = [job["spec"]["template"] for job in yaml.safe_load(out)["items"]]

    assert code == 0
    for template in templates:
        main_, side = template["spec"]["containers"]
        assert main_["command"] == ["/kubexit/bin/kubexit", "--", "x"]
        assert side["command"] == ["/kubexit/bin/kubexit", "--", "y"]
        assert [entry["name"] for entry in main_["env"]] == ["A", "KUBEXIT_NAME", "KUBEXIT_PLAN"]
        assert (main_["env"][1]["value"], side["env"][1]["value"]) == ("a", "side")
        assert [volume["name"] for volume in template["spec"]["volumes"]] == ["kubexit", "graveyard"]
        assert template["metadata"]["labels"] == {"a": "b"}
    again = written(tmp_path, out)
    assert call(capsys, *WRAP, again)[1] == out
    back = yaml.safe_load(call(capsys, *UNWRAP, again)[1])
    assert back["items"] == yaml.safe_load(SHARED)["items"]


@pytest.mark.behaviour("authoring-hostile-files", "authoring-wrap-keeps")
def test_what_is_behind_the_end_of_a_document_stays(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`...` ends a document; comments and documents behind it stay."""
    text = f"%YAML 1.2\n---\n{POD}... # end\n# behind the end\n---\n{POD}...\n"
    out = call(capsys, *WRAP, written(tmp_path, text))[1]

    assert out.startswith("%YAML 1.2\n---\n")
    assert "... # end\n# behind the end\n---\n" in out
    assert out.endswith("\n...\n")
    assert out.count("kubexit.dev/plan: 'a:'") == 2


@pytest.mark.behaviour("authoring-hostile-files", "authoring-wrap-keeps")
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_comments_of_windows_files_get_no_blank_lines(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, ending: str
) -> None:
    """wrap adds no blank line behind a comment, and unwrap gives back the bytes of the file."""
    text = "# one\nkind: Pod # two\nspec:\n  # three\n  containers:\n  - name: a\n    command: [sh, -c]\n    args:\n"
    text = f"{text}    - |\n      a\n      b\n".replace("\n", ending)
    path = written(tmp_path, text)
    call(capsys, *WRAP, "-i", path)
    assert f"{ending}{ending}" not in path.read_bytes().decode()
    assert path.read_bytes() != text.encode()
    call(capsys, *UNWRAP, "-i", path)

    assert path.read_bytes().decode() == text


@pytest.mark.behaviour("authoring-hostile-files")
def test_lists_in_lists_are_wrapped(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A List in a List has pods too."""
    pod = "{kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, command: [x]}]}}"
    path = written(tmp_path, f"kind: List\nitems:\n- kind: List\n  items:\n  - {pod} # keep\n")
    code, out, _ = call(capsys, *WRAP, path)

    assert code == 0
    assert out.count("/kubexit/bin/kubexit") == 1
    assert "# keep" in out


@pytest.mark.behaviour("authoring-hostile-files")
def test_names_in_any_script_work(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Names and comments outside ASCII stay as they are."""
    path = written(tmp_path, 'kind: Pod\nspec:\n  containers:\n  - name: "日本"\n    command: ["/bin/é", ü] # naïve\n')
    code, out, _ = call(capsys, "wrap", path)

    assert code == 0
    assert '    command: [/kubexit/bin/kubexit, --, "/bin/é", ü] # naïve\n' in out
    assert "kubexit.dev/plan: '日本:'" in out or "kubexit.dev/plan: 日本:" in out


@pytest.mark.behaviour("authoring-hostile-files")
def test_names_cannot_write_to_the_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    r"""An escape sequence or a line break in a name is shown as \x1b and \n."""
    variable = "{name: KUBEXIT_BIRTH_DEPS, value: gone}"
    path = written(
        tmp_path,
        'kind: Pod\nmetadata: {name: "a\\e[2J\\nb"}\n'
        f'spec: {{containers: [{{name: "c\\e[31m", command: [kubexit, x], env: [{variable}]}}]}}\n',
    )
    checked = call(capsys, "check", path)
    refused = call(capsys, "wrap", "--main", "b", path)

    assert (checked[0], refused[0]) == (1, 2)
    assert "\x1b" not in checked[1] + refused[2]
    assert "a\\x1b[2J\\nb" in refused[2]
    assert refused[2].count("\n") == 1


STRANGE = """\
kind: Pod
metadata: {name: "a\\e[2J\\nb"}
spec:
  containers:
  - name: "c\\e[31m\\"]\\nx"
    command: [kubexit, x]
    env: [{name: KUBEXIT_BIRTH_DEPS, value: gone}, {name: KUBEXIT_READY_FILE, value: "/\\x01\\e[31m"}]
"""


@pytest.mark.behaviour("authoring-hostile-files", "authoring-graph")
@pytest.mark.parametrize("output", ["text", "mermaid", "svg"])
def test_names_cannot_break_a_drawing(capsys: pytest.CaptureFixture[str], tmp_path: Path, output: str) -> None:
    """A name stays on its line and in its label, with control characters in words; SVG stays well-formed."""
    code, out, _ = call(capsys, "graph", "-o", output, written(tmp_path, STRANGE))

    assert code == 0
    assert all(letter.isprintable() for letter in out.replace("\n", ""))
    assert "a\\x1b[2J\\nb" in out
    if output == "mermaid":
        assert '    c0["c\\x1b[31m#quot;]\\nx"]\n' in out
    elif output == "text":
        assert "    is ready by READY_FILE=/\\x01\\x1b[31m\n" in out
    else:
        assert "c\\x1b[31m&quot;]\\nx</text>" in out
        ET.fromstring(out)


@pytest.mark.behaviour("authoring-hostile-files", "authoring-plan")
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("name: a", 'name: "a\\nb"', "invalid name"), ("value: /x", 'value: "/x\\ny"', "a double quote or a line end")],
)
def test_what_no_plan_can_have_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, old: str, new: str, words: str
) -> None:
    """A line end in a name or a value would make another line of the plan."""
    env = "{name: KUBEXIT_READY_FILE, value: /x}"
    pod = f"kind: Pod\nspec: {{containers: [{{name: a, command: [kubexit, x], env: [{env}]}}]}}\n"
    assert call(capsys, "plan", written(tmp_path, pod))[:2] == (0, "# Pod\na: READY_FILE=/x\n")
    code, out, err = call(capsys, "plan", written(tmp_path, pod.replace(old, new)))

    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.behaviour("authoring-hostile-files")
def test_folders_links_and_missing_files_are_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A folder without manifests, a circle of links and a missing file: one line each."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    for name, words in (
        ("empty", "no .yaml, .yml or .json file in this folder"),
        ("loop.yaml", "Too many levels of symbolic links"),
        ("gone.yaml", "No such file or directory"),
    ):
        assert call(capsys, "check", "-f", tmp_path / name) == (2, "", f"kubectl kubexit: {tmp_path / name}: {words}\n")


@pytest.mark.behaviour("authoring-hostile-files")
@every_command
def test_an_empty_name_is_not_this_folder(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    """A variable of a shell that is not set must not change all files of the folder."""
    path = written(tmp_path, POD)
    monkeypatch.chdir(tmp_path)
    for arguments in ([*command, ""], [*command, "-f", ""]):
        code, out, err = call(capsys, *arguments, *(["-i"] if command in (WRAP, UNWRAP) else []))

        assert (code, out) == (2, "")
        assert err == "kubectl kubexit: the name of a file is empty; is a variable of your shell not set?\n"
    assert path.read_text() == POD


@pytest.mark.behaviour("authoring-hostile-files")
@every_command
def test_letters_beyond_the_first_plane_are_read_in_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str]
) -> None:
    """JSON may write such a letter as two escapes; a backslash before them changes that."""
    env = [{"name": "A", "value": "\U0001f600 \\ud83d\\ude00"}]
    pod = {"kind": "Pod", "spec": {"containers": [{"name": "a", "command": ["kubexit", "x"], "env": env}]}}
    text = json.dumps(pod)
    assert "\\ud83d\\ude00" in text
    code, out, err = call(capsys, *command, written(tmp_path, text, "pod.json"))

    assert (code, err) == (int(command == CHECK), "")
    if command in (WRAP, UNWRAP):
        assert json.loads(out)["spec"]["containers"][0]["env"][0] == env[0]


@pytest.mark.behaviour("authoring-hostile-files")
def test_stdin_is_read_once(tmp_path: Path) -> None:
    """`-` twice is one source."""
    program = Path(sys.executable).with_name("kubectl-kubexit")
    done = subprocess.run([program, "wrap", "-", "-f", "-"], input=POD, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("kubexit.dev/plan") == 2  # the annotation, and the variable that takes it


@pytest.mark.behaviour("authoring-hostile-files")
def test_a_file_that_cannot_be_written_stays(tmp_path: Path) -> None:
    """Without the right to write in the folder, or to read a file, there is one line, and nothing is lost."""
    path, secret = written(tmp_path, POD, "pod.yaml"), written(tmp_path, POD, "secret.yaml")
    secret.chmod(0)
    tmp_path.chmod(0o555)
    # Permissions bind root only without these capabilities.
    bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    program = Path(sys.executable).with_name("kubectl-kubexit")

    def refusal(*arguments: str | Path) -> str:
        done = subprocess.run([*bound, program, *arguments], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout) == (2, "")
        return done.stderr

    unread, unwritten = refusal("check", secret), refusal(*WRAP, "-i", path)
    tmp_path.chmod(0o755)

    assert unread == f"kubectl kubexit: {secret}: Permission denied\n"
    assert unwritten == f"kubectl kubexit: {path}: cannot be written: Permission denied\n"
    assert path.read_text() == POD
    assert sorted(file.name for file in tmp_path.iterdir()) == ["pod.yaml", "secret.yaml"]


@pytest.mark.behaviour("authoring-hostile-files")
@pytest.mark.skipif(os.getuid() != 0, reason="NOT TESTED: only root can write a file of another user")
def test_root_leaves_a_file_to_its_owner(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """--in-place keeps owner, group and mode."""
    path = written(tmp_path, POD)
    os.chown(path, 65534, 65533)
    path.chmod(0o640)
    assert call(capsys, *WRAP, "-i", path)[0] == 0

    assert "kubexit" in path.read_text()
    assert (path.stat().st_uid, path.stat().st_gid, path.stat().st_mode & 0o777) == (65534, 65533, 0o640)


@pytest.mark.behaviour("authoring-hostile-files")
@pytest.mark.parametrize("command", [CHECK, WRAP, UNWRAP], ids=lambda c: c[0])
def test_a_full_disk_is_one_line(tmp_path: Path, command: list[str]) -> None:
    """If stdout cannot be written, the line says so."""
    program = Path(sys.executable).with_name("kubectl-kubexit")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [program, *command, written(tmp_path, POD)], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
        )

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "kubectl kubexit: stdout: No space left on device"
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
