"""The one file runs in foreign images: empty, distroless, Alpine (musl), Debian (glibc)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness import graveyard as tombstones
from images.bases import BASES, Base
from images.container import settings
from images.engine import Engine

pytestmark = [pytest.mark.container, pytest.mark.parametrize("base", BASES, ids=str)]


@pytest.mark.behaviour("exit-codes-passed-on", "one-file-for-all-images")
@pytest.mark.parametrize("code", [0, 3, 255])
def test_the_exit_code_is_passed_on(
    base: Base, wrapped: Callable[[Base], str], engine: Engine, graveyard: Path, code: int
) -> None:
    """The command's code is the container's, and is in the tombstone."""
    done = engine.run(wrapped(base), "/app/actor", "exit", str(code), options=settings(graveyard, "main"))

    assert done.code == code, done.stderr
    assert tombstones.read(graveyard / "main")["ExitCode"] == code


@pytest.mark.behaviour("codes-of-kubexit", "one-file-for-all-images")
def test_a_missing_command_exits_with_127(
    base: Base, wrapped: Callable[[Base], str], engine: Engine, graveyard: Path
) -> None:
    """For a command that is not in the image the code is 127, and a line names it."""
    done = engine.run(wrapped(base), "/app/nobody", options=settings(graveyard, "main"))

    assert done.code == 127
    assert "/app/nobody" in done.stderr


@pytest.mark.behaviour("outside-sigterm-no-deadline", "pid-1-exits", "one-file-for-all-images")
def test_stop_reaches_the_command(base: Base, wrapped: Callable[[Base], str], engine: Engine, graveyard: Path) -> None:
    """kubexit is process 1, the command is its child, and the SIGTERM of a stop reaches the command."""
    command = ("/app/actor", "ready-then-wait", "--exit", "TERM=7")
    container = engine.start(wrapped(base), *command, options=settings(graveyard, "main"))
    container.wait_line("^READY$")

    assert container.process["Name"] == "kubexit"
    assert container.process["NSpid"].split()[-1] == "1"
    assert container.command["Name"] == "actor"
    assert container.stop() == 7
    assert tombstones.read(graveyard / "main")["ExitCode"] == 7


@pytest.mark.behaviour("stop-signal-then-sigkill", "graveyard-source-asks-no-api", "one-file-for-all-images")
def test_two_containers_start_and_end_together(
    base: Base, wrapped: Callable[[Base], str], engine: Engine, graveyard: Path
) -> None:
    """Through a shared folder, one container starts, and ends, when the other does."""
    image = wrapped(base)
    awaited = {"BIRTH_DEPS": "proxy:born", "BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "1m"}
    main = engine.start(image, "/app/actor", "exit", "5", options=settings(graveyard, "main", **awaited))
    ended = {"DEATH_DEPS": "main", "EXIT_CODE_ON_STOP": "zero"}
    proxy = engine.start(image, "/app/actor", "plain", options=settings(graveyard, "proxy", **ended))

    assert main.wait() == 5, main.stderr
    assert proxy.wait() == 0, proxy.stderr
    stone = tombstones.read(graveyard / "proxy")
    assert (stone["ExitCode"], stone["CommandExitCode"]) == (0, 143)
    assert stone["Reason"] == "dependency main died with exit code 5"


@pytest.mark.behaviour("crash-seen-by-peers", "one-file-for-all-images")
def test_a_killed_container_is_seen_by_its_peer(
    base: Base, wrapped: Callable[[Base], str], engine: Engine, graveyard: Path
) -> None:
    """A container that is killed as a whole writes no tombstone, but its peer sees the crash."""
    image = wrapped(base)
    main = engine.start(image, "/app/actor", "ready-then-wait", options=settings(graveyard, "main"))
    main.wait_line("^READY$")
    proxy = engine.start(image, "/app/actor", "plain", options=settings(graveyard, "proxy", DEATH_DEPS="main"))
    proxy.wait_line("^READY$")
    engine.call("kill", "--signal", "KILL", main.identity)

    assert main.wait() == 137
    assert proxy.wait() == 143
    assert "main" in tombstones.read(graveyard / "proxy")["Reason"]
    assert "Died" not in (tombstones.read(graveyard / "main") or {})
