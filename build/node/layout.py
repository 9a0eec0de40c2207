"""Where the node keeps what it reads and writes, and what it is called."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = "node"  # of the node object
ADDRESS = "172.31.0.1"  # of the node in its own network
SERVICE = "10.96.0.1"  # of the API server for pods
SERVICES, PODS = "10.96.0.0/24", "10.244.0.0/22"


@dataclass(frozen=True)
class Layout:
    """The folder of one node; all that it makes on disk is below it."""

    folder: Path

    @property
    def cgroup(self) -> str:
        """The name of its group below each hierarchy; another tree has another one."""
        return f"kubexit-node-{hashlib.sha256(str(self.folder).encode()).hexdigest()[:8]}"

    @property
    def kubeconfig(self) -> Path:
        """The admin's way in, from this machine."""
        return self.folder / "kubeconfig"

    @property
    def etc(self) -> Path:
        """What the daemons read."""
        return self.folder / "etc"

    @property
    def logs(self) -> Path:
        """One file for each daemon, and the audit log."""
        return self.folder / "logs"

    @property
    def audit_log(self) -> Path:
        """One JSON object for each request that is noted."""
        return self.logs / "audit.log"

    @property
    def bin(self) -> Path:
        """Links to the programs, by their plain names."""
        return self.folder / "bin"

    @property
    def disk(self) -> Path:
        """What must be on a disk: images, volumes, logs of containers, the store."""
        return self.folder / "disk"

    @property
    def control(self) -> Path:
        """The socket on which process 1 takes orders."""
        return self.folder / "control"

    @property
    def processes(self) -> Path:
        """The process outside that holds the namespaces, and process 1 of them as it is seen from outside."""
        return self.folder / "processes.json"


HERE = Layout(ROOT / ".build/node")
