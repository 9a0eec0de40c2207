"""proxy.py: a simulated proxy of a mesh or a database, with the URLs that kubexit uses.

It needs a while before it forwards requests, says at one URL whether it is ready, and exits when another URL gets a
POST. `--ready 15021/healthz/ready` is port 15021, path /healthz/ready.
"""

import argparse
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SECONDS_TO_DRAIN = 0.3
ASKED = signal.SIGUSR1  # what the URL that ends it comes to, in here
ENDINGS = {signal.SIGTERM: 128 + signal.SIGTERM, ASKED: 0}


class Proxy:
    """What its ports share."""

    def __init__(self, ready_at: str | None, quit_at: str | None) -> None:
        self.ready_at, self.quit_at = ready_at, quit_at
        self.ready = False
        self.passed = 0

    def listen(self, port: str, handler: type[BaseHTTPRequestHandler]) -> None:
        """Answer on one port of loopback, in a thread."""
        server = ThreadingHTTPServer(("127.0.0.1", int(port)), type("Bound", (handler,), {"proxy": self}))
        threading.Thread(target=server.serve_forever, daemon=True).start()


class Quiet(BaseHTTPRequestHandler):
    """Answers with a status and logs nothing; the client prints the answer."""

    proxy: Proxy

    def answer(self, code: int) -> None:
        """Send the status."""
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """No log of requests."""


class Admin(Quiet):
    """The ports at which it is asked about itself."""

    @property
    def here(self) -> str:
        """PORT/PATH of the request."""
        return f"{self.server.server_port}{self.path}"

    def do_GET(self) -> None:
        """Whether it is ready."""
        self.answer(404 if self.here != self.proxy.ready_at else 200 if self.proxy.ready else 503)

    def do_POST(self) -> None:
        """The request to quit."""
        if self.here != self.proxy.quit_at:
            self.answer(404)
            return
        self.answer(200)
        print(f"POST {self.path}: draining", flush=True)
        os.kill(os.getpid(), ASKED)


class Through(Quiet):
    """The port that lets requests through."""

    def do_GET(self) -> None:
        """As if the other side had answered. With CRASH_WITH it was the last time."""
        self.proxy.passed += 1
        self.answer(200)
        if code := os.environ.get("CRASH_WITH"):
            self.wfile.flush()
            os._exit(int(code))


def main() -> int:
    """Serve until a request or SIGTERM asks for the exit. Return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready", metavar="PORT/PATH")
    parser.add_argument("--quit", metavar="PORT/PATH")
    parser.add_argument("--quit-needs", metavar="WORD", help="offer --quit only if this is among the other arguments")
    parser.add_argument("--serve", metavar="PORT", required=True, help="the port that lets requests through")
    parser.add_argument("--seconds", type=float, default=1.2, help="until it is ready")
    parser.add_argument("--log", type=Path, help="where to write a last line")
    options, others = parser.parse_known_args()
    offers_quit = options.quit_needs is None or options.quit_needs in others
    proxy = Proxy(options.ready, options.quit if offers_quit else None)
    # Blocked before any thread is started, so that they wait for the main thread to look.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    for port in {target.partition("/")[0] for target in (options.ready, options.quit) if target}:
        proxy.listen(port, Admin)
    print("started, not ready", flush=True)
    ending = signal.sigtimedwait(ENDINGS, options.seconds)
    if ending is None:
        proxy.listen(options.serve, Through)
        proxy.ready = True
        print("ready", flush=True)
        ending = signal.sigwaitinfo(ENDINGS)
    time.sleep(SECONDS_TO_DRAIN)
    if options.log:
        with options.log.open("a") as lines:
            print(f"proxy: drained, {proxy.passed} requests", file=lines)
    code = ENDINGS[signal.Signals(ending.si_signo)]
    print(f"exiting with {code:d}", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
