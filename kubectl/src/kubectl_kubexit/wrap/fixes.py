"""Apply the safe fixes of findings."""

from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from kubectl_kubexit.findings.check import Fix
from kubectl_kubexit.wrap.editing import append, flow, like
from kubectl_kubexit.wrap.inject import add_variable, text_word
from kubectl_kubexit.wrap.sharing import own


def apply(spec: CommentedMap, container: CommentedMap, fix: Fix) -> None:
    """Apply a fix to a container of a pod's `spec`; one that is there already changes nothing."""
    if fix.action == "set-variable":
        set_variable(container, fix.name, value=text_word(fix.value))
    elif fix.action == "set-field-ref":
        set_variable(container, fix.name, valueFrom=flow(fieldRef=flow(fieldPath=fix.value)))
    elif fix.action == "quote-variable":
        quote_variable(container, fix.name, fix.value)
    elif fix.action == "mount-graveyard":
        mount_graveyard(spec, container, fix.name, fix.value)
    elif fix.action == "make-writable":
        make_writable(container, fix.value)


def variable_of(container: CommentedMap, name: str) -> Any:
    """Return a variable of a container for a change; None if it is not set there."""
    if not container.get("env"):
        return None
    return next((variable for variable in own(container, "env") if variable.get("name") == name), None)


def set_variable(container: CommentedMap, name: str, **value: Any) -> None:
    """Set a variable, or add it."""
    variable = variable_of(container, name)
    if variable is None:
        add_variable(container, name, **value)
    elif "value" in value and "valueFrom" not in variable:
        variable["value"] = value["value"]


def quote_variable(container: CommentedMap, name: str, text: str) -> None:
    """Make a string of a number or a boolean, as the manifest writes it.

    Words such as `yes` and 1:30 are texts for this library, but not for the parser of the checks.
    """
    for variable in own(container, "env"):
        value = variable.get("value")
        plain = not isinstance(value, DoubleQuotedScalarString | SingleQuotedScalarString)
        unquoted = value == text if isinstance(value, str) else value is not None
        if variable.get("name") == name and plain and unquoted:
            variable["value"] = DoubleQuotedScalarString(text)
            return


def mount_graveyard(spec: CommentedMap, container: CommentedMap, volume: str, path: str) -> None:
    """Mount the graveyard; make its volume if the pod does not have it."""
    mounts: CommentedSeq = own(container, "volumeMounts")
    if any(mount.get("mountPath") == path for mount in mounts):
        return
    append(mounts, like(mounts, name=volume, mountPath=path))
    volumes: CommentedSeq = own(spec, "volumes")
    if all(other.get("name") != volume for other in volumes):
        append(volumes, like(volumes, name=volume, emptyDir=flow(medium="Memory", sizeLimit="1Mi")))


def make_writable(container: CommentedMap, path: str) -> None:
    """Remove readOnly of a mount."""
    for mount in own(container, "volumeMounts"):
        if f"/{str(mount.get('mountPath', '')).strip('/')}" == path:
            mount.pop("readOnly", None)
