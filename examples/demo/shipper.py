"""shipper: carries the client's log away. It has to outlive the client, or the last lines are lost.

A program that the demo runs: shipper.py LOG
"""

import signal
import sys
from pathlib import Path

SECONDS_BETWEEN = 0.6


def main() -> int:
    """Ship new lines from time to time, and a last time on SIGTERM; then return 0."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    log = Path(sys.argv[1])
    shipped = 0
    print("waiting for lines")
    asked_to_end = False
    while not asked_to_end:
        asked_to_end = signal.sigtimedwait({signal.SIGTERM}, SECONDS_BETWEEN) is not None
        lines = log.read_text().splitlines() if log.exists() else []
        if len(lines) > shipped:
            print(f"shipped {len(lines) - shipped} lines")
        shipped = len(lines)
    print(f"SIGTERM: {shipped} lines shipped in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
