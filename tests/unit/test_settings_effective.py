"""The effect of the settings: defaults, merged lists, clamped values."""

from types import ModuleType

import pytest

NAME = b"KUBEXIT_NAME=main"
SECOND = 10**9


def read(supervisor: ModuleType, *entries: bytes) -> dict:
    return supervisor.settings_read([NAME, *entries])


@pytest.mark.behaviour("settings-of-the-original")
def test_defaults_are_as_documented(supervisor: ModuleType) -> None:
    """Without settings the values are the documented defaults."""
    expected = {
        "name": b"main",
        "graveyard": b"/graveyard",
        "log_level": "info",
        "log_format": "text",
        "death_policy": "any",
        "grace_period": 30 * SECOND,
        "stop_delay": 0,
        "stop_signal": 15,
        "signal_group": False,
        "exit_code_on_stop": "keep",
        "orphan_grace_period": 0,
        "liveness": True,
        "birth_timeout": 30 * SECOND,
        "birth_on_timeout": "fail",
        "birth_source": "kubernetes",
        "ready": None,
        "ready_period": SECOND,
        "poll_interval": 2 * SECOND,
        "dependencies": [],
        "unknown": [],
    }
    found = read(supervisor)

    assert {key: found[key] for key in expected} == expected


@pytest.mark.behaviour("silent-deaths-polled")
@pytest.mark.parametrize(
    ("text", "ms"), [(b"1ns", 10), (b"9999us", 10), (b"10ms", 10), (b"11ms", 11), (b"0", 0), (b"-1s", 0)]
)
def test_a_poll_has_a_shortest_interval(supervisor: ModuleType, text: bytes, ms: int) -> None:
    """A poll is at least 10 ms away, or off: a shorter interval would be a busy loop."""
    assert read(supervisor, b"KUBEXIT_POLL_INTERVAL=" + text)["poll_interval"] == ms * SECOND // 1000


@pytest.mark.behaviour("durations-of-go")
@pytest.mark.parametrize(
    ("text", "ns"),
    [
        (b"-5s", 0),
        (b"-0", 0),
        (b"0", 0),
        (b"1.5h", 5400 * SECOND),
        (b"+5s", 5 * SECOND),
        (b"2562047h47m16.854775807s", 2**63 - 1),
    ],
)
def test_negative_durations_count_as_zero(supervisor: ModuleType, text: bytes, ns: int) -> None:
    """A negative duration counts as zero, as in the original; long ones are kept to the nanosecond."""
    assert read(supervisor, b"KUBEXIT_GRACE_PERIOD=" + text)["grace_period"] == ns


@pytest.mark.behaviour("graveyard-path-normalized")
@pytest.mark.parametrize(
    ("path", "tidy"),
    [
        (b"/", b"/"),
        (b"//", b"/"),
        (b"/.", b"/"),
        (b"/a/", b"/a"),
        (b"/a//b/./c/.", b"/a/b/c"),
        (b"/a/../b", b"/a/../b"),
        (b"/..a", b"/..a"),
        (b"/\xff", b"/\xff"),
    ],
)
def test_the_path_is_tidied_without_the_disk(supervisor: ModuleType, path: bytes, tidy: bytes) -> None:
    """The path is tidied without a look at the disk: `..` may lead elsewhere through a link, so it stays."""
    assert read(supervisor, b"KUBEXIT_GRAVEYARD=" + path)["graveyard"] == tidy


@pytest.mark.behaviour("lists-ignore-blanks-and-repeats")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        (b"", b""),
        (b",", b""),
        (b",,,", b""),
        (b" ", b""),
        (b" , ", b""),
        (b"db", b"db"),
        (b" db ", b"db"),
        (b"db,", b"db"),
        (b",db", b"db"),
        (b"db,,db2", b"db db2"),
        (b"db,db", b"db"),
        (b"\tdb\t,\tb", b"db b"),
        (b"a,b,c", b"a b c"),
        (b" a , b,c ", b"a b c"),
        (b",a,,b,c,", b"a b c"),
        (b"a,b,c,a,b", b"a b c"),
        (b"\ta,\tb ,c", b"a b c"),
    ],
)
@pytest.mark.parametrize(
    ("variable", "death", "birth"),
    [(b"KUBEXIT_DEATH_DEPS", ["died"], []), (b"KUBEXIT_BIRTH_DEPS", [], ["ready"])],
)
def test_repeated_names_count_once(
    supervisor: ModuleType, variable: bytes, death: list[str], birth: list[str], text: bytes, names: bytes
) -> None:
    """A list is its names, each once, in the order of their first appearance; blanks and empty elements are ignored."""
    found = read(supervisor, variable + b"=" + text, b"KUBEXIT_POD_NAME=pod", b"KUBEXIT_NAMESPACE=ns")["dependencies"]

    assert [dep["name"] for dep in found] == names.split()
    assert all(dep["death"] == death and dep["birth"] == birth for dep in found)


