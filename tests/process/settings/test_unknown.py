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


NEARLY = ["KUBEEXIT", "KUBXIT", "KUBEXT", "KUBEIXT", "KUBE_EXIT", "KUBEXITS", "kubexit", "KuBeXiT"]


@pytest.mark.behaviour("near-prefix-warns")
@pytest.mark.parametrize("prefix", NEARLY)
def test_a_misspelt_prefix_is_recognised(kubexit: Kubexit, prefix: str) -> None:
    """A setting with a prefix that is nearly right causes one warning, which names the right setting."""
    finished = kubexit.run("echo", "BORN", env={f"{prefix}_DEATH_DEPS": "db", f"{prefix}_GRACE_PERIODE": "1s"})

    assert (finished.code, finished.stdout) == (0, "BORN\n")
    one, other = lines(finished.stderr, "warn")
    assert f"unknown setting {prefix}_DEATH_DEPS; did you mean KUBEXIT_DEATH_DEPS?" in one
    assert f"unknown setting {prefix}_GRACE_PERIODE; did you mean KUBEXIT_GRACE_PERIOD?" in other


@pytest.mark.behaviour("near-prefix-warns", "strict-refuses-unknown-settings")
@pytest.mark.parametrize("name", ["KUBEEXIT_X", "KUBXIT_COLOUR", "kubexit_colour", "KUBEIXT_X"])
@pytest.mark.parametrize("strict", [True, False])
def test_an_unknown_name_behind_a_misspelt_prefix(kubexit: Kubexit, name: str, strict: bool) -> None:
    """It is unknown as behind the right prefix: a warning, or an error in strict mode, although no setting is near."""
    finished = kubexit.run("true", env={name: "1"}, STRICT=str(strict).lower())

    assert finished.code == (2 if strict else 0)
    (line,) = finished.stderr.splitlines() if strict else lines(finished.stderr, "warn")
    assert f"unknown setting {name}; kubexit --help lists the settings" in line


@pytest.mark.behaviour("near-prefix-warns")
def test_a_misspelt_name_is_shown_beside_the_missing_one(kubexit: Kubexit) -> None:
    """Without KUBEXIT_NAME, but with a variable that is nearly it, both are in the log."""
    finished = kubexit.run("echo", "BORN", name=None, env={"KUBXIT_NAME": "main"})

    assert finished.code == 2
    warning, error = finished.stderr.splitlines()
    assert "did you mean KUBEXIT_NAME?" in warning
    assert "KUBEXIT_NAME: is required" in error


@pytest.mark.behaviour("near-prefix-warns")
@pytest.mark.parametrize(
    "name",
    [
        "KUBELET_GRACE_PERIOD",
        "KUBECTL_NAME",
        "KUBERNETES_NAMESPACE",
        "KUBERNETES_SERVICE_HOST",
        "KUBE_NAMESPACE",
        "KUBECONFIG",
        "KUBEXITS_SERVICE_HOST",
        "KUBEXIT2_PORT_80_TCP_ADDR",
        "KUBEXIT_",
        "KUBEEXIT",
        "KUBE_EXIT_CODE",
        "KUBE_EXIT_X",
        "K",
        "k_NAME",
    ],
)
def test_variables_of_others_cause_no_warning(kubexit: Kubexit, name: str) -> None:
    """A variable of another program, and one of another Service, causes no warning, and no refusal."""
    if name == "KUBEXIT_":
        name = "KUBEXITX"  # without the "_"
    finished = kubexit.run("true", env={name: "1s"}, STRICT="true")

    assert (finished.code, lines(finished.stderr, "warn")) == (0, [])


@pytest.mark.behaviour("strict-refuses-unknown-settings")
@pytest.mark.parametrize("name", ["KUBEXIT_BRITH_DEPS", "KUBEEXIT_BIRTH_DEPS"])
def test_strict_refuses_unknown_settings(kubexit: Kubexit, name: str) -> None:
    """With KUBEXIT_STRICT=true an unknown setting is an error, reported once, and nothing starts."""
    finished = kubexit.run("echo", "BORN", STRICT="true", env={name: "db"}, GRACE_PERIOD="30")

    assert (finished.code, finished.stdout) == (2, "")
    one, other = finished.stderr.splitlines()
    assert f" error kubexit[main]: unknown setting {name}; did you mean KUBEXIT_BIRTH_DEPS?" in one
    assert "KUBEXIT_GRACE_PERIOD=30" in other
    assert f"unknown setting {name}" in (kubexit.tombstone() or {})["Reason"]


@pytest.mark.behaviour("strict-refuses-unknown-settings", "unknown-setting-warns")
def test_strict_knows_service_links(kubexit: Kubexit) -> None:
    """Variables of any Service are no settings in strict mode either."""
    env = {"KUBEXIT_DEMO_SERVICE_HOST": "10.0.0.1", "KUBEXIT_DEMO_PORT": "tcp://10.0.0.1:80"}

    assert kubexit.run("true", STRICT="true", env=env).code == 0


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
