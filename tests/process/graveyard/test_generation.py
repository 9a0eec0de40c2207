"""`kubexit --clear DIR` begins a new generation: what dead containers left is removed, and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness import single_file
from harness.containers import running, waiting
from harness.kubexit import Kubexit
from harness.supervised import Finished
from harness.world import namespaces

RECORDED = Path(__file__).parents[2] / "recorded"
DEATH = 'Born: "2020-04-28T10:41:46Z"\nDied: "2020-04-28T10:41:47Z"\nExitCode: 0\n'


def begin(kubexit: Kubexit, option: str = "--clear", **keywords: object) -> Finished:
    """Run it as an init container does: without a name, without settings."""
    return kubexit.run(options=[option, kubexit.graveyard], name=None, GRAVEYARD=None, **keywords)


def put(kubexit: Kubexit, *names: str, text: str = DEATH) -> None:
    """Files in the graveyard."""
    kubexit.graveyard.mkdir(exist_ok=True)
    for name in names:
        (kubexit.graveyard / name).write_text(text)


def lines(text: str, level: str) -> list[str]:
    """The log lines of one level, of a kubexit without a name."""
    return [line for line in text.splitlines() if f" {level} kubexit: " in line]


def left(kubexit: Kubexit) -> list[str]:
    return sorted(os.listdir(kubexit.graveyard))


@pytest.mark.behaviour("new-generation-clears-graveyard")
def test_an_earlier_generation_is_removed(kubexit: Kubexit) -> None:
    """Births and deaths of an earlier generation are removed."""
    put(kubexit, "main", "sidecar", "größe", "-rf", "x" * 240)
    put(kubexit, "db", text='Born: "2020-04-28T10:41:46Z"\n')
    finished = begin(kubexit)

    assert finished.code == 0
    assert left(kubexit) == []


@pytest.mark.behaviour("new-generation-clears-graveyard")
def test_of_the_original(kubexit: Kubexit) -> None:
    """Tombstones that the original wrote are removed too."""
    shutil.copytree(RECORDED / "original", kubexit.graveyard)
    begin(kubexit)

    assert left(kubexit) == []


@pytest.mark.behaviour("new-generation-clears-graveyard", "crash-seen-by-peers")
def test_of_crashed_containers(kubexit: Kubexit) -> None:
    """Tombstones, FIFOs and drafts of crashed containers are removed too."""
    crashed = running(kubexit, "main")
    kubexit.wait_tombstone("main", "Born")
    crashed.kill()
    put(kubexit, ".db.tmp", text="Bor")
    os.mkfifo(kubexit.graveyard / ".db.alive.tmp")
    os.mkfifo(kubexit.graveyard / ".db.alive")
    begin(kubexit)

    assert left(kubexit) == []


@pytest.mark.behaviour("living-pod-is-not-cleared", "codes-of-kubexit")
@pytest.mark.parametrize("option", ["--clear", "--graveyard"])
def test_a_living_pod_is_not_cleared(kubexit: Kubexit, option: str) -> None:
    """While a container is alive, born or not, nothing is removed; the line names the living, and the code is 73."""
    born = running(kubexit, "born")
    kubexit.wait_tombstone("born", "Born")
    waiting(kubexit, "unborn", BIRTH_DEPS="never:born")
    kubexit.wait_tombstone("unborn", "Waiting")
    put(kubexit, "dead", ".born.tmp")
    before = left(kubexit)
    finished = begin(kubexit, option)

    assert finished.code == 73
    assert left(kubexit) == before
    (refused,) = lines(finished.stderr, "error")
    assert "is not cleared: " in refused
    assert {"born", "unborn"} == set(refused.partition("cleared: ")[2].partition(" are alive")[0].split(", "))
    born.signal(15)
    assert born.wait() == 0


@pytest.mark.behaviour("living-pod-is-not-cleared")
def test_a_holder_without_fifo_counts(kubexit: Kubexit) -> None:
    """A container without a FIFO is alive too; after its death the graveyard is cleared."""
    silent = running(kubexit, "silent", LIVENESS=False)
    kubexit.wait_tombstone("silent", "Born")
    refused = begin(kubexit)

    assert (refused.code, left(kubexit)) == (73, ["silent"])
    assert "silent is alive in it" in refused.stderr
    silent.signal(15)
    silent.wait()
    assert begin(kubexit).code == 0
    assert left(kubexit) == []


@pytest.mark.behaviour("living-pod-is-not-cleared")
def test_a_free_name_is_not_taken(kubexit: Kubexit) -> None:
    """The question whether a name is held takes no name: a container that starts just then would find it in use."""
    put(kubexit, "dead")
    clearing = single_file.traced(kubexit, "bind:error=EADDRINUSE")

    assert begin(clearing).code == 0
    assert left(kubexit) == []


@pytest.mark.behaviour("old-name-of-clear")
def test_the_old_name_clears_with_a_warning(kubexit: Kubexit) -> None:
    """The option's old name does the same and logs one warning that names the new one; both at once are refused."""
    put(kubexit, "main")
    finished = begin(kubexit, "--graveyard")

    assert (finished.code, left(kubexit)) == (0, [])
    (warning,) = lines(finished.stderr, "warn")
    assert "--graveyard DIR is deprecated; use --clear DIR" in warning
    assert lines(begin(kubexit).stderr, "warn") == []
    both = ["--graveyard", kubexit.graveyard, "--clear", kubexit.graveyard]
    assert kubexit.run(options=both, name=None, GRAVEYARD=None).code == 2