@pytest.mark.behaviour("lists-ignore-blanks-and-repeats")
def test_both_lists_are_merged_by_name(supervisor: ModuleType) -> None:
    """A name with several conditions, in both lists, is one dependency with all of them."""
    found = read(
        supervisor,
        b"KUBEXIT_DEATH_DEPS=db:failed,db:succeeded",
        b"KUBEXIT_BIRTH_DEPS=db:born,db",
        b"KUBEXIT_BIRTH_SOURCE=graveyard",
    )

    (db,) = found["dependencies"]
    assert db == {
        "name": b"db",
        "death": ["succeeded", "failed"],
        "birth": ["born", "ready"],
        "optional": False,
        "holds_term": False,
    }


@pytest.mark.parametrize(
    ("text", "optional"), [(b"db?", True), (b"db?,db", False), (b"db,db?", False), (b"db?,db?", True)]
)
def test_a_required_container_is_not_optional(supervisor: ModuleType, text: bytes, optional: bool) -> None:
    """A container that is required once is not optional because it is listed again."""
    pod = (b"KUBEXIT_POD_NAME=pod", b"KUBEXIT_NAMESPACE=ns")
    (found,) = read(supervisor, *pod, b"KUBEXIT_BIRTH_DEPS=" + text)["dependencies"]

    assert found["name"] == b"db"
    assert found["optional"] is optional


@pytest.mark.behaviour("graveyard-source-asks-no-api")
@pytest.mark.parametrize(
    ("deps", "source", "asks"),
    [
        (b"", b"kubernetes", False),
        (b"db:born", b"kubernetes", False),
        (b"db", b"graveyard", False),
        (b"db", b"kubernetes", True),
        (b"a:died,db", b"kubernetes", True),
        (b"*", b"kubernetes", True),
        (b"db:ready", b"kubernetes", True),
    ],
)
def test_asks_the_api(supervisor: ModuleType, deps: bytes, source: bytes, asks: bool) -> None:
    """The API is asked only for readiness, and only when it is the source of it."""
    pod = (b"KUBEXIT_POD_NAME=pod", b"KUBEXIT_NAMESPACE=ns")
    found = read(supervisor, *pod, b"KUBEXIT_BIRTH_DEPS=" + deps, b"KUBEXIT_BIRTH_SOURCE=" + source)

    assert found["asks_api"] is asks


@pytest.mark.behaviour("unknown-setting-warns")
def test_unknown_settings_are_kept_for_a_warning(supervisor: ModuleType) -> None:
    """Unknown KUBEXIT_* variables are kept for a warning; variables that Kubernetes sets for a Service are not."""
    found = read(
        supervisor,
        b"KUBEXIT_GRAVE_PERIOD=1s",
        b"KUBEXIT_SERVICE_HOST=10.0.0.1",
        b"KUBEXIT_SERVICE_PORT=80",
        b"KUBEXIT_SERVICE_PORT_HTTP=80",
        b"KUBEXIT_PORT=tcp://10.0.0.1:80",
        b"KUBEXIT_PORT_80_TCP_ADDR=10.0.0.1",
        b"KUBEXIT=1",
        b"kubexit_name=x",
        b"MY_KUBEXIT_NAME=x",
        b"KUBEXIT_=x",
    )

    assert found["unknown"] == [b"KUBEXIT_GRAVE_PERIOD", b"kubexit_name", b"KUBEXIT_"]


@pytest.mark.behaviour("stop-signal-names")
@pytest.mark.parametrize(
    ("text", "number"),
    [
        (b"TERM", 15),
        (b"SIGTERM", 15),
        (b"winch", 28),
        (b"QUIT", 3),
        (b"9", 9),
        (b"64", 64),
        (b"RTMIN", 34),
        (b"RTMIN+3", 37),
        (b"SIGRTMAX-1", 63),
        (b"POLL", 29),
        (b"IO", 29),
    ],
)
def test_a_stop_signal_becomes_a_number(supervisor: ModuleType, text: bytes, number: int) -> None:
    """A stop signal becomes its number on this machine."""
    assert read(supervisor, b"KUBEXIT_STOP_SIGNAL=" + text)["stop_signal"] == number
