"""What a machine has said on its console: lines that begin with @@, between lines of its kernel."""

import re
from dataclasses import dataclass, field

PANIC = re.compile(r"Attempted to kill init! exitcode=0x([0-9a-f]+)")
TAIL = 60


@dataclass
class Case:
    """One case, ended or not."""

    name: str
    begin: float
    end: float | None = None
    code: int | None = None
    good: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    none: str = ""

    @property
    def seconds(self) -> float:
        """Return how long it took by the machine's clock, 0 if it has not ended."""
        return 0.0 if self.end is None else self.end - self.begin

    @property
    def fault(self) -> str:
        """Return what is wrong with it, one line each; nothing if all its assertions are true and it has ended."""
        lines = list(self.bad)
        if self.code is None:
            lines.append("it has not ended")
        elif self.code:
            lines.append(f"its script exited with {self.code}")
        if not (self.good or self.none):
            lines.append("it has asserted nothing")
        return "\n".join(lines)


@dataclass
class Console:
    """The whole console, read once the machine has ended or was stopped."""

    text: str
    release: str = ""
    machine: str = ""
    cases: dict[str, Case] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for line in self.text.splitlines():
            if line.startswith("@@ "):
                self._read(*line[3:].strip().split(" "))

    def _read(self, verb: str, *words: str) -> None:
        """Read one line. A verb about a case has its name next."""
        case = self.cases.get(words[0]) if words else None
        if verb == "machine" and len(words) == 3:
            self.release, self.machine = words[:2]
        elif verb == "begin" and len(words) == 2:
            self.cases[words[0]] = Case(words[0], float(words[1]))
        elif case and verb == "end" and len(words) == 3:
            case.end, case.code = float(words[1]), int(words[2])
        elif case and verb in ("ok", "bad"):
            (case.good if verb == "ok" else case.bad).append(" ".join(words[1:]))
        elif case and verb == "none":
            case.none = " ".join(words[1:])
        else:
            self.others.append(verb)

    @property
    def init_code(self) -> int | None:
        """Return the exit code of PID 1, as the kernel shows it when it panics; None if it did not get there."""
        found = PANIC.search(self.text)
        return int(found[1], 16) >> 8 if found else None

    def tail(self) -> str:
        """Return the last lines."""
        return "\n".join(self.text.splitlines()[-TAIL:])
