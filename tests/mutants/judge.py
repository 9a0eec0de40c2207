"""The verdict on a mutant: build without the protection, and run the test that must fail."""

import re
from dataclasses import dataclass

from .mutant import Mutant, StaleError
from .tree import BUILT, FAILED, PASSED, TEST_SECONDS, Outcome, Tree

NOTICED = "noticed"
# pytest's short summary, as -rfE prints it
NOT_PASSED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """A word in capitals if it is not as it should be, and why; the seconds of the build and of the test.

    The reason of a mutant that was noticed is what the test found.
    """

    mutant: Mutant
    word: str
    why: str = ""
    build: float = 0.0
    test: float = 0.0

    @property
    def good(self) -> bool:
        """Whether the test noticed."""
        return self.word == NOTICED


def judge(tree: Tree, mutant: Mutant) -> Verdict:
    """Apply a mutant, build and test; the tree is as before afterwards."""
    original = tree.read(mutant.path)
    try:
        tree.write(mutant.path, mutant.applied(original))
        build = tree.build([mutant.test])
        if build.code != BUILT:
            return Verdict(mutant, "NOT BUILT", build.text, build.seconds)
        outcome = tree.test([mutant.test])
    except StaleError as error:
        return Verdict(mutant, "STALE", str(error))
    finally:
        tree.write(mutant.path, original)
    word, why = conclude(mutant, outcome)
    return Verdict(mutant, word, why, build.seconds, outcome.seconds)


def conclude(mutant: Mutant, outcome: Outcome) -> tuple[str, str]:
    """What the end of the test says about the mutant, and why."""
    if outcome.code is None:
        return "TOO SLOW", f"{mutant.test} takes more than {TEST_SECONDS} s\n{outcome.text}"
    if outcome.code == PASSED and " passed" in outcome.text:
        return "SURVIVED", f"{mutant.test} passes, although {mutant.effect}"
    if outcome.code != FAILED or " failed" not in outcome.text:
        return "NOT TESTED", outcome.text
    return NOTICED, "\n".join(line for line in outcome.text.splitlines() if line.startswith("E  "))


def broken(tree: Tree, mutants: list[Mutant]) -> list[Verdict]:
    """Verdicts on the mutants whose tests do not pass without a change either; their failure would prove nothing."""
    tests = sorted({mutant.test for mutant in mutants})
    build = tree.build(tests)
    if build.code != BUILT:
        return [Verdict(mutant, "NOT BUILT", f"without a change\n{build.text}") for mutant in mutants]
    outcome = tree.test(tests, seconds=len(tests) * TEST_SECONDS, workers=2)
    if outcome.code == PASSED:
        return []
    names = NOT_PASSED.findall(outcome.text)
    if outcome.code != FAILED or not names:
        return [Verdict(mutant, "NOT TESTED", f"without a change\n{outcome.text}") for mutant in mutants]
    return [
        Verdict(mutant, "BROKEN", f"{mutant.test} fails without a change\n{outcome.text}")
        for mutant in mutants
        if any(covers(mutant.test, name) for name in names)
    ]


def covers(test: str, name: str) -> bool:
    """Whether a test, class, file or folder is or has the test with this name."""
    return name == test or name.startswith((f"{test}[", f"{test}::", f"{test.rstrip('/')}/"))
