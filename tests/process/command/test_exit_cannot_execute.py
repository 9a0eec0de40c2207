"""If a command cannot be executed, kubexit exits with a shell's codes, 126 and 127, and writes a tombstone."""

import errno
import os
import re
from pathlib import Path

import pytest

from harness.kubexit import Kubexit
from harness.supervised import Finished

pytestmark = pytest.mark.every_form

NO_PERMISSION = os.strerror(errno.EACCES)


def check(kubexit: Kubexit, finished: Finished, code: int, reason: str, command: str) -> None:
    """Assert one line with command and reason, the code, and a death that peers see and operators understand."""
    assert finished.code == code
    assert finished.stdout == ""
    lines = [line for line in finished.stderr.splitlines() if " error " in line]
    assert len(lines) == 1, finished.stderr
    assert command in lines[0]
    assert reason in lines[0]
    tombstone = kubexit.tombstone()
    assert tombstone["ExitCode"] == code
    assert "Died" in tombstone
    assert "Born" not in tombstone
    assert reason in tombstone["Reason"]


@pytest.mark.behaviour("every-exit-writes-a-death", "codes-of-kubexit")
@pytest.mark.parametrize("command", ["/no/such/command", "./no-such-command"])
def test_a_missing_command_exits_with_127(kubexit: Kubexit, command: str) -> None:
    """For a command that does not exist, the code is 127."""
    check(kubexit, kubexit.run(command), 127, os.strerror(errno.ENOENT), command)


@pytest.mark.behaviour("every-exit-writes-a-death", "codes-of-kubexit")
def test_an_empty_command_is_127(kubexit: Kubexit) -> None:
    """For an empty word, for example from a variable that is not set, the code is 127, and the message says so."""
    check(kubexit, kubexit.run(""), 127, "the command is empty", "cannot execute")


@pytest.mark.behaviour("codes-of-kubexit", "disabled-executes-only")
def test_an_empty_command_without_supervision_is_127(kubexit: Kubexit) -> None:
    """For an empty word without supervision, the code is 127 too."""
    finished = kubexit.run("", DISABLED="true")

    assert finished.code == 127
    assert "the command is empty" in finished.stderr


@pytest.mark.behaviour("every-exit-writes-a-death", "codes-of-kubexit")
def test_not_found_on_the_path(kubexit: Kubexit) -> None:
    """For a command in no folder of PATH the code is 127, and the message says where kubexit looked for it."""
    check(kubexit, kubexit.run("no-such-command"), 127, "PATH", "no-such-command")


@pytest.mark.behaviour("codes-of-kubexit")
def test_interpreter_not_found(kubexit: Kubexit) -> None:
    """For a script whose interpreter does not exist, the code is 127."""
    script = kubexit.folder / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)

    check(kubexit, kubexit.run(script), 127, "interpreter", str(script))


@pytest.mark.behaviour("codes-of-kubexit")
@pytest.mark.parametrize("place", ["first", "last"])
def test_interpreter_not_found_on_the_path(kubexit: Kubexit, place: str) -> None:
    """The same when it was found in PATH: that it is not there would send the reader looking for the wrong file."""
    script = kubexit.folder / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    path = {"first": f"{kubexit.folder}:/no/such/folder", "last": f"/no/such/folder:{kubexit.folder}"}[place]

    check(kubexit, kubexit.run("script", env={"PATH": path}), 127, "interpreter", "script")


@pytest.mark.behaviour("codes-of-kubexit", "one-file-for-all-images")
@pytest.mark.parametrize("found", ["by path", "in PATH"])
def test_loader_not_found(kubexit: Kubexit, found: str) -> None:
    """For a program whose dynamic loader is not in the image, the code is 127, and the log says so."""
    program = kubexit.folder / "program"
    loader = re.compile(rb"/lib[\w/.-]*/ld-[\w.-]+(?=\0)")
    program.write_bytes(
        loader.sub(lambda name: b"/no/" + name[0][4:], Path(kubexit.program("actor", "-O2")).read_bytes())
    )
    program.chmod(0o755)
    command = str(program) if found == "by path" else "program"

    check(kubexit, kubexit.run(command, env={"PATH": kubexit.folder}), 127, "dynamic loader", command)


@pytest.mark.behaviour("every-exit-writes-a-death", "codes-of-kubexit")
def test_a_file_without_permission_exits_with_126(kubexit: Kubexit) -> None:
    """For a file without the execute permission, the code is 126."""
    script = kubexit.folder / "script"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o644)

    check(kubexit, kubexit.run(script), 126, NO_PERMISSION, str(script))


