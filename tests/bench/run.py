"""One whole run: every measure over every program that takes part in it, all interleaved."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import clock, machine, readiness, size
from bench.hundred import SIDECARS, hundred
from bench.idle import idle
from bench.memory import memory
from bench.programs import Found, Program
from bench.results import Results
from bench.storm import WRITES, storm

BLOCK = 25  # rounds of one call of the clock
SLOW = 5  # programs that start an interpreter run only in every fifth block, with few rounds
FEW = 3


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int
    idle_seconds: float
    only: frozenset[str] = frozenset()  # measures; empty: all

    def wants(self, *measures: str) -> bool:
        """Return whether to measure one of these."""
        return not self.only or any(measure in self.only for measure in measures)

    @property
    def whole_pods(self) -> int:
        """Rounds of what takes a second each."""
        return max(1, self.rounds // 50)


def run(found: Found, plan: Plan) -> Results:
    """Measure; print progress on stderr."""
    programs = {one.name: {"kind": one.kind, "version": one.version} for one in found.programs}
    results = Results(machine.describe(), programs, dict(found.skipped))
    if machine.load() > 0.7:
        print(
            f"  the machine is busy (load {machine.load():.1f}); the figures will be worse than its own",
            file=sys.stderr,
        )
    supervisors = [one for one in found.programs if one.kind != "readiness"]
    for step in (_times, _memory, _pods, _idle):
        step(supervisors, plan, results)
    _readiness(found.programs, plan, results)
    _sizes(found.programs, plan, results)
    return results


def _times(programs: Sequence[Program], plan: Plan, results: Results) -> None:
    takes_part: dict[str, Callable[[Program], bool]] = {
        "start": lambda _: True,
        "end": lambda _: True,
        "signal": lambda _: True,
        "death": lambda one: one.coordinates,
        "chain": lambda one: one.coordinates,
        "crash": lambda one: one.kind in ("floor", "kubexit"),
    }
    blocks = max(1, plan.rounds // BLOCK)
    for block in range(blocks):
        for measure, takes in takes_part.items():
            if not plan.wants(measure):
                continue
            _tell(f"times: block {block + 1} of {blocks}, {measure}")
            _block(measure, [one for one in programs if takes(one) and not one.slow], min(BLOCK, plan.rounds), results)
            if block % SLOW == 0:
                _block(measure, [one for one in programs if takes(one) and one.slow], FEW, results)


def _block(measure: str, programs: Sequence[Program], rounds: int, results: Results) -> None:
    if not programs:
        return
    for program, values in zip(programs, clock.times(measure, programs, rounds), strict=True):
        results.add(measure, program.name, values)


def _memory(programs: Sequence[Program], plan: Plan, results: Results) -> None:
    if not plan.wants("pss", "rss", "dirty"):
        return
    for number in range(max(1, plan.rounds // 50)):
        _tell(f"memory: {number + 1}")
        for program in programs:
            if program.kind != "floor":
                for name, value in memory(program).items():
                    results.add(name, program.name, [value])


def _pods(programs: Sequence[Program], plan: Plan, results: Results) -> None:
    for number in range(plan.whole_pods):
        for program in programs:
            if not program.coordinates or program.slow:
                continue
            if plan.wants("hundred", "hundred-cpu"):
                _tell(f"{SIDECARS} sidecars: {number + 1}, {program.name}")
                ended = hundred(program)
                results.add("hundred", program.name, [ended.seconds])
                results.add("hundred-cpu", program.name, [ended.processor])
                counts = results.counts.setdefault("hundred", {}).setdefault(
                    program.name, {"sidecars": 0, "watching": 0}
                )
                counts["sidecars"] += SIDECARS
                counts["watching"] += ended.watching
            if plan.wants("storm", "storm-cpu"):
                _tell(f"storm of {WRITES}: {number + 1}, {program.name}")
                weathered = storm(program)
                results.add("storm", program.name, [weathered.seconds] if weathered.seconds else [])
                results.add("storm-cpu", program.name, [weathered.processor])
                counts = results.counts.setdefault("storm", {}).setdefault(program.name, {"deaths": 0, "missed": 0})
                counts["deaths"] += 2
                counts["missed"] += weathered.missed


def _idle(programs: Sequence[Program], plan: Plan, results: Results) -> None:
    if plan.wants("idle"):
        _tell(f"idle: {plan.idle_seconds:g} s")
        results.counts["idle"] = idle([one for one in programs if one.kind != "floor"], plan.idle_seconds)
        results.counts["idle"]["window"] = {"seconds": plan.idle_seconds}


def _readiness(programs: Sequence[Program], plan: Plan, results: Results) -> None:
    if not plan.wants("ready", "readiness", "waiting"):
        return
    _tell("readiness: a real API server")
    takes_part = [one for one in programs if one.kind in ("kubexit", "coordinator", "readiness")]
    try:
        measured = readiness.measure(takes_part, max(2, plan.rounds // 20))
    except readiness.UnavailableError as reason:
        results.skipped["readiness through the API"] = str(reason)
        return
    for name, by_program in measured.items():
        for program, values in by_program.items():
            results.add(name, program, values)


def _sizes(programs: Sequence[Program], plan: Plan, results: Results) -> None:
    if plan.wants("size", "image"):
        for program in programs:
            if program.kind != "floor" and not program.slow:
                for name, value in size.sizes(program).items():
                    results.add(name, program.name, [value])


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K  {what} ", end="", file=sys.stderr, flush=True)
