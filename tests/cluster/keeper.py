"""An API server that another process keeps: the tests' own children are ended after each test.

The keeper takes one word a line on its standard input, `start`, `stop` or `controllers`, and answers `done`. When its
input ends, also because the test run was killed, it ends the server and the store.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from cluster.apiserver import ApiServer, audit_log, certificate, kubeconfig
from harness.forms import ROOT
from node.programs import UnavailableError


class Keeper:
    """The tests' side."""

    def __init__(self, folder: Path) -> None:
        """Start a server; UnavailableError if that is not possible."""
        self.serves = True
        self.kubeconfig, self.ca, self.audit_log = kubeconfig(folder), certificate(folder), audit_log(folder)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cluster.keeper", folder],
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT / 'build'}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._expect("done")

    def stop_server(self) -> None:
        """End kube-apiserver as a crash would: connections are cut, without a word to the clients."""
        self.serves = False
        self._tell("stop")

    def start_server(self) -> None:
        """Start kube-apiserver over what etcd holds; return when it is ready."""
        self._tell("start")
        self.serves = True

    def start_controllers(self) -> None:
        """Start what makes pods of Jobs, CronJobs, Deployments and StatefulSets; it runs until the end."""
        self._tell("controllers")

    def end(self) -> None:
        """End all of it."""
        self._process.communicate()

    def _tell(self, word: str) -> None:
        assert self._process.stdin is not None
        print(word, file=self._process.stdin, flush=True)
        self._expect("done")

    def _expect(self, word: str) -> None:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline().strip()
        if answer != word:
            self.end()
            raise UnavailableError(answer or "the keeper of the API server ended")


def keep(server: ApiServer) -> None:
    """The keeper's side: start, and follow the requests until the input ends."""
    try:
        server.start()
        print("done", flush=True)
        for word in sys.stdin:
            match word.strip():
                case "stop":
                    server.stop_server()
                case "controllers":
                    server.start_controllers()
                case _:
                    server.start_server()
            print("done", flush=True)
    except UnavailableError as reason:
        print(reason, flush=True)
    finally:
        server.end()


if __name__ == "__main__":
    # Ctrl-C is for the test run, which then ends our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    keep(ApiServer(Path(sys.argv[1])))
