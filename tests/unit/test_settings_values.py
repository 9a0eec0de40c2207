"""Values: each kind of setting accepts what its documentation says; a refusal names the setting."""

import re
from types import ModuleType

import pytest

_supervisor = pytest.importorskip("kubexit._supervisor", reason="SETTINGS NOT TESTED: kubexit is not installed")

NAME = b"KUBEXIT_NAME=main"


def variables(*values: str) -> list[bytes]:
    """Return the settings whose row has one of these texts for values, without KUBEXIT_."""
    rows = _supervisor.settings_table()
    return [row["name"].removeprefix("KUBEXIT_").encode() for row in rows if row["values"] in values]


BOOLEANS = variables("BOOL")
DURATIONS = variables("DURATION", "DURATION|infinite")
# Limits of the command's time: 0 is refused, since it would be none to some and no time to others.
NOT_ZERO = {b"TIMEOUT", b"READY_TIMEOUT"}

# What a setting needs to be accepted at all.
BESIDE = {b"READY_TIMEOUT": [b"KUBEXIT_READY_FILE=/ready"]}


def refusal(supervisor: ModuleType, variable: bytes, value: bytes) -> str | None:
    """Return the message of a refusal, None when the value is accepted."""
    try:
        supervisor.settings_read((NAME, *BESIDE.get(variable, ()), b"KUBEXIT_" + variable + b"=" + value))
    except ValueError as problem:
        return str(problem)
    return None


def test_settings_of_a_kind_are_found() -> None:
    """The table gives the settings of a kind for these tests; some settings that it always had are there."""
    assert {b"DISABLED", b"LIVENESS"} <= set(BOOLEANS)
    assert {b"GRACE_PERIOD", b"BIRTH_TIMEOUT"} <= set(DURATIONS)


@pytest.mark.behaviour("settings-of-the-original", "bad-setting-exits-with-2")
@pytest.mark.parametrize("variable", BOOLEANS)
@pytest.mark.parametrize(
    "value", [b"1", b"t", b"T", b"true", b"TRUE", b"True", b"0", b"f", b"F", b"false", b"FALSE", b"False", b""]
)
def test_booleans_are_spelled_as_in_go(supervisor: ModuleType, variable: bytes, value: bytes) -> None:
    """Booleans have the spellings of Go's ParseBool, and empty is unset."""
    assert refusal(supervisor, variable, value) is None


@pytest.mark.behaviour("settings-of-the-original")
@pytest.mark.parametrize("value", [b"tRUE", b"tRuE", b"fALSE", b"FaLsE"])
def test_the_setting_of_a_fork_is_read_in_any_case(supervisor: ModuleType, value: bytes) -> None:
    """KUBEXIT_IGNORE_CODE_ON_DEATH_DEPS takes any case, as in the fork that it comes from."""
    assert refusal(supervisor, b"IGNORE_CODE_ON_DEATH_DEPS", value) is None
    assert refusal(supervisor, b"SIGNAL_GROUP", value) is not None


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        (variable, value)
        for variable in BOOLEANS
        for value in (b"yes", b"no", b"on", b"tRUE", b"2", b" true", b"true ", b"\xff", b"1 t")
        if (variable, value) != (b"IGNORE_CODE_ON_DEATH_DEPS", b"tRUE")
    ],
)
def test_other_words_are_no_boolean(supervisor: ModuleType, variable: bytes, value: bytes) -> None:
    """Other words are refused, near misses too."""
    assert (refusal(supervisor, variable, value) or "").startswith(f"KUBEXIT_{variable.decode()}")


@pytest.mark.behaviour("durations-of-go")
@pytest.mark.parametrize("variable", DURATIONS)
@pytest.mark.parametrize(
    "value", [b"300ms", b"1.5h", b"1m30s", b"0", b"+5s", b"1us", "1µs".encode(), b"-5s", b"-0", b""]
)
def test_durations_are_written_as_in_go(supervisor: ModuleType, variable: bytes, value: bytes) -> None:
    """Durations have Go's syntax; a negative one is accepted, as zero, where zero is."""
    found = refusal(supervisor, variable, value)

    if variable in NOT_ZERO and value in (b"0", b"-5s", b"-0"):
        assert "would stop the command at once" in (found or "")
    else:
        assert found is None


@pytest.mark.behaviour("bad-setting-exits-with-2", "durations-of-go")
@pytest.mark.parametrize("variable", DURATIONS)
@pytest.mark.parametrize("value", [b"30", b"30 s", b"s", b"1d", b"9999999h", b"-", b"\xff", b"5s\n"])
def test_bad_durations_are_refused(supervisor: ModuleType, variable: bytes, value: bytes) -> None:
    """A number without a unit, an unknown unit and an overflow are refused."""
    assert (refusal(supervisor, variable, value) or "").startswith(f"KUBEXIT_{variable.decode()}")


