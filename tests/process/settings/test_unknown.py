"""Unknown KUBEXIT_* variables are warned about, and the run goes on."""

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
    """One warning names it and the nearest that exists."""
    finished = kubexit.run("echo", "BORN", env={name: "1s"})

    assert (finished.code, finished.stdout) == (0, "BORN\n")
    (line,) = lines(finished.stderr, "warn")
    assert name in line
    assert (MISSPELT[name] or "") in line


@pytest.mark.behaviour("unknown-setting-warns")
def test_service_links_cause_no_warning(kubexit: Kubexit) -> None:
    """What the kubelet sets for a Service named kubexit is none of it. Shown to fail by any other name."""
    env = {
        "KUBEXIT_SERVICE_HOST": "10.0.0.1",
        "KUBEXIT_SERVICE_PORT": "80",
        "KUBEXIT_SERVICE_PORT_HTTP": "80",
        "KUBEXIT_PORT": "tcp://10.0.0.1:80",
        "KUBEXIT_PORT_80_TCP": "tcp://10.0.0.1:80",
        "KUBEXIT_PORT_80_TCP_ADDR": "10.0.0.1",
        "KUBEXIT_PORT_80_TCP_PORT": "80",
        "KUBEXIT_PORT_80_TCP_PROTO": "tcp",
    }

    assert lines(kubexit.run("true", env=env).stderr, "warn") == []


@pytest.mark.behaviour("unknown-setting-warns")
def test_known_settings_cause_no_warning(kubexit: Kubexit) -> None:
    """Known ones are not warned about, empty or not."""
    settings = {"LOG_LEVEL": "warn", "DEATH_DEPS": "", "GRACE_PERIOD": "5s", "POD_NAME": "p", "NAMESPACE": "n"}

    assert kubexit.run("true", **settings).stderr == ""


@pytest.mark.behaviour("unknown-setting-warns")
def test_value_is_not_shown(kubexit: Kubexit) -> None:
    """Its value, which may be a secret, is not shown."""
    finished = kubexit.run("true", env={"KUBEXIT_PASSWORD": "hunter2"})

    assert "KUBEXIT_PASSWORD" in finished.stderr
    assert "hunter2" not in finished.stderr


@pytest.mark.behaviour("unknown-setting-warns")
def test_many_unknown_settings_cause_few_warnings(kubexit: Kubexit) -> None:
    """A hundred of them are some warnings, not a hundred, and no harm."""
    finished = kubexit.run("true", env={f"KUBEXIT_X{number}": "1" for number in range(100)})

    assert finished.code == 0
    assert 1 <= len(lines(finished.stderr, "warn")) <= 10


@pytest.mark.behaviour("unknown-setting-warns")
def test_reaches_the_command(kubexit: Kubexit) -> None:
    """It reaches the command like all others."""
    assert "KUBEXIT_X=1" in kubexit.run("/usr/bin/env", env={"KUBEXIT_X": "1"}).stdout.splitlines()
