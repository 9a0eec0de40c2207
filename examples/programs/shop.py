"""shop.py: a simulated server that needs a proxy. On SIGTERM it finishes its open orders through the proxy.

shop.py PORT --log=LOG: the port of the proxy, and a file for its log.
"""

import signal
import sys
from http.client import HTTPConnection
from pathlib import Path

SECONDS_AN_ORDER = 0.3
OPEN_ORDERS = 5


def settle(port: int) -> int:
    """One order, through the proxy; the status of the answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/orders")
    status = connection.getresponse().status
    connection.close()
    return status


def main() -> int:
    """Work until SIGTERM; return 1 if an order fails."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    port, log = int(sys.argv[1]), Path(sys.argv[2].removeprefix("--log="))
    number, left = 0, None
    with log.open("a") as lines:
        while left != 0:
            number += 1
            try:
                print(f"order {number}: {settle(port)}", flush=True)
            except OSError as error:
                print(f"order {number} is lost: {error}", flush=True)
                return 1
            print(f"order {number} is settled", file=lines, flush=True)
            if left is not None:
                left -= 1
            if signal.sigtimedwait({signal.SIGTERM}, SECONDS_AN_ORDER):
                print(f"SIGTERM: {OPEN_ORDERS} orders are open", flush=True)
                left = OPEN_ORDERS
        print("shop: closed, nothing is lost", file=lines, flush=True)
    print("closed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