@pytest.mark.behaviour("durations-of-go")
def test_only_a_timeout_is_infinite(supervisor: ModuleType) -> None:
    """The birth timeout and the limits of the command's time may be infinite, and no other duration."""
    for variable in (b"BIRTH_TIMEOUT", *NOT_ZERO):
        assert refusal(supervisor, variable, b"infinite") is None
    assert refusal(supervisor, b"GRACE_PERIOD", b"infinite") is not None


@pytest.mark.behaviour("stop-signal-names")
@pytest.mark.parametrize(
    "value",
    [b"TERM", *b"SIGTERM term sigquit WINCH 15 9 1 64 RTMIN RTMIN+3 SIGRTMIN+30 RTMAX RTMAX-1 SIGRTMAX-30".split()],
)
def test_signals_have_names_or_numbers(supervisor: ModuleType, value: bytes) -> None:
    """A stop signal has a name with or without SIG, or a number, real-time signals included."""
    assert refusal(supervisor, b"STOP_SIGNAL", value) is None


@pytest.mark.behaviour("bad-setting-exits-with-2", "stop-signal-names")
@pytest.mark.parametrize(
    "value",
    [
        b"0",
        b"65",
        b"-1",
        b"15 ",
        b"\x20TERM",
        b"TERMINATE",
        b"SIG",
        b"SIGSIGTERM",
        b"RTMIN+31",
        b"RTMAX-31",
        b"RTMIN-1",
        b"RTMAX+1",
        b"RTMIN+",
        b"9999999999999999999999",
    ],
)
def test_unknown_signals_are_refused(supervisor: ModuleType, value: bytes) -> None:
    """An unknown signal is refused; it does not silently become SIGTERM."""
    assert (refusal(supervisor, b"STOP_SIGNAL", value) or "").startswith("KUBEXIT_STOP_SIGNAL")


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    ("variable", "good", "bad"),
    [
        (b"LOG_LEVEL", b"debug info warn error off".split(), b"trace INFO warning debug|info inf".split()),
        (b"LOG_FORMAT", [b"text", b"json"], [b"JSON", b"logfmt", b"text|json", b"t"]),
        (b"DEATH_POLICY", [b"any", b"all"], [b"some", b"ANY", b"al"]),
        (b"BIRTH_ON_TIMEOUT", [b"fail", b"start"], [b"ignore", b"Start"]),
        (b"BIRTH_SOURCE", [b"kubernetes", b"graveyard"], [b"api", b"Kubernetes"]),
        (b"EXIT_CODE_ON_TERM", b"keep zero 0 7 255".split(), b"256 -1 ok dependency Keep 0x1".split()),
        (b"EXIT_CODE_ON_KILL", b"keep zero dependency 0 7 255".split(), b"256 -1 ok 1.5 Keep 0x1".split()),
        (b"EXIT_CODE_ON_STOP", b"keep zero dependency 0 7 255".split(), b"256 -1 ok 1.5 Keep 0x1".split()),
        (
            b"READY_TCP",
            [b"80", b"127.0.0.1:80", b"localhost:65535", b"[::1]:1"],
            [b"0", b"65536", b"db:80", b":", b"80:", b"::1:80", b"[::1]", b"1.2.3:80", b"127.0.0.1", b"80 "],
        ),
    ],
)
def test_only_the_listed_words_are_accepted(
    supervisor: ModuleType, variable: bytes, good: list[bytes], bad: list[bytes]
) -> None:
    """A setting with a list of words accepts only these words."""
    assert [value for value in good if refusal(supervisor, variable, value) is not None] == []
    assert [value for value in bad if refusal(supervisor, variable, value) is None] == []


@pytest.mark.behaviour("exit-code-on-stop")
@pytest.mark.parametrize(
    ("code", "taken"), [(b"zero", True), (b"0", True), (b"keep", False), (b"dependency", False), (b"7", False)]
)
def test_contradicting_names_are_refused(supervisor: ModuleType, code: bytes, taken: bool) -> None:
    """The two names for the code after a stop may not contradict each other."""
    environ = (NAME, b"KUBEXIT_IGNORE_CODE_ON_DEATH_DEPS=true", b"KUBEXIT_EXIT_CODE_ON_STOP=" + code)
    if taken:
        supervisor.settings_read(environ)
        return

    with pytest.raises(ValueError, match=r"KUBEXIT_IGNORE_CODE_ON_DEATH_DEPS.*KUBEXIT_EXIT_CODE_ON_STOP"):
        supervisor.settings_read(environ)


