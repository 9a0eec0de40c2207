"""report.py: the work of a simulated Job. It sends its requests at once and never twice.

report.py PORT: the port where the simulated proxy accepts requests. FAIL_WITH is an exit code to fail with in the
middle; with DIRECT there is no proxy.
"""

import os
import sys
import time
from http.client import HTTPConnection

ROWS = 4
SECONDS_A_ROW = 0.2


def fetch(port: int) -> int:
    """The status of one request through the proxy."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/orders")
    status = connection.getresponse().status
    connection.close()
    return status


def main() -> int:
    """The exit code: 0, 1 when a request fails, or FAIL_WITH."""
    port, code = int(sys.argv[1]), int(os.environ.get("FAIL_WITH", "0"))
    direct = "DIRECT" in os.environ
    for row in range(1, ROWS + 1):
        try:
            status = 200 if direct else fetch(port)
        except OSError as error:
            print(f"row {row}: no connection: {error}", flush=True)
            return 1
        print(f"row {row}: {status}", flush=True)
        time.sleep(SECONDS_A_ROW)
        if code and row == ROWS // 2:
            print(f"something is wrong with row {row + 1}", flush=True)
            return code
    print("the report is written", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
