"""KUBEXIT_DISABLED: the command takes kubexit's place, and nothing else happens."""

import os
import signal

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form


@pytest.mark.behaviour("disabled-executes-only")
@pytest.mark.parametrize("value", ["true", "1", "T", "TRUE"])
def test_the_command_replaces_kubexit(kubexit: Kubexit, actor: str, value: str) -> None:
    """The command has kubexit's pid."""
    finished = kubexit.start(actor, "stat", DISABLED=value)

    assert finished.wait() == 0
    assert f"pid={finished.process.pid}\n" in finished.stdout
    assert "death_signal=0\n" in finished.stdout
    assert "subreaper=0\n" in finished.stdout


@pytest.mark.behaviour("disabled-executes-only")
def test_no_graveyard_is_made_or_logged(kubexit: Kubexit, actor: str) -> None:
    """There is no graveyard, no tombstone and no log line."""
    finished = kubexit.run(actor, "exit", "3", DISABLED=True, LOG_LEVEL="debug")

    assert (finished.code, finished.stderr) == (3, "")
    assert not kubexit.graveyard.exists()


@pytest.mark.behaviour("disabled-executes-only")
def test_other_settings_are_not_read(kubexit: Kubexit, actor: str) -> None:
    """KUBEXIT_DISABLED is read before all others: a missing name or a bad value does not matter."""
    finished = kubexit.run(actor, "exit", "3", name=None, DISABLED=True, GRACE_PERIOD="soon", DEATH_DEPS="/,:")

    assert (finished.code, finished.stderr) == (3, "")


@pytest.mark.behaviour("disabled-executes-only")
def test_a_false_value_keeps_kubexit(kubexit: Kubexit, actor: str) -> None:
    """With a false value kubexit supervises the command."""
    kubexit.run(actor, "exit", "3", DISABLED=False)

    assert kubexit.tombstone()["ExitCode"] == 3


@pytest.mark.behaviour("bad-setting-exits-with-2", "disabled-executes-only")
def test_a_bad_boolean_exits_with_2(kubexit: Kubexit, actor: str) -> None:
    """A value that is no boolean is a settings error."""
    finished = kubexit.run(actor, "exit", "0", DISABLED="maybe")

    assert finished.code == 2
    assert "KUBEXIT_DISABLED" in finished.stderr


@pytest.mark.behaviour("default-dispositions", "disabled-executes-only")
def test_mask_and_dispositions_are_as_they_came(kubexit: Kubexit, actor: str) -> None:
    """Blocked signals stay blocked, ignored signals stay ignored, and no others are."""

    def block_and_ignore() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    finished = kubexit.run(actor, "mask", DISABLED=True, preexec_fn=block_and_ignore)

    assert finished.stdout.splitlines() == ["ignored 1", "blocked 10", "ignored 17"]


@pytest.mark.behaviour("no-descriptor-inherited", "disabled-executes-only")
def test_the_command_inherits_no_descriptor(kubexit: Kubexit, actor: str) -> None:
    """The command has no descriptor of kubexit."""
    assert kubexit.run(actor, "fds", DISABLED=True).stdout == "fd 0\nfd 1\nfd 2\n"


@pytest.mark.behaviour("arguments-unchanged", "environment-bytes-unchanged", "disabled-executes-only")
def test_arguments_and_environment(kubexit: Kubexit, actor: str) -> None:
    """Arguments and environment arrive byte for byte, including kubexit's settings."""
    word = b"caf\xe9"
    arguments = kubexit.run(actor, "dump-args", word, "--", options=["--"], DISABLED=True)
    environment = kubexit.start(actor, "dump-env", env={b"LATIN": word}, DISABLED=True)
    assert environment.wait() == 0

    assert os.fsencode(arguments.stdout) == b"\0".join([actor.encode(), b"dump-args", word, b"--", b""])
    assert os.fsencode(environment.stdout).split(b"\0")[:-1] == [
        key + b"=" + value for key, value in environment.environment.items()
    ]


@pytest.mark.behaviour("codes-of-kubexit", "disabled-executes-only")
@pytest.mark.parametrize(("command", "code"), [("/no/such/command", 127), ("/", 126)])
def test_unexecutable_commands_have_the_usual_codes(kubexit: Kubexit, command: str, code: int) -> None:
    """A command that cannot be executed has the usual codes and one line."""
    finished = kubexit.run(command, DISABLED=True)

    assert finished.code == code
    assert len(finished.stderr.splitlines()) == 1
    assert not kubexit.graveyard.exists()


@pytest.mark.behaviour("bad-setting-exits-with-2", "disabled-executes-only")
def test_a_missing_command_exits_with_2(kubexit: Kubexit) -> None:
    """A missing command is an error without supervision too."""
    assert kubexit.run(DISABLED=True).code == 2


@pytest.mark.behaviour("disabled-executes-only")
@pytest.mark.parametrize("option", ["--version", "--help"])
def test_options_do_their_work(kubexit: Kubexit, option: str) -> None:
    """Options such as --version work without supervision too."""
    plain = kubexit.run(options=[option], name=None)
    finished = kubexit.run(options=[option], name=None, DISABLED=True)

    assert finished == plain
    assert finished.code == 0
    assert "kubexit" in finished.stdout


@pytest.mark.behaviour("new-generation-clears-graveyard", "disabled-executes-only")
def test_a_generation_is_still_cleared(kubexit: Kubexit) -> None:
    """An init container that begins a generation does so without supervision too."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    finished = kubexit.run(options=["--clear", kubexit.graveyard], name=None, GRAVEYARD=None, DISABLED=True)

    assert finished.code == 0
    assert os.listdir(kubexit.graveyard) == []
