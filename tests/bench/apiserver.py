"""Readiness through a real API server; a separate process, because its client is in the developers' environment.

    python -m bench.apiserver ROUNDS '{"NAME": ["WORD", …], …}'

prints one JSON object: {"ready": {NAME: [seconds, …]}, "readiness": …, "waiting": {NAME: [bytes, …]}}, or
{"unavailable": "why"}.
"""

import contextlib
import http.client
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.children import Board, child
from bench.clock import NS, environment, graveyard
from bench.memory import rollup
from cluster.access import Access, Account
from cluster.apiserver import ADMIN_TOKEN, ApiServer, audit_log, certificate, kubeconfig
from cluster.audit import Audit
from cluster.pods import READY, RUNNING, PodObject
from harness import processes
from harness.forms import BUILD
from harness.waiting import eventually
from node.programs import UnavailableError

OUTSIDE, COMMAND = 0, 1  # seats on the board
RIGHTS = ("get", "list", "watch")  # one of the peers wants `get` as well
ALARM = 60.0
QUIET_SECONDS = 0.1


class Bench:
    """One server, one account, and the pods of one run."""

    def __init__(self, folder: Path, server: ApiServer) -> None:
        self._server, self._access = server, Access(kubeconfig(folder))
        self._access.open()
        self._account: Account = self._access.account(folder / "account", RIGHTS)
        self._audit = Audit(audit_log(folder))
        self._board = Board()
        tls = ssl.create_default_context(cafile=certificate(folder))
        self._line = http.client.HTTPSConnection(self._access.host, self._access.port, context=tls)

    def already(self, words: Sequence[str]) -> float:
        """Seconds from the exec of the program to its command, whose dependency is ready."""
        with self._pod(ready=True) as pod, self._container(words, pod):
            self._await_command()
            return (self._board[COMMAND].begun - self._board[OUTSIDE].begun) * NS

    def event(self, words: Sequence[str]) -> tuple[float, int]:
        """Seconds from the change of the pod's status to the command; bytes of all processes while they wait."""
        with self._pod(ready=False) as pod, self._container(words, pod) as process:
            self._audit.wait_watching(pod.name)
            self._settle(process.pid)
            waiting = sum(rollup(pid)["pss"] for pid in family(process.pid))
            begun = time.monotonic_ns()
            self._patch(pod)
            self._await_command()
            return (self._board[COMMAND].begun - begun) * NS, waiting

    def close(self) -> None:
        """Let go of the server."""
        self._access.close()

    @contextlib.contextmanager
    def _pod(self, ready: bool) -> Iterator[PodObject]:
        pod = PodObject(self._access, "app", "db")
        try:
            pod.show(app=RUNNING, db=READY if ready else RUNNING)
            yield pod
        finally:
            pod.remove()

    @contextlib.contextmanager
    def _container(self, words: Sequence[str], pod: PodObject) -> Iterator["subprocess.Popen[bytes]"]:
        """The program in a container of that pod, whose command ends at once."""
        self._board.clear()
        board = str(self._board.descriptor)
        namespaces = [child("container"), str(self._account.folder), pod.name, board, str(OUTSIDE)]
        with graveyard() as folder:
            process = subprocess.Popen(
                [*namespaces, *words, child("command"), "run", board, str(COMMAND)],
                env=self._environment(folder, pod),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[self._board.descriptor],
            )
            try:
                yield process
            except AssertionError:
                process.kill()
                assert process.stderr is not None
                print(process.stderr.read().decode(), file=sys.stderr)
                raise
            finally:
                process.kill()  # one of the peers continues until the other containers exit
                process.communicate()

    def _environment(self, folder: Path, pod: PodObject) -> dict[str, str]:
        return {
            **environment(folder),
            "PATH": f"{BUILD / 'venv/bin'}:{os.environ['PATH']}",
            "KUBERNETES_SERVICE_HOST": self._access.host,
            "KUBERNETES_SERVICE_PORT": str(self._access.port),
            "KUBEXIT_NAME": "app",
            "KUBEXIT_BIRTH_DEPS": "db",
            "KUBEXIT_BIRTH_TIMEOUT": "50s",
            "KUBEXIT_POD_NAME": pod.name,
            "KUBEXIT_NAMESPACE": self._access.namespace,
        }

    def _await_command(self) -> None:
        eventually(lambda: self._board[COMMAND].ended, "the command runs", ALARM)

    def _settle(self, pid: int) -> None:
        """The server streams to it; it has read what came first, and sleeps: for so long that it has got used to it."""
        woken = time.monotonic()

        def is_settled() -> bool:
            nonlocal woken
            if any(processes.state(one) != "S" for one in family(pid)):
                woken = time.monotonic()
            return time.monotonic() - woken > QUIET_SECONDS

        eventually(is_settled, "it waits", ALARM)

    def _patch(self, pod: PodObject) -> None:
        """Show the dependency as ready, over a connection that is open, by a request that is no longer than needed."""
        statuses = [
            {"name": name, "image": "x", "imageID": "", **state} for name, state in (("app", RUNNING), ("db", READY))
        ]
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}", "Content-Type": "application/merge-patch+json"}
        body = json.dumps({"status": {"containerStatuses": statuses}})
        self._line.request("PATCH", f"{pod.path}/status", body, headers)
        answer = self._line.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"status of {pod.name}: {answer.status} {said!r}")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid, *(one for below in processes.children(pid) for one in family(below))]


def measure(rounds: int, programs: dict[str, list[str]]) -> dict[str, dict[str, list[float]]]:
    """All programs in turn, in every round."""
    measured: dict[str, dict[str, list[float]]] = {
        name: {program: [] for program in programs} for name in ("ready", "readiness", "waiting")
    }
    with tempfile.TemporaryDirectory(prefix="kubexit-bench-") as folder:
        server = ApiServer(Path(folder))
        try:
            server.start()
            bench = Bench(Path(folder), server)
            for _ in range(rounds):
                for name, words in programs.items():
                    measured["ready"][name].append(bench.already(words))
                    seconds, size = bench.event(words)
                    measured["readiness"][name].append(seconds)
                    measured["waiting"][name].append(size)
            bench.close()
        finally:
            server.end()
    return measured


def main() -> None:
    """Print what was measured."""
    answer: Any
    try:
        answer = measure(int(sys.argv[1]), json.loads(sys.argv[2]))
    except UnavailableError as reason:
        answer = {"unavailable": str(reason)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
