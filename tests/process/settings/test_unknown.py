"""Unknown KUBEXIT_* variables make a warning, and the run continues."""

import pytest

from harness.containers import lines
from harness.kubexit import Kubexit

MISSPELT = {
    "KUBEXIT_GRAVE_PERIOD": "KUBEXIT_GRACE_PERIOD",
    "KUBEXIT_GRACEPERIOD": "KUBEXIT_GRACE_PERIOD",
    "KUBEXIT_DEATH_DEP": "KUBEXIT_DEATH_DEPS",
    "KUBEXIT_BIRTH_TIMOUT": "KUBEXIT_BIRTH_TIMEOUT",
    "KUBEXIT_STOPSIGNAL": "KUBEXIT_STOP_SIGNAL",
    "KUBEXIT_LOGLEVEL": "KUBEXIT_LOG_LEVEL",
    "KUBEXIT_NAMES": "KUBEXIT_NAME",
    "KUBEXIT_death_deps": None,
}


@pytest.mark.behaviour("unknown-setting-warns")
@pytest.mark.parametrize("name", MISSPELT)
def test_a_warning_names_the_nearest_setting(kubexit: Kubexit, name: str) -> None:
    """One warning names the variable and the nearest setting that exists."""
    finished = kubexit.run("echo", "BORN", env={name: "1s"})

    assert (finished.code, finished.stdout) == (0, "BORN\n")
    (line,) = lines(finished.stderr, "warn")
    assert name in line
    assert (MISSPELT[name] or "") in line


@pytest.mark.behaviour("unknown-setting-warns")
@pytest.mark.parametrize("service", ["KUBEXIT", "KUBEXIT_DEMO", "KUBEXIT_GRACE", "KUBEXIT_PORT", "KUBEXIT_READY_2"])
@pytest.mark.parametrize("protocol", ["tcp", "udp", "sctp"])
def test_service_links_cause_no_warning(kubexit: Kubexit, service: str, protocol: str) -> None:
    """Variables that the kubelet sets for a Service whose name begins with kubexit cause no warning."""
    port = f"{service}_PORT_80_{protocol.upper()}"
    env = {
        f"{service}_SERVICE_HOST": "10.0.0.1",
        f"{service}_SERVICE_PORT": "80",
        f"{service}_SERVICE_PORT_HTTP": "80",
        f"{service}_PORT": f"{protocol}://10.0.0.1:80",
        port: f"{protocol}://10.0.0.1:80",
        f"{port}_ADDR": "10.0.0.1",
        f"{port}_PORT": "80",
        f"{port}_PROTO": protocol,
    }

    assert lines(kubexit.run("true", env=env).stderr, "warn") == []


@pytest.mark.behaviour("unknown-setting-warns")
@pytest.mark.parametrize(
    "name",
    [
        "KUBEXIT_READY_PORT",
        "KUBEXIT_SERVICE_HOSTS",
        "KUBEXIT_SERVICE",
        "KUBEXIT_PORT_80",
        "KUBEXIT_PORT_X_TCP",
        "KUBEXIT_PORT__TCP",
        "KUBEXIT_PORT_80_ICMP",
        "KUBEXIT_PORT_80_TCP_X",
        "KUBEXIT_PORT_80_TCPX",
    ],
)
def test_names_like_service_links_are_warned_about(kubexit: Kubexit, name: str) -> None:
    """A variable that is only similar to one of a Service causes a warning."""
    (line,) = lines(kubexit.run("true", env={name: "8080"}).stderr, "warn")

    assert name in line


@pytest.mark.behaviour("unknown-setting-warns")
def test_known_settings_cause_no_warning(kubexit: Kubexit) -> None:
    """Known settings cause no warning, empty or not."""
    settings = {"LOG_LEVEL": "warn", "DEATH_DEPS": "", "GRACE_PERIOD": "5s", "POD_NAME": "p", "NAMESPACE": "n"}

    assert kubexit.run("true", **settings).stderr == ""


@pytest.mark.behaviour("unknown-setting-warns")
def test_value_is_not_shown(kubexit: Kubexit) -> None:
    """The warning does not show the value, which may be a secret."""
    finished = kubexit.run("true", env={"KUBEXIT_PASSWORD": "hunter2"})

    assert "KUBEXIT_PASSWORD" in finished.stderr
    assert "hunter2" not in finished.stderr


@pytest.mark.behaviour("unknown-setting-warns")
def test_many_unknown_settings_cause_few_warnings(kubexit: Kubexit) -> None:
    """A hundred unknown settings cause few warnings, and no harm."""
    finished = kubexit.run("true", env={f"KUBEXIT_X{number}": "1" for number in range(100)})

    assert finished.code == 0
    assert 1 <= len(lines(finished.stderr, "warn")) <= 10


@pytest.mark.behaviour("unknown-setting-warns")
def test_reaches_the_command(kubexit: Kubexit) -> None:
    """An unknown variable reaches the command like all others."""
    assert "KUBEXIT_X=1" in kubexit.run("/usr/bin/env", env={"KUBEXIT_X": "1"}).stdout.splitlines()
