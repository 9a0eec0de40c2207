"""What is asked of the cluster of the current context."""

from kubectl_kubexit.errors import UserError

HINT = "give --kube-version, for example 1.34"
SECONDS = 10  # for an answer


def server_version() -> str:
    """Return the version of the API server, for example 1.36.

    Raises:
        UserError: there is no context, or the server does not answer.
    """
    from kubernetes import client  # type: ignore[import-untyped]
    from urllib3.exceptions import HTTPError

    from kubectl_kubexit.live import kubeconfig

    configuration, _ = kubeconfig.read(None, HINT)
    try:
        found = client.VersionApi(client.ApiClient(configuration)).get_code(_request_timeout=SECONDS)
    except client.ApiException as error:
        if error.status:
            raise UserError(f"the API server refuses: {error.reason or error.status}; {HINT}") from None
        raise UserError(f"the API server does not answer: {kubeconfig.why(error)}; {HINT}") from None
    except (HTTPError, OSError) as error:
        raise UserError(f"the API server does not answer: {kubeconfig.why(error)}; {HINT}") from None
    except ValueError:
        raise UserError(f"this is no API server: its answer has no version; {HINT}") from None
    return f"{found.major}.{''.join(digit for digit in found.minor if digit.isdigit())}"


def version_numbers(version: str) -> tuple[int, ...]:
    """Return major and minor of the value of --kube-version; `cluster` asks the API server.

    Raises:
        UserError: it is no version, or the server does not answer.
    """
    if version == "cluster":
        version = server_version()
    numbers = version.removeprefix("v").split(".")[:2]
    if len(numbers) != 2 or not all(number.isdecimal() for number in numbers):
        raise UserError(f"--kube-version {version}: write for example 1.34")
    return tuple(map(int, numbers))
