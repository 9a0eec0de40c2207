"""client: the work of the pod. It asks the server at once and never twice: a server that is not up fails it.

A program that the demo runs: client.py PORT LOG EXIT_CODE
"""

import sys
import time
from http.client import HTTPConnection
from pathlib import Path

ROWS = 6
SECONDS_A_ROW = 0.3


def fetch(port: int, row: int) -> str:
    """One row from the server."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", f"/rows/{row}")
    answer = connection.getresponse()
    text = answer.read().decode().strip()
    connection.close()
    return f"{answer.status} {text}"


def main() -> int:
    """Fetch the rows, log each one, and return the exit code of the command line."""
    port, log, code = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    rows = ROWS if code == 0 else ROWS // 2
    try:
        with log.open("a") as lines:
            for row in range(1, rows + 1):
                print(f"GET /rows/{row}: {fetch(port, row)}")
                print(f"row {row} is done", file=lines, flush=True)
                time.sleep(SECONDS_A_ROW)
            print("the end", file=lines, flush=True)
    except OSError as error:
        print(f"no answer from port {port}: {error}")
        return 1
    print("all work is done" if code == 0 else f"something is wrong with row {rows + 1}")
    print(f"exiting with {code}")
    return code


if __name__ == "__main__":
    sys.exit(main())