@pytest.mark.behaviour("junk-is-no-death", "links-not-followed", "new-generation-clears-graveyard")
def test_files_of_others_stay(kubexit: Kubexit) -> None:
    """The files of others stay: other files, folders and their contents, links and their targets."""
    outside = kubexit.folder / "outside"
    outside.write_text(DEATH)
    put(kubexit, "notes.txt", "empty", ".hidden", text="")
    put(kubexit, "program", text="#!/bin/sh\n")
    put(kubexit, "a b", ".main", ".main.tmp.old", "..data", "x" * 250)
    put(kubexit, "huge", text=DEATH + "# filler\n" * 10_000)
    (kubexit.graveyard / "folder").mkdir()
    (kubexit.graveyard / "folder/main").write_text(DEATH)
    (kubexit.graveyard / ".folder.tmp").mkdir()
    (kubexit.graveyard / "link").symlink_to(outside)
    (kubexit.graveyard / ".link.alive").symlink_to(outside)
    (kubexit.graveyard / ".link.tmp").symlink_to(outside)
    os.mkfifo(kubexit.graveyard / "fifo")
    os.mkfifo(kubexit.graveyard / ".fifo")
    (kubexit.graveyard / ".file.alive").write_text("no FIFO")
    before = left(kubexit)
    finished = begin(kubexit)

    assert finished.code == 0
    assert left(kubexit) == before
    assert outside.read_text() == DEATH
    assert (kubexit.graveyard / "folder/main").exists()


@pytest.mark.behaviour("new-generation-clears-graveyard", "graveyard-made-and-watched")
def test_a_missing_graveyard_is_made(kubexit: Kubexit) -> None:
    """A graveyard that is not there is made."""
    finished = begin(kubexit)

    assert finished.code == 0
    assert left(kubexit) == []


@pytest.mark.behaviour("graveyard-not-a-folder", "codes-of-kubexit")
def test_a_file_as_graveyard_exits_with_73(kubexit: Kubexit) -> None:
    """If the path is no folder, kubexit exits with 73 and a line."""
    kubexit.graveyard.write_text("")
    finished = begin(kubexit)

    assert finished.code == 73
    assert str(kubexit.graveyard) in finished.stderr
    assert kubexit.graveyard.is_file()


