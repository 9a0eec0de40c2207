"""The one file needs few rights: any user, a read-only root, no capabilities, no new privileges, few system calls."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness import graveyard as tombstones
from images.bases import BASES, Base
from images.container import settings
from images.engine import Engine

pytestmark = [pytest.mark.container, pytest.mark.behaviour("runs-anywhere-unprivileged", "one-file-for-all-images")]

READY = "^READY$"
WAITS = ("/app/actor", "ready-then-wait", "--exit", "TERM=7")
# The user of the distroless images, `nobody`, and one as some platforms choose it: high, and unknown to the image.
USERS = ("65532:65532", "65534:65534", "1000680000:0")
RESTRICTED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("base", BASES, ids=str)
def test_it_runs_with_all_restrictions(
    base: Base, user: str, wrapped: Callable[[Base], str], engine: Engine, graveyard: Path
) -> None:
    """With all restrictions, in every image, for every user, it runs, ends at SIGTERM and writes a tombstone."""
    options = (*RESTRICTED, "--user", user, *settings(graveyard, "main"))
    container = engine.start(wrapped(base), *WAITS, options=options)
    container.wait_line(READY)

    assert container.stop() == 7, container.stderr
    assert tombstones.read(graveyard / "main")["ExitCode"] == 7
    assert (graveyard / "main").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("who", ["process", "command"])
def test_the_restrictions_are_in_force(
    who: str, wrapped: Callable[[Base], str], engine: Engine, graveyard: Path
) -> None:
    """The restrictions of the test above are in force for kubexit and for its command: no user but that one, no
    capability, nothing to gain, system calls filtered if the kernel can."""
    container = engine.start(
        wrapped(BASES[0]), *WAITS, options=(*RESTRICTED, "--user", USERS[1], *settings(graveyard, "main"))
    )
    container.wait_line(READY)
    seen = getattr(container, who)

    assert seen["Uid"].split() == ["65534"] * 4
    assert {int(seen[key], 16) for key in seen if key.startswith("Cap")} == {0}
    assert seen["NoNewPrivs"] == "1"


def test_the_filter_of_system_calls_is_in_force(
    wrapped: Callable[[Base], str], engine: Engine, graveyard: Path
) -> None:
    """The tool's default filter of system calls is in force, and refuses nothing that kubexit needs."""
    container = engine.start(wrapped(BASES[0]), *WAITS, options=settings(graveyard, "main"))
    container.wait_line(READY)
    if container.process.get("Seccomp") != "2":
        pytest.skip("SECCOMP NOT TESTED: the kernel or the container tool has none")

    assert container.command["Seccomp"] == "2"
    assert container.stop() == 7
    assert "warn" not in container.stderr


def test_the_root_is_read_only(wrapped: Callable[[Base], str], engine: Engine, graveyard: Path) -> None:
    """The root file system of the test above is read-only: a graveyard cannot be made there, and the code is 73."""
    options = (*RESTRICTED, "--env", "KUBEXIT_NAME=main", "--env", "KUBEXIT_GRAVEYARD=/elsewhere")
    done = engine.run(wrapped(BASES[0]), "/app/actor", "exit", "0", options=options)

    assert done.code == 73
    assert "Read-only file system" in done.stderr


def test_own_process_namespace(wrapped: Callable[[Base], str], engine: Engine, graveyard: Path) -> None:
    """If containers share a PID namespace kubexit is not process 1, and all works as before."""
    image = wrapped(BASES[0])
    main = engine.start(image, *WAITS, options=settings(graveyard, "main"))
    main.wait_line(READY)
    shared = ("--pid", f"container:{main.identity}")
    proxy = engine.start(
        image, "/app/actor", "plain", options=(*shared, *settings(graveyard, "proxy", DEATH_DEPS="main"))
    )
    proxy.wait_line(READY)

    assert proxy.process["NSpid"].split()[-1] != "1"
    engine.call("kill", "--signal", "USR1", main.identity)
    main.wait_line("^SIGNAL USR1")
    engine.call("kill", "--signal", "TERM", proxy.identity)
    assert proxy.wait() == 143
    assert main.stop() == 7
