"""The command line of each daemon."""

from node.layout import ADDRESS, NAME, SERVICES, Layout

STORE = "http://127.0.0.1:2379"
PEERS = "http://127.0.0.1:2380"
PLUGINS = "/var/lib/kubelet/volume-plugins"  # the default is a folder of the machine


def commands(layout: Layout) -> dict[str, list[str]]:
    """The words of each daemon's command, by its name, in the order of their start."""
    made = {
        "etcd": _etcd(layout),
        "kube-apiserver": _apiserver(layout),
        "containerd": [f"--config={layout.etc}/containerd.toml"],
        "kube-controller-manager": [
            f"--kubeconfig={layout.etc}/admin.kubeconfig",
            f"--service-account-private-key-file={layout.etc}/sa.key",
            f"--root-ca-file={layout.etc}/ca.crt",
            f"--flex-volume-plugin-dir={PLUGINS}",
            "--leader-elect=false",
        ],
        "kube-scheduler": [
            f"--kubeconfig={layout.etc}/admin.kubeconfig",
            "--leader-elect=false",
        ],
        "kubelet": [
            f"--config={layout.etc}/kubelet.yaml",
            f"--kubeconfig={layout.etc}/node.kubeconfig",
            f"--hostname-override={NAME}",
            f"--node-ip={ADDRESS}",
            "--v=2",
        ],
    }
    return {name: [str(layout.bin / name), *words] for name, words in made.items()}


def _etcd(layout: Layout) -> list[str]:
    return [
        f"--data-dir={layout.disk}/etcd",
        f"--listen-client-urls={STORE}",
        f"--advertise-client-urls={STORE}",
        f"--listen-peer-urls={PEERS}",
        f"--initial-advertise-peer-urls={PEERS}",
        f"--initial-cluster=default={PEERS}",
        "--unsafe-no-fsync",  # nothing here outlives the machine
        "--log-level=warn",
    ]


def _apiserver(layout: Layout) -> list[str]:
    return [
        f"--etcd-servers={STORE}",
        "--bind-address=0.0.0.0",
        f"--advertise-address={ADDRESS}",
        "--endpoint-reconciler-type=none",
        "--secure-port=443",
        f"--tls-cert-file={layout.etc}/server.crt",
        f"--tls-private-key-file={layout.etc}/server.key",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={layout.etc}/sa.pub",
        f"--service-account-signing-key-file={layout.etc}/sa.key",
        f"--token-auth-file={layout.etc}/tokens.csv",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        f"--service-cluster-ip-range={SERVICES}",
        "--allow-privileged=true",
        "--kubelet-preferred-address-types=InternalIP",
        f"--audit-policy-file={layout.etc}/audit.yaml",
        f"--audit-log-path={layout.audit_log}",
        "--audit-log-maxsize=0",
    ]
