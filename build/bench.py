"""What kubexit costs, beside the peers that are installed and beside the least that is possible.

Rounds of all programs are interleaved, so that a busy machine is busy for all of them; the figures are medians in
microseconds. Compare within one table, never between two runs.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUT = ROOT / ".build" / "bench"
BENCH = OUT / "bench"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "20"))
REPEATS = 25
PEERS = {"tini": ["--"], "tini-static": ["--"], "dumb-init": ["--"], "catatonit": ["--"]}
IDLE_SECONDS = 4
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # as `medium: Memory` of the examples


def programs() -> dict[str, list[str]]:
    """Name → command line in front of the supervised command."""
    found = {"floor": [str(BENCH), "floor"], "kubexit": [str(ROOT / ".build" / "gate" / "kubexit")]}
    if (ROOT / "dist" / "kubexit-linux-amd64").exists():
        found["kubexit static"] = [str(ROOT / "dist" / "kubexit-linux-amd64")]
    found |= {name: [name, *options] for name, options in PEERS.items() if shutil.which(name)}
    return found


def environment(graveyard: Path, depends: bool) -> dict[str, str]:
    """What kubexit needs, and a peer ignores."""
    variables = {"PATH": os.environ["PATH"], "KUBEXIT_NAME": "bench", "KUBEXIT_GRAVEYARD": str(graveyard)}
    variables["KUBEXIT_LOG_LEVEL"] = "off"
    return variables | ({"KUBEXIT_DEATH_DEPS": "peer"} if depends else {})


def measure(clock: str, prefix: list[str], graveyard: Path) -> list[list[int]]:
    """One call of the clock: a row of nanoseconds for each repeat."""
    variables = environment(graveyard, clock in {"death", "crash"})
    command = [str(BENCH), clock, str(REPEATS), *prefix]
    output = subprocess.run(command, check=True, env=variables, capture_output=True, text=True, timeout=120).stdout
    return [[int(word) for word in line.split()] for line in output.splitlines()]


def footprint(prefix: list[str]) -> tuple[int, int, float]:
    """PSS and private dirty memory in kB, and wake-ups a second, while nothing happens."""
    with (
        tempfile.TemporaryDirectory(prefix="kubexit-bench-", dir=MEMORY) as folder,
        subprocess.Popen(
            [*prefix, "sleep", "1000"], env=environment(Path(folder), depends=True), stderr=subprocess.DEVNULL
        ) as process,
    ):
        time.sleep(0.5)
        proc = Path("/proc") / str(process.pid)
        rollup = dict(
            line.split(":", 1) for line in (proc / "smaps_rollup").read_text().splitlines()[1:] if line.endswith("kB")
        )

        def switches() -> int:
            status = (proc / "status").read_text()
            return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])

        before = switches()
        time.sleep(IDLE_SECONDS)
        after = switches()
        process.terminate()
    kilobytes = [int(rollup[key].split()[0]) for key in ("Pss", "Private_Dirty")]
    return kilobytes[0], kilobytes[1], (after - before) / IDLE_SECONDS


def main() -> int:
    """Print the tables."""
    OUT.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [os.environ.get("CC", "cc"), "-O2", "-static", "-o", BENCH, ROOT / "build" / "bench.c"],
        check=True,
    )
    known = programs()
    ours = [name for name in known if name.startswith(("floor", "kubexit"))]
    columns = ["start", "end", "signal", "death", "crash"]
    samples: dict[tuple[str, str], list[int]] = {}
    with tempfile.TemporaryDirectory(prefix="kubexit-bench-", dir=MEMORY) as folder:
        graveyard = Path(folder)
        for done in range(ROUNDS):
            if sys.stderr.isatty():
                print(f"\r  round {done + 1}/{ROUNDS} ", end="", file=sys.stderr, flush=True)
            for name, prefix in known.items():
                for row in measure("life", prefix, graveyard):
                    samples.setdefault((name, "start"), []).append(row[0])
                    samples.setdefault((name, "end"), []).append(row[1])
                clocks = ["signal"] if name != "floor" else []
                clocks += ["death"] if name in ours else []
                clocks += ["crash"] if name.startswith("kubexit") else []
                for clock in clocks:
                    samples.setdefault((name, clock), []).extend(row[0] for row in measure(clock, prefix, graveyard))
        if sys.stderr.isatty():
            print("\r", end="", file=sys.stderr)
        print(f"  median µs of {ROUNDS * REPEATS}     " + "".join(f"{column:>9}" for column in columns))
        for name in known:
            cells = [samples.get((name, column)) for column in columns]
            texts = [f"{statistics.median(cell) / 1000:9.0f}" if cell else f"{'-':>9}" for cell in cells]
            print(f"  {name:<24}" + "".join(texts))
        print("\n  while nothing happens        PSS kB  dirty kB  wake-ups/s")
        for name, prefix in known.items():
            if name != "floor":
                # A folder of its own: in the other one the peer is dead, so nothing would be started.
                pss, dirty, wakeups = footprint(prefix)
                print(f"  {name:<24}{pss:>11}{dirty:>10}{wakeups:>12.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