@pytest.mark.parametrize("pair", [(b"TCP=80", b"FILE=/x"), (b"TCP=80", b"NOTIFY=1"), (b"FILE=/x", b"NOTIFY=true")])
def test_two_probes_are_refused(supervisor: ModuleType, pair: tuple[bytes, bytes]) -> None:
    """A command has one readiness probe."""
    with pytest.raises(ValueError, match="KUBEXIT_READY"):
        supervisor.settings_read((NAME, *(b"KUBEXIT_READY_" + probe for probe in pair)))


def test_switched_off_probe(supervisor: ModuleType) -> None:
    """A probe that is set to false is no probe."""
    supervisor.settings_read((NAME, b"KUBEXIT_READY_NOTIFY=false", b"KUBEXIT_READY_TCP=80"))


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize("missing", [b"KUBEXIT_POD_NAME", b"KUBEXIT_NAMESPACE"])
def test_the_api_needs_pod_and_namespace(supervisor: ModuleType, missing: bytes) -> None:
    """If the API is asked, the pod's name and namespace are needed."""
    both = {b"KUBEXIT_POD_NAME": b"pod", b"KUBEXIT_NAMESPACE": b"ns"}
    del both[missing]

    with pytest.raises(ValueError, match=f"^{missing.decode()}"):
        supervisor.settings_read((NAME, b"KUBEXIT_BIRTH_DEPS=db", *(key + b"=" + value for key, value in both.items())))


@pytest.mark.behaviour("settings-of-the-original", "graveyard-source-asks-no-api")
@pytest.mark.parametrize(
    "deps",
    [
        (),
        (b"KUBEXIT_BIRTH_DEPS=db:born",),
        (b"KUBEXIT_BIRTH_DEPS=db", b"KUBEXIT_BIRTH_SOURCE=graveyard"),
        (b"KUBEXIT_DEATH_DEPS=db",),
    ],
)
def test_no_pod_needed(supervisor: ModuleType, deps: tuple[bytes, ...]) -> None:
    """If the API is not asked, the pod's name is not needed."""
    supervisor.settings_read((NAME, *deps))


@pytest.mark.behaviour("settings-of-the-original")
def test_first_value_wins(supervisor: ModuleType) -> None:
    """If a variable is set twice, the first value counts, as for getenv(3)."""
    supervisor.settings_read((NAME, b"KUBEXIT_NAME=", b"KUBEXIT_GRACE_PERIOD=1s", b"KUBEXIT_GRACE_PERIOD=bad"))


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    ("variable", "value", "part"),
    [
        ("NAME", "a b", "a b"),
        ("GRAVEYARD", "/" + "x" * 5000, "/" + "x" * 119),
        ("LOG_LEVEL", "loud", "loud"),
        ("LIVENESS", "perhaps", "perhaps"),
        ("DEATH_DEPS", "a,b/c", "b/c"),
        ("DEATH_DEPS", "main", "main"),
        ("GRACE_PERIOD", "30", "30"),
        ("GRACE_PERIOD", "30 s", "30 s"),
        ("GRACE_PERIOD", "9999999h", "9999999h"),
        ("GRACE_PERIOD", "s", "s"),
        ("STOP_SIGNAL", "NONE", "NONE"),
        ("TERM_AFTER", "db:died", "db:died"),
        ("EXIT_CODE_ON_STOP", "256", "256"),
        ("IGNORE_CODE_ON_DEATH_DEPS", "on", "on"),
        ("BIRTH_DEPS", "a:born,db:alive", "db:alive"),
        ("BIRTH_TIMEOUT", "never", "never"),
        ("BIRTH_URLS", "http://a/,ftp://b/", "ftp://b/"),
        ("READY_TCP", "db:80", "db:80"),
        ("READY_HTTP", "https://localhost/", "https://localhost/"),
        ("READY_EXEC", " ", " "),
        ("QUIT_PROCESSES", "bin/envoy", "bin/envoy"),
        ("MESH", "consul", "consul"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_every_refusal_has_one_shape(supervisor: ModuleType, variable: str, value: str, part: str) -> None:
    """A refusal has the form `KUBEXIT_X=value: why; what would be right`; for a list, it has the one wrong element."""
    environ = [f"KUBEXIT_{variable}={value}".encode(), NAME]

    with pytest.raises(ValueError, match=rf"^KUBEXIT_{variable}={re.escape(part)}: [^;]+; [^;]+$"):
        supervisor.settings_read(environ)
