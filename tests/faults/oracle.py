"""What must hold after a fault: exit code, tombstone, log, peers, and nothing left behind."""

from collections.abc import Iterator
from signal import SIGTERM

from .fault import KILL, STOP, Fault
from .life import KILLED, LIVES, Life, Story
from .table import Answer, Table

SEEN_SECONDS = 1.0  # after an end, its peers know
UNBLOCKED = ("arch_prctl", "set_tid_address")  # before signals are blocked, SIGTERM ends kubexit, or PID 1 ignores it
LEVELS = (" warn kubexit[", " error kubexit[")


def judged(life: Life, story: Story, answer: Answer | None) -> list[str]:
    """Return what is wrong; nothing if all is as the documents say."""
    return [*_end(life, story, answer), *_death(story, answer), *_peers(story), *_command(life, story)]


def answer_to(fault: Fault, table: Table) -> Answer | None:
    """What follows a fault; None: the same as without it."""
    life = LIVES[fault.life]
    if fault.error == KILL:
        why = "what was written before stays, and the command ends too"
        return Answer(fault.place.call, [KILLED], why, death=False, silent=True, fifo=True)
    if fault.error == STOP:
        return Answer(
            fault.place.call,
            [life.code, *life.codes_if_late],
            "it continues later",
            stopped=fault.place.call != "exit_group",
            death=fault.place.call not in UNBLOCKED,
            silent=fault.place.call in UNBLOCKED,
        )
    return table.answer(fault.life, fault.place, fault.error)


def _end(life: Life, story: Story, answer: Answer | None) -> Iterator[str]:
    """The exit code is one that is promised, and the log says why it is not that of the command."""
    if answer is not None and answer.stopped and not story.stopped:
        yield "SIGSTOP did not stop it"
    codes = (answer.codes if answer is not None else []) or [life.code]
    if story.code not in codes:
        yield f"exit code {story.code}, not {' or '.join(map(str, codes))}"
    explained = any(level in story.said for level in LEVELS)
    if (
        story.code not in (life.code, *life.codes_if_late)
        and not explained
        and not (answer is not None and answer.silent)
    ):
        yield f"exit code {story.code}, and no line of the log says why"


def _death(story: Story, answer: Answer | None) -> Iterator[str]:
    """The tombstone has the exit code. A death that is not written is one that cannot be, and the log says so."""
    if "Died" in story.stone:
        if story.stone.get("ExitCode") != story.code != KILLED:
            yield f"exit code {story.code}, and the tombstone has {story.stone.get('ExitCode')}"
        if story.has_fifo and not (answer is not None and answer.fifo):
            yield "a death is written, and the FIFO is still there"
    elif answer is None or answer.death:
        yield f"no death is written: {story.stone}"
    elif not answer.silent and "cannot" not in story.said:
        yield "no death is written, and the log does not say why"


def _peers(story: Story) -> Iterator[str]:
    """The witness saw what happened; no other container noticed anything."""
    if "Died" in story.stone:
        expected = [f"dependency main died with exit code {story.stone.get('ExitCode')}"]
        expected += ["dependency main crashed"] if story.crash_shown else []
    else:
        expected = ["dependency main crashed", *([] if story.has_fifo else [""])]
    if not any(story.witness == one or (one and story.witness.startswith(f"{one}:")) for one in expected):
        yield f"the witness saw {story.witness!r}, not {' or '.join(map(repr, expected))}"
    if story.seconds > SEEN_SECONDS:
        yield f"the witness saw it after {story.seconds:.2f} s"
    if story.again:
        yield f"the next run: {story.again}"
    # A witness that was started beside a crash may be stopped before its command takes signals.
    codes = (0, 128 + SIGTERM) if story.crash_shown else (0,)
    for name, code in story.others.items():
        if code not in codes:
            yield f"{name} ended with {code}"


def _command(life: Life, story: Story) -> Iterator[str]:
    """The command runs once at most, and it ran if its exit code is kubexit's. Nothing is left of it."""
    begun = story.printed.splitlines().count("READY")
    if begun > 1:
        yield f"the command was started {begun} times"
    if story.code == life.code and begun != 1:
        yield f"exit code {story.code}, and the command never ran"
    if story.left:
        yield f"left behind: {story.left}"
