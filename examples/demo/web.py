"""web: a server that needs a while before it listens, and a moment to end.

A program that the demo runs: web.py PORT SECONDS_TO_START
"""

import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECONDS_TO_END = 0.5
ENDED_BY_TERM = 128 + signal.SIGTERM


class Handler(BaseHTTPRequestHandler):
    """Answer every GET with a row."""

    def do_GET(self) -> None:
        """One row of work."""
        body = f"row {self.path.rpartition('/')[2]}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing: the client prints what it got."""


def main() -> int:
    """Serve until SIGTERM, then return 143, as many servers do."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        print("starting; nothing listens yet")
        time.sleep(float(sys.argv[2]))  # what a real one does here: migrations, caches, certificates
        with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler) as server:
            print(f"listening on port {sys.argv[1]}")
            server.serve_forever()
    except KeyboardInterrupt:
        print("SIGTERM: finishing open requests")
        time.sleep(SECONDS_TO_END)
    print(f"exiting with {ENDED_BY_TERM:d}")
    return ENDED_BY_TERM


if __name__ == "__main__":
    sys.exit(main())
