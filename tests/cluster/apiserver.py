"""A real kube-apiserver with etcd on loopback: TLS, RBAC, service account tokens, an audit log of requests for pods.

By hand, `PYTHONPATH=tests python -m cluster.apiserver FOLDER` runs one until Ctrl-C; its kubeconfig is in FOLDER.
"""

import contextlib
import json
import signal
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

from harness.servers.ports import reserved
from harness.waiting import eventually
from node import programs

# What makes pods of the objects that users write. No other controller: the rest of this cluster belongs to the tests.
CONTROLLERS = "job,cronjob,deployment,replicaset,statefulset"
ADMIN_TOKEN = "the-admin-of-a-server-on-loopback"
START_ALARM = 90.0  # on a busy machine; it takes about eight seconds

# Each request for a pod at each of its stages: received, response started (a watch is there), complete.
AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "rules": [{"level": "Metadata", "resources": [{"group": "", "resources": ["pods"]}]}, {"level": "None"}],
}


def kubeconfig(folder: Path) -> Path:
    """The admin's way in."""
    return folder / "kubeconfig"


def certificate(folder: Path) -> Path:
    """The certificate that the server makes for itself, which is its own authority."""
    return folder / "tls/apiserver.crt"


def audit_log(folder: Path) -> Path:
    """One JSON object for each stage of each request for pods."""
    return folder / "audit.log"


class ApiServer:
    """One server with its store; the server can be ended and started again over the same store."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._places = [reserved() for _ in range(3)]
        self._port, self._etcd_port, self._peer_port = (place.getsockname()[1] for place in self._places)
        self._etcd: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._controllers: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start both; return when the server answers that it is ready."""
        self._write_files()
        self._etcd = self._run(
            programs.find(programs.ETCD),
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={self._etcd_url}",
            f"--advertise-client-urls={self._etcd_url}",
            f"--listen-peer-urls=http://127.0.0.1:{self._peer_port}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{self._peer_port}",
            f"--initial-cluster=default=http://127.0.0.1:{self._peer_port}",
            "--unsafe-no-fsync",  # nothing here outlives the machine
            "--log-level=warn",
        )
        self.start_server()

    def start_server(self) -> None:
        """Start kube-apiserver alone, over what etcd holds."""
        self._server = self._run(
            programs.find(programs.KUBE_APISERVER),
            f"--etcd-servers={self._etcd_url}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            f"--secure-port={self._port}",
            f"--cert-dir={self.folder / 'tls'}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.folder / 'sa.pub'}",
            f"--service-account-signing-key-file={self.folder / 'sa.key'}",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--authorization-mode=Node,RBAC",
            "--service-cluster-ip-range=10.0.0.0/24",
            f"--audit-policy-file={self.folder / 'audit-policy.json'}",
            f"--audit-log-path={audit_log(self.folder)}",
            "--audit-log-mode=blocking",
        )
        self._await_ready()

    def start_controllers(self) -> None:
        """Start what makes pods of Jobs, CronJobs, Deployments and StatefulSets."""
        self._controllers = self._run(
            programs.find(programs.KUBE_CONTROLLER_MANAGER),
            f"--kubeconfig={kubeconfig(self.folder)}",
            f"--controllers={','.join(f'{name}-controller' for name in CONTROLLERS.split(','))}",
            "--leader-elect=false",
            "--secure-port=0",
        )

    def stop_server(self) -> None:
        """End kube-apiserver as a crash would: connections are cut, without a word to the clients."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def end(self) -> None:
        """End all of it."""
        if self._controllers is not None:
            self._controllers.kill()
            self._controllers.wait()
            self._controllers = None
        self.stop_server()
        if self._etcd is not None:
            self._etcd.kill()
            self._etcd.wait()
            self._etcd = None
        for place in self._places:
            place.close()

    @property
    def _etcd_url(self) -> str:
        return f"http://127.0.0.1:{self._etcd_port}"

    def _run(self, program: Path, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{program.name}.log").open("ab") as log:
            return subprocess.Popen([program, *arguments], stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def _await_ready(self) -> None:
        def ready() -> bool:
            assert self._server is not None
            assert self._etcd is not None
            if self._server.poll() is not None or self._etcd.poll() is not None:
                raise programs.UnavailableError(f"it ended at once, see the logs in {self.folder}")
            if not certificate(self.folder).exists():
                return False
            with contextlib.suppress(OSError):  # refused, not ready (an HTTPError), or the certificate half written
                tls = ssl.create_default_context(cafile=certificate(self.folder))
                url = f"https://127.0.0.1:{self._port}/readyz"
                with urllib.request.urlopen(url, context=tls, timeout=5) as answer:
                    return bool(answer.status == 200)
            return False

        eventually(ready, f"kube-apiserver is ready (logs in {self.folder})", START_ALARM)

    def _write_files(self) -> None:
        key = self.folder / "sa.key"
        _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(key))
        _openssl("pkey", "-in", str(key), "-pubout", "-out", str(self.folder / "sa.pub"))
        (self.folder / "tokens.csv").write_text(f'{ADMIN_TOKEN},admin,1,"system:masters"\n')
        (self.folder / "audit-policy.json").write_text(json.dumps(AUDIT_POLICY))
        # YAML is a superset of JSON.
        kubeconfig(self.folder).write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": "test",
                    "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
                    "users": [{"name": "admin", "user": {"token": ADMIN_TOKEN}}],
                    "clusters": [
                        {
                            "name": "test",
                            "cluster": {
                                "server": f"https://127.0.0.1:{self._port}",
                                "certificate-authority": str(certificate(self.folder)),
                            },
                        }
                    ],
                }
            )
        )


def _openssl(*arguments: str) -> None:
    try:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
    except FileNotFoundError:
        raise programs.UnavailableError("no openssl(1) to make a service account key") from None


if __name__ == "__main__":
    running = ApiServer(Path(sys.argv[1]).resolve())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        running.start()
        print(f"export KUBECONFIG={kubeconfig(running.folder)}", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        pass  # Ctrl-C is how it is meant to end
    except programs.UnavailableError as reason:
        sys.exit(str(reason))
    finally:
        running.end()
