"""KX201 to KX210: what the containers execute."""

import re
from collections.abc import Iterator

from kubectl_kubexit.findings.check import Found, Severity, View, check
from kubectl_kubexit.manifest.container import INIT, Container, base, text_of
from kubectl_kubexit.manifest.tree import row_at, table_at
from kubectl_kubexit.manifest.values import Position
from kubectl_kubexit.relations.member import Member

# A variable is set by a shell only before the command; NAME=VALUE behind it is an argument, for example of env(1).
SHELL_SYNTAX = re.compile(r"""&&|\|\||[|;<>`"'*]|\$[({\w]|^\s*\w+=""")
# Images whose STOPSIGNAL is not SIGTERM, and what to set.
STOP_SIGNALS = {"haproxy": "USR1", "httpd": "WINCH"}


def at_command(container: Container) -> Position:
    """Return where the command of a container is."""
    node = container.node
    return node.values_at.get("command") or node.values_at.get("args") or container.at


@check(
    "KX201", Severity.WARNING, "a shell starts kubexit",
    "The shell is PID 1: it does not pass on the SIGTERM of the kubelet, and may hide the exit code.",
)  # fmt: skip
def shell_form(view: View) -> Iterator[Found]:
    for member in view.members.all:
        container = member.container
        if container.in_shell:
            remedy = (
                "write command: [kubexit, --, COMMAND, ARGUMENT…]; if the command needs a shell, put it behind kubexit"
            )
            yield Found(at_command(container), container, f"{container.words[0]} starts kubexit", remedy)


