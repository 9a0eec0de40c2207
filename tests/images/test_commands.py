"""The same kubexit runs the commands that each image has."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from images.bases import BASES, Base
from images.container import settings
from images.engine import Engine

pytestmark = [pytest.mark.container, pytest.mark.behaviour("one-file-for-all-images")]

COMPILERS = {"glibc": ("gcc",), "musl": ("musl-gcc",)}


@pytest.fixture(scope="session")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A folder with a program, dynamically linked with this libc, that exits with 5."""

    def compiled(libc: str) -> Path:
        if shutil.which(COMPILERS[libc][0]) is None:
            pytest.skip(f"{libc} NOT TESTED: no {COMPILERS[libc][0]}")
        folder = tmp_path_factory.mktemp(libc)
        (folder / "five.c").write_text("int main(void) { return 5; }\n")
        command = [*COMPILERS[libc], "-o", folder / "five", folder / "five.c"]
        subprocess.run(command, check=True, timeout=60)
        folder.chmod(0o755)
        return folder

    return compiled


@pytest.mark.parametrize("libc", COMPILERS)
@pytest.mark.parametrize("base", BASES, ids=str)
def test_dynamic_programs_run_where_their_loader_is(
    base: Base,
    libc: str,
    wrapped: Callable[[Base], str],
    linked: Callable[[str], Path],
    engine: Engine,
    graveyard: Path,
) -> None:
    """A program that needs a loader runs where its loader is, and is not found (127) elsewhere: so the images differ
    in what they have, and kubexit needs none of it."""
    options = ("--volume", f"{linked(libc)}:/linked:ro,z", *settings(graveyard, "main"))
    done = engine.run(wrapped(base), "/linked/five", options=options)

    assert done.code == (5 if base.loader == libc else 127), done.stderr


@pytest.mark.parametrize("base", [base for base in BASES if base.shell], ids=str)
def test_a_shell_script_gets_sigterm(
    base: Base, wrapped: Callable[[Base], str], engine: Engine, graveyard: Path
) -> None:
    """A script of the image's own shell: found on the path, its trap runs at SIGTERM, its code is the container's."""
    script = "trap 'echo caught; exit 9' TERM; echo READY; while :; do sleep 1 & wait; done"
    container = engine.start(wrapped(base), "sh", "-c", script, options=settings(graveyard, "main"))
    container.wait_line("^READY$")

    assert container.stop() == 9
    assert "caught" in container.stdout


@pytest.mark.parametrize("base", [base for base in BASES if not base.shell], ids=str)
def test_kubexit_needs_no_shell(base: Base, wrapped: Callable[[Base], str], engine: Engine, graveyard: Path) -> None:
    """The other images have no shell, and kubexit needs none."""
    done = engine.run(wrapped(base), "sh", "-c", "exit 0", options=settings(graveyard, "main"))

    assert done.code == 127
