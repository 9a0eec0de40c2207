"""Settings of forks of the original and of other tools, and misspelt prefixes."""

from kubectl_kubexit.settings.effective import PREFIX
from kubectl_kubexit.settings.name import distance, nearest
from kubectl_kubexit.settings.service_link import is_service_link
from kubectl_kubexit.settings.table import TABLE

# Variable → what to do. docs/use/switching.md has the whole story.
FOREIGN = {
    "KUBEXIT_STOPSIGNAL": "write KUBEXIT_STOP_SIGNAL",
    "KUBEXIT_SUPPRESS_STOPPED_EXITCODE": "write KUBEXIT_EXIT_CODE_ON_STOP=zero, on sidecars only",
    "KUBEXIT_GRACE_PERIOD_WAIT": "write KUBEXIT_STOP_DELAY; it starts at the death of the dependency",
    "KUBEXIT_LOG_DATETIME": "remove it; all lines have a time",
    "KUBEDEPS_NAME": "write KUBEXIT_NAME",
    "KUBEDEPS_GRAVEYARD": "write KUBEXIT_GRAVEYARD",
    "KUBEDEPS_BIRTH_DEPS": "write KUBEXIT_BIRTH_DEPS, and KUBEXIT_BIRTH_SOURCE=graveyard",
    "KUBEDEPS_BIRTH_TIMEOUT": "write KUBEXIT_BIRTH_TIMEOUT, with a unit: 15s",
    "KUBEDEPS_DEATH_DEPS": "write KUBEXIT_DEATH_DEPS, and KUBEXIT_DEATH_POLICY=all for several names",
    "KUBEDEPS_GRACE_PERIOD": "write KUBEXIT_GRACE_PERIOD, with a unit: 45s",
    "KUBEDEPS_READY_CMD": "write KUBEXIT_READY_EXEC; it is split at blanks, without a shell",
    "KUBEDEPS_READY_INTERVAL": "write KUBEXIT_READY_PERIOD, with a unit: 5s",
    "KUBEDEPS_READY_TIMEOUT": "remove it; the containers that wait have KUBEXIT_BIRTH_TIMEOUT",
    "KUBEDEPS_POLLING_INTERVAL": "remove it; kubexit uses inotify",
    "ENVOY_ADMIN_API": "write KUBEXIT_MESH=istio",
    "ISTIO_QUIT_API": "write KUBEXIT_MESH=istio, or KUBEXIT_QUIT_POST with the path /quitquitquit",
    "ENVOY_KILL_API": "write KUBEXIT_QUIT_POST",
    "GENERIC_QUIT_ENDPOINTS": "write KUBEXIT_QUIT_POST",
    "NEVER_KILL_ISTIO": "write KUBEXIT_BIRTH_URLS=http://127.0.0.1:15021/healthz/ready instead of KUBEXIT_MESH",
    "NEVER_KILL_ISTIO_ON_FAILURE": "write KUBEXIT_QUIT_POLICY=success",
    "NEVER_KILL_ENVOY": "remove KUBEXIT_QUIT_POST",
    "ALWAYS_KILL_ENVOY": "remove it; it is the default",
    "START_WITHOUT_ENVOY": "write KUBEXIT_QUIT_POST=http://127.0.0.1:15020/quitquitquit instead of KUBEXIT_MESH",
    "WAIT_FOR_ENVOY_TIMEOUT": "write KUBEXIT_BIRTH_TIMEOUT",
    "QUIT_WITHOUT_ENVOY_TIMEOUT": "write KUBEXIT_BIRTH_TIMEOUT and KUBEXIT_BIRTH_ON_TIMEOUT=fail",
    "SCUTTLE_LOGGING": "write KUBEXIT_LOG_LEVEL=debug",
}
PREFIX_DISTANCE = 2


def near_prefix(variable: str, value: str) -> str | None:
    """Return the setting that a variable with a misspelt prefix was meant to be.

    Returns:
        Its name; the prefix alone if the prefix is nearly right and the rest is no setting; None if the variable is
        probably not for kubexit.
    """
    if not is_near(variable):
        return None
    first, _, rest = variable.partition("_")
    if meant := nearest(rest.upper(), list(TABLE)):
        return PREFIX + meant
    return PREFIX if kubexit_warns(first) and not is_service_link("KUBEXIT_" + rest, value) else None


def is_near(variable: str) -> bool:
    """Return whether a variable that no tool reads has nearly the right prefix."""
    if variable.startswith(PREFIX) or variable in FOREIGN:
        return False
    first, underscore, _ = variable.partition("_")
    return bool(underscore) and distance(first.upper(), PREFIX[:-1], PREFIX_DISTANCE + 1) <= PREFIX_DISTANCE


def kubexit_warns(first: str) -> bool:
    """Return whether kubexit itself takes a prefix for a misspelt one, with any rest."""
    right, found = PREFIX[:-1], first.upper()
    swapped = (right[:at] + right[at + 1] + right[at] + right[at + 2 :] for at in range(len(right) - 1))
    return distance(found, right, 2) <= 1 or found in swapped