@check("KX202", Severity.ERROR, "one word with blanks", "No shell splits it: kubexit looks for a file of this name.")
def one_word(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        words = member.container.wrapped_words
        if len(words) == 1 and re.search(r"\S\s+\S", words[0]) and member.container.has_kubexit:
            split = ", ".join(words[0].split())
            remedy = f"write one element for each word: [{split}]"
            yield Found(at_command(member.container), member.container, f'"{words[0]}" is one word', remedy)


@check(
    "KX203", Severity.ERROR, "the command begins with a dash",
    "`command` replaces the ENTRYPOINT of the image, so kubexit gets only its arguments.",
)  # fmt: skip
def begins_with_dash(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        container = member.container
        words = container.wrapped_words
        if container.has_kubexit and words and words[0].startswith("-") and not container.is_tool:
            message = f"kubexit would execute {words[0]}"
            yield Found(
                at_command(container), container, message, f"write the ENTRYPOINT of the image before {words[0]}"
            )


@check(
    "KX204", Severity.ERROR, "settings without kubexit", "No kubexit is before the command, so its settings do nothing."
)
def settings_without_kubexit(view: View) -> Iterator[Found]:
    for member in view.members.all:
        container = member.container
        given = [name for name in member.own.given if name not in {"POD_NAME", "NAMESPACE"}]
        if not member.is_wrapped and container.command and given:
            message = f"KUBEXIT_{given[0]} is set, but the command is {container.command[0]}"
            yield Found(at_command(container), container, message, "put kubexit and -- before the command")


@check(
    "KX205", Severity.ERROR, "shell syntax in a probe", "KUBEXIT_READY_EXEC is split at blanks; no shell is involved."
)
def shell_syntax(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        text = member.effective.given.get("READY_EXEC", "")
        match = SHELL_SYNTAX.search(text)
        if match:
            message = f"KUBEXIT_READY_EXEC has {match[0].strip()}"
            yield view.about(member, "READY_EXEC", message, "put the test into a script, and name the script")


@check(
    "KX206", Severity.ERROR, "the graveyard is cleared in a living pod",
    "Only an init container runs before all others; later, the tombstones are the state of the pod.",
)  # fmt: skip
def clears_living(view: View) -> Iterator[Found]:
    for container in view.members.pod.containers:
        clears = {"--graveyard", "--clear"}
        if container.role != INIT and container.is_tool and clears & set(container.words):
            remedy = "move it to initContainers"
            yield Found(at_command(container), container, "clears the graveyard beside the others", remedy)
        for hook in ("postStart", "preStop"):
            command = table_at(container.node, "lifecycle", hook, "exec")
            words = [text_of(word) for word in row_at(command, "command")]
            if clears & set(words) and any("kubexit" in word for word in words):
                yield Found(command.at, container, f"its {hook} hook clears the graveyard", "move it to initContainers")


@check("KX207", Severity.ERROR, "kubexit is not at this path", "The container cannot start: exit code 128 or 127.")
def not_delivered(view: View) -> Iterator[Found]:
    pod = view.members.pod
    for member in view.members.wrapped:
        container = member.container
        path = "" if container.kubexit_at is None else container.words[container.kubexit_at]
        mount = container.mount_of(path) if path.startswith("/") else None
        volume = pod.volumes.get(mount.volume) if mount else None
        if mount is not None and volume is None:
            remedy = f"add {mount.volume} to the volumes of the pod"
            yield Found(at_command(container), container, f"{path} is on a volume that the pod does not have", remedy)
        elif mount is not None and volume is not None and "image" in volume:
            right = mount.path + ("/kubexit" if mount.sub in {"bin", "/bin"} else "/bin/kubexit")
            if path != right and not mount.sub.endswith("kubexit"):
                message = f"{path} is not in the image: it has /bin/kubexit"
                yield Found(at_command(container), container, message, f"write {right}")
        elif mount is not None and volume is not None and "emptyDir" in volume and not fills(view, mount.volume):
            message = f"no init container copies kubexit to {path}"
            remedy = f"add an init container with command: [kubexit, --install, {mount.path}]"
            yield Found(at_command(container), container, message, remedy)


def fills(view: View, volume: str) -> bool:
    """Return whether an init container mounts a volume, and so may fill it."""
    return any(
        mount.volume == volume
        for container in view.members.pod.containers
        if container.role == INIT
        for mount in container.mounts
    )


@check("KX208", Severity.ERROR, "kubexit has no command", "kubexit exits with 2.")
def no_command(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        container = member.container
        if container.has_kubexit and not container.wrapped_words:
            remedy = "write the ENTRYPOINT and CMD of the image behind --; `kubectl kubexit wrap` finds them"
            yield Found(at_command(container), container, "nothing follows kubexit", remedy)


@check(
    "KX209", Severity.WARNING, "the image has another stop signal",
    "At pod deletion the runtime sends the STOPSIGNAL of the image, which is not a stop request for kubexit.",
)  # fmt: skip
def stop_signal(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        image = text_of(member.container.node.get("image")).partition("@")[0].rpartition("/")[2].partition(":")[0]
        # kubexit takes SIGQUIT for a request to stop only from the runtime itself.
        signals = STOP_SIGNALS | ({"nginx": "QUIT"} if member.container.init else {})
        known = member.is_disabled or member.hides("STOP_SIGNAL") or "STOP_SIGNAL" in member.effective.given
        if image in signals and not known and not lifecycle_signal(member):
            signal = signals[image]
            message = f"the STOPSIGNAL of {image} is SIG{signal}"
            yield Found(member.container.at, member.container, message, f"set KUBEXIT_STOP_SIGNAL={signal}")


def lifecycle_signal(member: Member) -> str:
    """Return lifecycle.stopSignal of a container; "" if it is not set."""
    return text_of(table_at(member.container.node, "lifecycle").get("stopSignal"))


@check(
    "KX210", Severity.WARNING, "an init signals the command itself",
    "SIGTERM reaches the command at once and again from kubexit, so no setting of kubexit can hold it back.",
)  # fmt: skip
def signalled_by_init(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        container = member.container
        grouped = member.effective.values.get("SIGNAL_GROUP") is True or member.hides("SIGNAL_GROUP")
        if signals_group(container) and not grouped and not member.is_disabled:
            name = container.init[0]
            message = f"{name} sends each signal to its whole process group: to kubexit and to the command"
            alone = f"write {name} -c" if base(name) == "dumb-init" else f"start {name} without -g"
            remedy = f"{alone}; or remove {name}: kubexit forwards signals and reaps orphans itself"
            yield Found(at_command(container), container, message, remedy)


def signals_group(container: Container) -> bool:
    """Return whether the init of a container sends signals to more than its child."""
    init, variables = container.init, container.variables
    letters = "".join(word[1:] for word in init[1:] if re.fullmatch(r"-[a-zA-Z]+", word))
    if not init or base(init[0]) != "dumb-init":
        return "g" in letters or (bool(init) and "TINI_KILL_PROCESS_GROUP" in variables)
    setsid = variables.get("DUMB_INIT_SETSID")
    return "c" not in letters and "--single-child" not in init and (setsid is None or setsid.value == "1")
