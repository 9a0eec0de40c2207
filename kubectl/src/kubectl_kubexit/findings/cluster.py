"""KX801 to KX904: the Kubernetes API, and meshes."""

from collections.abc import Iterator

from kubectl_kubexit.findings.check import Fix, Found, Severity, View, check
from kubectl_kubexit.manifest.container import SIDECAR, text_of
from kubectl_kubexit.manifest.tree import row_at, table_at, tables_of
from kubectl_kubexit.manifest.values import Table
from kubectl_kubexit.relations.member import Member

PROXIES = {"istio": "istio-proxy", "linkerd": "linkerd-proxy"}
PORTS = {15020: "istio", 15021: "istio", 4191: "linkerd"}
NATIVE = ("sidecar.istio.io/nativeSidecar", "config.beta.linkerd.io/proxy-enable-native-sidecar",
          "config.alpha.linkerd.io/proxy-enable-native-sidecar")  # fmt: skip
SHUTDOWN = "config.linkerd.io/proxy-admin-shutdown"


@check(
    "KX801", Severity.ERROR, "the pod's name is missing",
    "To ask the API for readiness, kubexit must know the name and the namespace of its pod.",
)  # fmt: skip
def pod_name(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        if member.container.opaque or member.container.mount_of("/etc/podinfo/name"):
            continue
        for problem in member.effective.problems:
            if problem.setting in {"POD_NAME", "NAMESPACE"} and not member.variable(problem.setting):
                path = "metadata.name" if problem.setting == "POD_NAME" else "metadata.namespace"
                message = f"KUBEXIT_{problem.setting} is not set, but KUBEXIT_{asking(member)} asks the Kubernetes API"
                remedy = f"set it by fieldRef {path}; or {without_api(member)}"
                fix = Fix("set-field-ref", f"KUBEXIT_{problem.setting}", path)
                yield Found(member.container.at, member.container, message, remedy, (fix,))


def asking(member: Member) -> str:
    """Return the setting for which the API is asked: that of readiness, or else that of deaths; "" if it is not."""
    if member.effective.asks_api:
        return "BIRTH_DEPS"
    sidecar = "SIDECAR_OF" if "SIDECAR_OF" in member.effective.given else ""
    return ("DEATH_DEPS" if "DEATH_DEPS" in member.effective.given else sidecar) * member.effective.watches_deaths


def without_api(member: Member) -> str:
    """Return how to know readiness, or deaths, without the API."""
    if not member.effective.asks_api:
        return "put kubexit before the commands of the others, without DEATH_SOURCE=kubernetes"
    if member.plan_line is not None:
        return "remove BIRTH_SOURCE=kubernetes from the plan, and add a READY_ probe to the lines of the others"
    return "set KUBEXIT_BIRTH_SOURCE=graveyard and a KUBEXIT_READY_* probe"


@check("KX802", Severity.ERROR, "no token for the API", "kubexit exits with 2: the service account is not mounted.")
def no_token(view: View) -> Iterator[Found]:
    pod = view.members.pod
    account = view.bundle.find(
        "ServiceAccount", pod.namespace, text_of(pod.spec.get("serviceAccountName")) or "default"
    )
    key = "automountServiceAccountToken"
    mounts = pod.spec.get(key, account.get(key, True) if account else True)
    for member in view.members.wrapped:
        projected = any("serviceaccount" in mount.path for mount in member.container.mounts)
        setting = asking(member)
        if setting and mounts is False and not projected:
            message = f"KUBEXIT_{setting} asks the Kubernetes API, but automountServiceAccountToken is false"
            yield view.about(member, setting, message, f"{without_api(member)}, or mount the token")


@check("KX803", Severity.WARNING, "no rights for the API", "kubexit exits with 77 unless it may list and watch pods.")
def no_rights(view: View) -> Iterator[Found]:
    pod = view.members.pod
    name = text_of(pod.spec.get("serviceAccountName")) or "default"
    roles = roles_of(view, name)
    enough = any({"list", "watch"} <= verbs_on_pods(role) for role in roles)
    somewhere_else = (name != "default" and not roles) or pod.document.path in view.bundle.live
    for member in view.members.wrapped:
        setting = asking(member)
        if setting and not enough and not somewhere_else:
            message = f"the service account {name} may not list and watch pods, as these files show it"
            remedy = f"add a Role with verbs [list, watch] on pods and a RoleBinding, or {without_api(member)}"
            yield view.about(member, setting, message, remedy)


def roles_of(view: View, account: str) -> list[Table]:
    """Return the roles that the files bind to a service account."""
    found = []
    for binding in view.bundle.of_kind("RoleBinding", "ClusterRoleBinding"):
        subjects = [text_of(subject.get("name")) for subject in tables_of(binding, "subjects")]
        reference = table_at(binding, "roleRef")
        if account in subjects or "system:serviceaccounts" in subjects:
            space = text_of(table_at(binding, "metadata").get("namespace"))
            role = view.bundle.find(text_of(reference.get("kind")), space, text_of(reference.get("name")))
            found += [role] if role is not None else []
    return found


def verbs_on_pods(role: Table) -> set[str]:
    """Return what a role permits with pods."""
    verbs: set[str] = set()
    for rule in tables_of(role, "rules"):
        if {"pods", "*"} & {text_of(resource) for resource in row_at(rule, "resources")}:
            verbs |= {text_of(verb) for verb in row_at(rule, "verbs")}
    return {"list", "watch"} if "*" in verbs else verbs


@check(
    "KX804", Severity.WARNING, "no time for the answer of the API",
    "Before the start the command waits for the first answer, so it never starts, or does not know who is dead.",
)  # fmt: skip
def no_time(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        setting = asking(member)
        if setting and member.effective.nanoseconds("BIRTH_TIMEOUT") == 0:
            message = f"KUBEXIT_{setting} asks the Kubernetes API, and KUBEXIT_BIRTH_TIMEOUT is 0"
            yield view.about(member, "BIRTH_TIMEOUT", message, "set a time of some seconds, for example 10s")


@check(
    "KX901", Severity.WARNING, "a native proxy is asked to quit",
    "The kubelet starts a native sidecar again, and stops it by itself when the main containers have exited.",
)  # fmt: skip
def native_quit(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        asked = {PORTS[url.port] for url in member.effective.quit_urls if url.port in PORTS}
        native = sorted(mesh for mesh in asked if is_native(view, mesh))
        if native and member.effective.word("QUIT_POLICY") != "never":
            setting = "MESH" if "MESH" in member.effective.given else "QUIT_POST"
            value = ("KUBEXIT_MESH", f"{native[0]}-native") if setting == "MESH" else ("KUBEXIT_QUIT_POLICY", "never")
            message = f"the proxy of {native[0]} is a native sidecar, and KUBEXIT_{setting} asks it to quit"
            fix = Fix("set-variable", *value)
            yield view.about(member, setting, message, f"set {value[0]}={value[1]}", fix)


def is_native(view: View, mesh: str) -> bool:
    """Return whether the proxy of a mesh is a native sidecar, as the pod itself shows it."""
    pod = view.members.pod
    container = pod.container(PROXIES[mesh])
    if container is not None:
        return container.role == SIDECAR
    return any(mesh in key and text_of(pod.annotations.get(key)) == "true" for key in NATIVE)


@check("KX902", Severity.WARNING, "Linkerd's proxy does not take the request", "Its /shutdown is off by default.")
def no_shutdown(view: View) -> Iterator[Found]:
    enabled = text_of(view.members.pod.annotations.get(SHUTDOWN)) == "enabled"
    for member in view.members.wrapped:
        asks = any(url.port == 4191 for url in member.effective.quit_urls)
        if asks and not enabled and not is_native(view, "linkerd") and member.effective.word("QUIT_POLICY") != "never":
            setting = "MESH" if "MESH" in member.effective.given else "QUIT_POST"
            message = "the proxy of linkerd is asked to quit, but its /shutdown is not enabled"
            yield view.about(member, setting, message, f"set the annotation {SHUTDOWN}: enabled on the pod template")


@check(
    "KX903", Severity.ERROR, "processes of other containers are not visible",
    "KUBEXIT_QUIT_PROCESSES needs a PID namespace that the containers share.",
)  # fmt: skip
def not_shared(view: View) -> Iterator[Found]:
    spec = view.members.pod.spec
    for member in view.members.wrapped:
        # hostPID shows the processes of the whole node, and excludes shareProcessNamespace.
        shared = spec.get("shareProcessNamespace") is True or spec.get("hostPID") is True
        if "QUIT_PROCESSES" in member.effective.given and not shared:
            remedy = "set shareProcessNamespace: true on the pod"
            yield view.about(member, "QUIT_PROCESSES", "the containers do not share a PID namespace", remedy)
