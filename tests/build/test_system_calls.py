"""docs/develop/system-calls.md lists what is really done between our exec and the command's."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.forms import FORMS

ROOT = Path(__file__).parent.parent.parent
GATE = ROOT / ".build" / "gate"


def documented() -> list[str]:
    """The second column of the table."""
    return re.findall(
        r"^\| \d+ \| `(\w+)` \|", (ROOT / "docs" / "develop" / "system-calls.md").read_text(), re.MULTILINE
    )


def traced(program: Path, graveyard: Path, log: Path) -> list[str]:
    """The calls of kubexit and of its child, from after the first execve to the one of the command."""
    environment = {"PATH": "/usr/bin:/bin", "KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": str(graveyard)}
    command = ["strace", "-f", "-o", str(log), str(program), "true"]
    subprocess.run(command, check=True, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    calls = [match[1] for line in log.read_text().splitlines() if (match := re.match(r"\d+ +(\w+)\(", line))]
    assert calls[0] == "execve"
    rest = calls[1:]
    return rest[: rest.index("execve") + 1]


def test_every_call_has_its_row(tmp_path: Path) -> None:
    """No call without a reason, no reason without a call. PATH's first part has the command, so one execve does."""
    if shutil.which("strace") is None:
        pytest.skip("NOT TESTED: strace is not installed")
    if not (GATE / "how").read_text().startswith("musl"):
        pytest.skip("NOT TESTED: the list is that of musl; this gate was built with glibc")
    graveyard = tmp_path / "graveyard"
    graveyard.mkdir()

    assert traced(GATE / "kubexit", graveyard, tmp_path / "trace") == documented()


def test_static_file_makes_one_more(tmp_path: Path) -> None:
    """With an interpreter in the file the start is the same, but for the call that seals pointers."""
    if shutil.which("strace") is None:
        pytest.skip("NOT TESTED: strace is not installed")
    form = FORMS["static"]
    if not form.exists or form.is_stale:
        pytest.skip(f"NOT TESTED: {form.missing}")
    graveyard = tmp_path / "graveyard"
    graveyard.mkdir()
    expected = documented()
    expected.insert(2, "mprotect")

    assert traced(form.path, graveyard, tmp_path / "trace") == expected


def test_watch_is_closed_after_the_start(tmp_path: Path) -> None:
    """A watch that only the birth needed is closed when the command runs: closing it takes the kernel milliseconds."""
    if shutil.which("strace") is None:
        pytest.skip("NOT TESTED: strace is not installed")
    graveyard, log = tmp_path / "graveyard", tmp_path / "trace"
    graveyard.mkdir()
    (graveyard / "db").write_text('Born: "2026-01-01T00:00:00Z"\nReady: "2026-01-01T00:00:00Z"\n')
    environment = {"KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": str(graveyard), "KUBEXIT_BIRTH_DEPS": "db"}
    environment |= {"PATH": "/usr/bin:/bin", "KUBEXIT_BIRTH_SOURCE": "graveyard"}
    command = ["strace", "-f", "-e", "trace=inotify_init1,close,execve", "-o", str(log), str(GATE / "kubexit"), "true"]
    subprocess.run(command, check=True, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    calls = [line.split(maxsplit=1)[1] for line in log.read_text().splitlines()]
    made = next(index for index, call in enumerate(calls) if call.startswith("inotify_init1("))
    closing = f"close({calls[made].rpartition('= ')[2].strip()})"
    started = next(index for index, call in enumerate(calls) if index > made and call.startswith("execve("))

    assert closing not in [call.partition(" ")[0] for call in calls[made:started]]
    assert closing in [call.partition(" ")[0] for call in calls[started:]]
