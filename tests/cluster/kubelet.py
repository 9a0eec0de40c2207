"""What an API server takes for the kubelet of a node: it knows logs, and refuses every command in a container."""

import ssl
import threading
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cluster.access import Access
from harness.servers import certificates


class Kubelet(ThreadingHTTPServer):
    """A node of the API server. answer: status and text for a command; log: of every container.

    asked: is called before each answer, with the path.
    """

    daemon_threads = True

    def __init__(self, folder: Path, access: Access) -> None:
        """Start it, and tell the API server of the node."""
        super().__init__(("127.0.0.1", 0), Handler)
        folder.mkdir()
        certificate = certificates.server(folder, certificates.authority(folder), "IP:127.0.0.1")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.answer, self.log = (500, 'container not found ("main")'), ""
        self.asked: Callable[[str], None] = lambda path: None
        self._access, self.node = access, f"node-{uuid.uuid4().hex[:8]}"
        access.call("POST", "/api/v1/nodes", {"metadata": {"name": self.node}})
        status = {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": self.server_port}},
        }
        access.call("PATCH", f"/api/v1/nodes/{self.node}/status", {"status": status})
        self._serving = threading.Thread(target=self.serve_forever, args=(0.05,))
        self._serving.start()

    def close(self) -> None:
        """End it, and remove the node."""
        self._access.call("DELETE", f"/api/v1/nodes/{self.node}")
        self.shutdown()
        self._serving.join()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """One request of the API server."""

    server: Kubelet

    def do_GET(self) -> None:
        self.server.asked(self.path)
        logs = self.path.startswith("/containerLogs/")
        status, text = (200, self.server.log) if logs else self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""
