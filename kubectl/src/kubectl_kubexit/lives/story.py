"""Lives from the log lines of kubexit."""

import re
from collections.abc import Callable, Iterable

from kubectl_kubexit.lives.life import Container, Life
from kubectl_kubexit.lives.logs import Line

# What kubexit logs at info and above, and what it means for the life of the container. The first that matches counts.
Step = Callable[[Life, Line, re.Match[str]], None]
STEPS: list[tuple[re.Pattern[str], Step]] = []
BEGINS = re.compile(r"waiting for birth dependencies: |command started, pid |dependency \S+ .* before this container ")
# Longer than a grace period, SIGQUIT is a request for a thread dump and none to stop.
QUIT_COUNTS = 30.0
SAME_RUN = 0.5  # seconds; errors that are so close are of one start


def step(pattern: str) -> Callable[[Step], Step]:
    """Register what a line means."""

    def register(function: Step) -> Step:
        STEPS.append((re.compile(pattern), function))
        return function

    return register


@step(r"waiting for birth dependencies: (.*?)(?:, at most [^,]*|, without a time limit)$")
def waits(life: Life, line: Line, match: re.Match[str]) -> None:
    """The wait for birth dependencies begins."""
    life.waits_for = match[1]


@step(r"command started, pid \d+")
def started(life: Life, line: Line, match: re.Match[str]) -> None:
    """The command is started: the container is born."""
    life.born = line.at


@step(r"command is ready$")
def ready(life: Life, line: Line, match: re.Match[str]) -> None:
    """The readiness probe has succeeded."""
    life.ready = line.at


@step(r"(.*): (?:sent|forwarded) SIG\S+ to the command; SIGKILL in ")
@step(r"(dependency .*); stopping the command in ")
@step(r"(SIG\S+ from .*): forwarded to the command\b")
@step(r"(not all of .* exited in time): forwarded SIG\S+ to the command$")
def asked(life: Life, line: Line, match: re.Match[str]) -> None:
    """The command is asked to stop. The first request counts; SIGQUIT gives way to all others."""
    if life.asked is None or life.stop.startswith("SIGQUIT"):
        life.asked, life.stop = line.at, match[1]


@step(r"(.*): dead; forwarded (SIG\S+) to the command$")
def released(life: Life, line: Line, match: re.Match[str]) -> None:
    """The containers of KUBEXIT_TERM_AFTER have exited: the command gets the signal that waited."""
    life.asked, life.stop = line.at, f"{match[2]}, which waited until {match[1]} had exited"


@step(r"forwarded (SIG\S+) to the command after (.*) \(KUBEXIT_TERM_DELAY\)")
def delayed(life: Life, line: Line, match: re.Match[str]) -> None:
    """The delay of KUBEXIT_TERM_DELAY is over: the command gets the signal that waited."""
    life.asked, life.stop = line.at, f"{match[1]}, which waited for {match[2]}"


@step(r"(SIG\S+ from .*): waits for (.*) \(KUBEXIT_TERM_DELAY\); ")
def delays(life: Life, line: Line, match: re.Match[str]) -> None:
    """SIGTERM waits for a time (KUBEXIT_TERM_DELAY)."""
    life.held, life.hold = line.at, f"{match[1]}, which waits for {match[2]}"


@step(r"(SIG\S+ from .*): waiting for (.*) to exit first, ")
def held(life: Life, line: Line, match: re.Match[str]) -> None:
    """SIGTERM waits for other containers (KUBEXIT_TERM_AFTER)."""
    life.held, life.hold = line.at, f"{match[1]}, which waits until {match[2]} has exited"


@step(r"grace period of .* is over: sent SIGKILL")
def killed(life: Life, line: Line, match: re.Match[str]) -> None:
    """The grace period is over."""
    life.killed = line.at


@step(r"command exited with (\d+)(?:; exiting with (\d+) \((\S+)\))?")
def exited(life: Life, line: Line, match: re.Match[str]) -> None:
    """The command has exited, and kubexit exits."""
    life.died = line.at
    life.exit_code = int(match[2] or match[1])
    if match[2]:
        life.command_exit_code, life.code_from = int(match[1]), match[3]
    if life.stop.startswith("SIGQUIT") and life.asked is not None and line.at - life.asked > QUIT_COUNTS:
        life.asked, life.stop = None, ""


@step(r"(.*): the command will not start$")
def refused(life: Life, line: Line, match: re.Match[str]) -> None:
    """The command is not started."""
    life.died, life.reason = line.at, match[1]


def lives(told: Iterable[Line]) -> list[Life]:
    """Return the lives of one container from its lines, which can come from several logs."""
    found: list[Life] = []
    for line in sorted(dict.fromkeys(told), key=lambda line: line.at):
        if not found or begins_another(found[-1], line):
            if found and not found[-1].is_over:
                found[-1].crashed = True
            found.append(Life(began=line.at))
        take(found[-1], line)
    for life in found:
        if life.born is None and (life.ready or life.asked or life.exit_code is not None):
            life.born = life.began  # the log begins in the middle of a life
        if life.stop.startswith("SIGQUIT") and not life.is_over:
            life.asked, life.stop = None, ""
    return found


def begins_another(life: Life, line: Line) -> bool:
    """Return whether a line can only come from a kubexit that was started after this life."""
    if life.is_over and line.level == "error":
        return line.at - (life.died or line.at) > SAME_RUN
    again = line.message.startswith("waiting for birth dependencies: ") and bool(life.waits_for)
    return bool(BEGINS.match(line.message)) and (life.is_over or life.born is not None or again)


def take(life: Life, line: Line) -> None:
    """Add to a life what a line says."""
    life.last = line.at
    for pattern, function in STEPS:
        match = pattern.match(line.message)
        if match is not None:
            function(life, line, match)
            return
    if line.level == "error" and life.born is None and not life.reason:
        life.died, life.reason = line.at, line.message


def containers(told: Iterable[tuple[str, Iterable[Line]]]) -> list[Container]:
    """Return the containers of several logs by the first line of each; a log's name is for lines without one."""
    by_name: dict[str, list[Line]] = {}
    for log, found in told:
        for line in found:
            by_name.setdefault(line.name or log, []).append(line)
    made = [Container(name, lives(part)) for name, part in by_name.items()]
    return sorted(made, key=lambda one: min(one.lives[0].moments))