@pytest.mark.behaviour("unwritten-death-keeps-code", "codes-of-kubexit")
def test_a_read_only_graveyard_exits_with_73(kubexit: Kubexit) -> None:
    """If nothing could be removed from the folder, kubexit exits with 73, also if there is nothing to remove."""
    namespaces.require_mounts()
    put(kubexit, "main")
    world = namespaces.private_mounts(namespaces.read_only(kubexit.graveyard))

    assert begin(kubexit, preexec_fn=world).code == 73
    (kubexit.graveyard / "main").unlink()
    assert begin(kubexit, preexec_fn=world).code == 73


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize("options", [["--clear"], ["--clear", "a", "b"], ["--clears", "a"], ["-g", "a"], ["--clear=a"]])
def test_wrong_usage_exits_with_2(kubexit: Kubexit, options: list[str]) -> None:
    """With anything but one folder behind the option, kubexit exits with 2 and makes no folder."""
    finished = kubexit.run(options=options, name=None, GRAVEYARD=None, cwd=kubexit.folder)

    assert finished.code == 2
    assert os.listdir(kubexit.folder) == []


@pytest.mark.behaviour("new-generation-clears-graveyard")
def test_it_can_be_run_again(kubexit: Kubexit) -> None:
    """The option can be used again and again, as an init container does."""
    put(kubexit, "main")

    assert [begin(kubexit).code for _ in range(3)] == [0, 0, 0]


@pytest.mark.behaviour("new-generation-clears-graveyard")
def test_settings_do_not_matter(kubexit: Kubexit) -> None:
    """Settings for the supervision of a command, good or bad, have no effect."""
    put(kubexit, "main")
    finished = begin(
        kubexit, env={"KUBEXIT_NAME": "main", "KUBEXIT_GRACE_PERIOD": "bad", "KUBEXIT_GRAVEYARD": "/nowhere"}
    )

    assert finished.code == 0
    assert left(kubexit) == []


@pytest.mark.behaviour("new-generation-clears-graveyard")
@pytest.mark.parametrize("order", [("main", "sidecar"), ("sidecar", "main")])
def test_all_containers_restarted(kubexit: Kubexit, order: tuple[str, str]) -> None:
    """After a new generation, no container acts on the former one's dead, in any order in which containers start."""
    put(kubexit, "main", "sidecar", "proxy")
    begin(kubexit)
    started = {}
    for name in order:
        if name == "sidecar":
            started[name] = running(kubexit, name, DEATH_DEPS="main")
        else:
            started[name] = kubexit.start(
                kubexit.program(),
                "ready-then-wait",
                "--exit",
                "TERM=0",
                name=name,
                BIRTH_DEPS="sidecar:born",
                DEATH_DEPS="proxy",
            )
    started["main"].wait_line("READY")
    assert started["sidecar"].process.poll() is None
    started["main"].signal(15)

    assert started["main"].wait() == 0
    assert started["sidecar"].wait() == 0


@pytest.mark.behaviour("new-generation-clears-graveyard")
def test_without_it_an_old_death_counts(kubexit: Kubexit) -> None:
    """Without the option, a sidecar that starts before its main takes the old death for new: a documented limit."""
    put(kubexit, "main")

    assert kubexit.run("echo", "BORN", name="sidecar", DEATH_DEPS="main").stdout == ""


@pytest.mark.behaviour("links-not-followed", "new-generation-clears-graveyard")
def test_sockets_and_devices(kubexit: Kubexit) -> None:
    """Sockets are left alone, with any name."""
    kubexit.graveyard.mkdir()
    script = "import socket, sys\nfor name in sys.argv[1:]: socket.socket(socket.AF_UNIX).bind(name)"
    subprocess.run([sys.executable, "-c", script, "main", ".db.alive"], cwd=kubexit.graveyard, check=True, timeout=20)
    begin(kubexit)

    assert left(kubexit) == [".db.alive", "main"]
