"""shipper.py FOLDER: a simulated log shipper. Lines that are written after its exit are lost."""

import signal
import sys
from pathlib import Path

SECONDS_BETWEEN = 0.5


def main() -> int:
    """Ship new lines from time to time, and a last time on SIGTERM; then return 0."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    shipped: dict[Path, int] = {}
    asked_to_end = False
    print("shipping", flush=True)
    while not asked_to_end:
        asked_to_end = signal.sigtimedwait({signal.SIGTERM}, SECONDS_BETWEEN) is not None
        for log in sorted(Path(sys.argv[1]).glob("*.log")):
            lines = log.read_text().splitlines()
            shipped[log] = len(lines)
            if asked_to_end and lines:
                print(f"{len(lines)} lines shipped, the last one: {lines[-1]}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
