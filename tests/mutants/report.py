"""What the command prints: one line for each mutant as it is judged, and a table at the end."""

from collections.abc import Iterable

from .judge import Verdict

LAST_LINES = 25
SLOWEST = 5


def line(verdict: Verdict, number: int, count: int) -> str:
    """One line; more if the mutant was not noticed."""
    seconds = f"{verdict.build:6.1f} {verdict.test:6.1f}"
    lines = [f"  {number:>4}/{count:<4} {verdict.word:<10} {seconds}  {verdict.mutant.name}"]
    if not verdict.good:
        lines += [f"      {text}" for text in verdict.why.splitlines()[-LAST_LINES:]]
    return "\n".join(lines)


def heading() -> str:
    """The columns of the lines."""
    return f"  {'':<9} {'result':<10} {'build':>6} {'test':>6}  mutant (times in seconds)"


def table(verdicts: list[Verdict]) -> str:
    """Totals of each topic, the slowest mutants, and all that were not noticed."""
    lines = ["", f"  {'topic':<12} {'mutants':>7} {'noticed':>7} {'seconds':>8}"]
    for topic in dict.fromkeys(one.mutant.topic for one in verdicts):
        lines.append(_total(topic, [one for one in verdicts if one.mutant.topic == topic]))
    lines.append(_total("all", verdicts))
    slowest = sorted(verdicts, key=lambda one: one.test, reverse=True)[:SLOWEST]
    lines += ["", "  slowest tests: " + ", ".join(f"{one.mutant.name} {one.test:.1f} s" for one in slowest)]
    bad = [one for one in verdicts if not one.good]
    lines += [f"  {one.word:<10} {one.mutant.name}: {one.mutant.test}" for one in bad]
    lines.append(f"  {len(verdicts) - len(bad)} of {len(verdicts)} mutants noticed")
    return "\n".join(lines)


def _total(topic: str, verdicts: Iterable[Verdict]) -> str:
    counted = list(verdicts)
    noticed = sum(one.good for one in counted)
    seconds = sum(one.build + one.test for one in counted)
    return f"  {topic:<12} {len(counted):>7} {noticed:>7} {seconds:>8.0f}"
