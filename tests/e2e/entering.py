"""Commands in a running container, as `kubectl exec` runs them, and ephemeral containers, as of `kubectl debug`."""

import json
from typing import Any

import kubernetes.client  # type: ignore[import-untyped]
from kubernetes.stream import ws_client  # type: ignore[import-untyped]

from cluster.access import Access
from e2e.pod import Pod

ALARM = 60.0


def enter(access: Access, pod: Pod, container: str, *command: str) -> tuple[int, str]:
    """The exit code and the output of a command in a container."""
    query = [("command", word) for word in command] + [("container", container), ("stdout", "true"), ("stderr", "true")]
    client = access.client
    socket = ws_client.websocket_call(
        client.configuration,
        "GET",
        f"{client.configuration.host}{pod.path}/exec",
        query_params=query,
        headers={"authorization": client.configuration.get_api_key_with_prefix("authorization")},
        _request_timeout=ALARM,
        _preload_content=False,
    )
    socket.run_forever(timeout=ALARM)
    status = json.loads(socket.read_channel(ws_client.ERROR_CHANNEL))  # before read_all(), which forgets the channels
    output = socket.read_all()
    socket.sock.shutdown()  # close() does nothing more when the other side has closed first
    if status["status"] == "Success":
        return 0, output
    causes = {cause["reason"]: cause["message"] for cause in status.get("details", {}).get("causes", [])}
    if "ExitCode" not in causes:
        raise kubernetes.client.ApiException(status=0, reason=str(status))
    return int(causes["ExitCode"]), output


def debug(access: Access, pod: Pod, made: dict[str, Any], target: str = "") -> None:
    """Add an ephemeral container; with a target it is in that container's process namespace, and ends with it."""
    shared = {"targetContainerName": target} if target else {}
    added = {"spec": {"ephemeralContainers": [{**made, **shared}]}}
    access.call("PATCH", f"{pod.path}/ephemeralcontainers", added)