@pytest.mark.behaviour("codes-of-kubexit")
def test_a_folder_exits_with_126(kubexit: Kubexit) -> None:
    """For a folder, the code is 126."""
    check(kubexit, kubexit.run(kubexit.folder), 126, NO_PERMISSION, str(kubexit.folder))


@pytest.mark.behaviour("codes-of-kubexit")
def test_part_of_the_path_is_a_file(kubexit: Kubexit, actor: str) -> None:
    """For a path through a file, the code is 126 or 127, as in a shell; never 0."""
    finished = kubexit.run(f"{actor}/x")

    assert finished.code in (126, 127)
    assert kubexit.tombstone()["ExitCode"] == finished.code


@pytest.mark.behaviour("every-exit-writes-a-death", "script-without-interpreter-line")
def test_script_without_interpreter_line(kubexit: Kubexit) -> None:
    """For a script without `#!` the code is 126: kubexit does not hand it to a shell."""
    witness = kubexit.folder / "witness"
    script = kubexit.folder / "script"
    script.write_text(f": > {witness}\n")
    script.chmod(0o755)

    check(kubexit, kubexit.run(script), 126, "#!", str(script))
    assert not witness.exists()


@pytest.mark.behaviour("script-without-interpreter-line")
def test_script_without_interpreter_line_on_the_path(kubexit: Kubexit) -> None:
    """A script without `#!` is 126 too when it is found by its name."""
    script = kubexit.folder / "script"
    script.write_text("exit 0\n")
    script.chmod(0o755)

    finished = kubexit.run("script", env={"PATH": kubexit.folder})

    check(kubexit, finished, 126, "#!", "script")


@pytest.mark.behaviour("codes-of-kubexit")
def test_an_empty_command_exits_with_127(kubexit: Kubexit) -> None:
    """An empty word is a command that does not exist."""
    assert kubexit.run("").code == 127


@pytest.mark.behaviour("codes-of-kubexit")
def test_not_executable_on_the_path_and_found_later(kubexit: Kubexit, actor: str) -> None:
    """A file on the PATH that may not be executed does not hide a later one that may."""
    first, second = kubexit.folder / "first", kubexit.folder / "second"
    first.mkdir()
    second.mkdir()
    (first / "worker").write_text("no program")
    (second / "worker").symlink_to(actor)

    assert kubexit.run("worker", "exit", "3", env={"PATH": f"{first}:{second}"}).code == 3


@pytest.mark.behaviour("codes-of-kubexit")
def test_not_executable_on_the_path(kubexit: Kubexit) -> None:
    """If no file on the PATH with this name may be executed, the code is 126."""
    (kubexit.folder / "worker").write_text("no program")

    check(kubexit, kubexit.run("worker", env={"PATH": kubexit.folder}), 126, NO_PERMISSION, "worker")


@pytest.mark.behaviour("codes-of-kubexit")
def test_path_is_searched_in_order(kubexit: Kubexit, actor: str) -> None:
    """The first match on the PATH wins; an empty part of PATH is the working directory."""
    (kubexit.folder / "worker").symlink_to(actor)

    assert kubexit.run("worker", "exit", "3", env={"PATH": "/no/such/folder::/bin"}, cwd=kubexit.folder).code == 3


@pytest.mark.behaviour("codes-of-kubexit")
def test_without_path_a_default_is_searched(kubexit: Kubexit) -> None:
    """Without PATH the usual folders are searched."""
    assert kubexit.run("sh", "-c", "exit 3", without=["PATH"]).code == 3


@pytest.mark.behaviour("codes-of-kubexit")
def test_a_slash_keeps_path_out(kubexit: Kubexit, actor: str) -> None:
    """A command with a slash is taken from the working directory, never from the PATH."""
    (kubexit.folder / "bin").mkdir()
    (kubexit.folder / "bin/worker").symlink_to(actor)

    assert kubexit.run("bin/worker", "exit", "3", cwd=kubexit.folder).code == 3


@pytest.mark.behaviour("codes-of-kubexit")
def test_a_truncated_program_exits_with_126(kubexit: Kubexit, actor: str) -> None:
    """For a program that the kernel cannot load, the code is 126."""
    broken = kubexit.folder / "broken"
    broken.write_bytes(Path(actor).read_bytes()[:100])
    broken.chmod(0o755)

    finished = kubexit.run(broken)

    assert finished.code == 126
    assert kubexit.tombstone()["ExitCode"] == 126
