"""The settings grammar of kubectl-kubexit and that of the native unit are one: held together by random values."""

import os
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubectl_kubexit.settings.effective import PROBES, Settings
from kubectl_kubexit.settings.read import read
from kubectl_kubexit.settings.table import TABLE

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "400"))
POD = {"KUBEXIT_NAME": "main", "KUBEXIT_POD_NAME": "pod", "KUBEXIT_NAMESPACE": "space"}

# Parts that values are made of: good ones, nearly good ones, and letters that a grammar may trip over.
PARTS = st.sampled_from(
    [
        *("30s", "1m30s", "1.5h", "300ms", ".5s", "1.s", "-5s", "+1us", "0", "00", "1µs", "1μs", "5", "5x", "s", "1h."),
        *("9223372036854775807ns", "9223372036854775808ns", "2562047h47m16.854775807s", "0.100000000000000000000h"),
        *("true", "TRUE", "tRuE", "f", "0", "no", "yes", "T", "infinite", "never"),
        *("TERM", "SIGTERM", "sigint", "RTMIN", "RTMIN+3", "RTMAX-30", "RTMIN+31", "rtmax-1", "SIGSIGTERM", "64", "65"),
        *(
            "TERM:QUIT",
            "HUP:",
            "15:3",
            "RTMIN+3:TERM",
            "KILL:TERM",
            "TERM:KILL",
            "CHLD:TERM",
            ":TERM",
            "TERM:NONE",
            "1:0",
        ),
        *("143", "130", "000255", "0143"),
        *("keep", "zero", "dependency", "255", "256", "-1", "any", "all", "start", "fail", "graveyard", "kubernetes"),
        *("db", "main", "db:died", "db:failed", "db:succeeded", "db:ready", "db:born", "db:", "db?", "*", "*:born"),
        *("db?:ready", "?", ".db", "a.alive", ".alive", "a/b", "x" * 240, "x" * 241, "ä" * 120, "ä" * 121, ":died"),
        *(
            "http://localhost:8080/x",
            "https://db/",
            "http://[::1]:80",
            "http://[::1",
            "http://u@h/",
            "http://",
            "http://a/x;y",
            "http://a;http://b",
            "envoy;pilot-agent",
            ";",
            "HTTP://a",
        ),
        *("http://h:0", "http://h:65536", "http://h:", "http://1.2.3.4?x#y", "http://a_b/", "http://ä/", "http://[a]/"),
        *(
            "http://[::ffff:1.2.3.4]/",
            "http://[fe80::1%eth0]/",
            "http://:80/",
            "http://[]/",
            "http://a b",
            "http://1.2/",
        ),
        *(
            "8080",
            "localhost:80",
            "127.0.0.1:80",
            "[::1]:80",
            "::1:80",
            ":80",
            "[]:80",
            "[localhost]:80",
            "[1.2.3.4]:5",
        ),
        *(
            "01.2.3.4:80",
            "1.2.3:80",
            "LOCALHOST:1",
            "[::1]",
            "0:1",
            "istio",
            "linkerd",
            "debug",
            "json",
            "/a/./b/",
            "a/b",
        ),
        *("istio-native", "linkerd-native", "istio-", "{}", '{"initContainers":["istio-init","istio-proxy"],"x":1}'),
        *('{"containers":["istio-proxy"]}', '{"initContainers":null,"containers":["a"', '{"containers":["istio-proxy'),
        *(
            '{"initContainers":["a",,"istio-proxy"]}',
            '{"initContainers":[ "istio-proxy"]}',
            '{ "initContainers" : [\n\t"istio-init" , "istio-proxy" ] }',
            ' {"containers": "istio-proxy"}',
            '{"containers":["a""istio-proxy"',
        ),
        *("a&&b", "a||b", "R&D", "a|b", "2>/dev/null", ">x", "&>/x", ">>/x", "://x?a&&b", "\ufeff", "\ufeffdb"),
        *(",", " ", "\t", "", "=", "\u00a0", "\x7f", "\x01"),
    ]
)
VALUES = st.one_of(
    PARTS,
    st.lists(PARTS, max_size=4).map(",".join),
    st.lists(PARTS, max_size=3).map("".join),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12),
)
SINGLE = sorted(set(TABLE) - {"PLAN"})  # whose grammar is compared in test_plan_grammar.py
NAMES = st.sampled_from([f"KUBEXIT_{name}" for name in SINGLE])


def native(supervisor: ModuleType, environment: dict[str, str]) -> dict | None:
    """What the native unit understands; None if it refuses."""
    try:
        return supervisor.settings_read([f"{key}={value}".encode() for key, value in environment.items()])
    except ValueError:
        return None


def same_dependencies(ours: Settings, theirs: dict) -> bool:
    """Whether both want the same of the same containers, in the same order."""
    mine = [(d.name.encode(), d.death, d.birth, d.optional, d.holds_term) for d in ours.dependencies]
    facts = ("name", "death", "birth", "optional", "holds_term")
    other = [
        tuple(set(d[fact]) if fact in {"death", "birth"} else d[fact] for fact in facts) for d in theirs["dependencies"]
    ]
    return mine == other and ours.dependencies.every_other == theirs["every_other"]


def differing_values(ours: Settings, theirs: dict) -> dict[str, tuple[object, object]]:
    """The settings whose meaning differs, with both meanings."""
    found = {}
    for name, mine in ours.values.items():
        other = theirs[name.lower()]
        other = other.decode() if isinstance(other, bytes) else other
        if name == "BIRTH_URLS":
            continue  # compared as URLs
        if name == "GRAVEYARD" and not ours.given.get("GRAVEYARD", "/").startswith("/"):
            continue  # it begins at the working folder, which a manifest does not show
        if (mine or None) != (other or None) and not (mine == 0 and other == "zero"):
            found[name] = (mine, other)
    return found


def compare(supervisor: ModuleType, environment: dict[str, str]) -> None:
    """Fail if the two readers do not agree about an environment."""
    ours, theirs = read(environment), native(supervisor, environment)

    assert (theirs is None) == bool(ours.problems), [str(problem) for problem in ours.problems]
    if theirs is not None:
        assert differing_values(ours, theirs) == {}
        assert same_dependencies(ours, theirs)
        assert (ours.probe or "READY_").removeprefix("READY_").lower() == (theirs["ready"] or "")
        assert ours.asks_api == theirs["asks_api"]
        assert [url.text for url in ours.birth_urls] == [url for _, url, _ in theirs["birth_urls"]]
        asked = [(url.text, "supervisor" if url.native else "waiter") for url in ours.quit_urls]
        assert asked == [(url, who) for _, url, who in theirs["quit_urls"]]


@pytest.mark.behaviour("authoring-grammar")
@settings(max_examples=EXAMPLES, deadline=None)
@given(name=NAMES, value=VALUES)
def test_one_value_means_the_same_twice(supervisor: ModuleType, name: str, value: str) -> None:
    """Each value of each setting is accepted by both readers with the same meaning, or by neither of them."""
    compare(supervisor, {**POD, name: value})


@pytest.mark.behaviour("authoring-grammar")
@settings(max_examples=EXAMPLES, deadline=None)
@given(chosen=st.dictionaries(NAMES, VALUES, max_size=5))
def test_several_values_mean_the_same_twice(supervisor: ModuleType, chosen: dict[str, str]) -> None:
    """Settings that decide together, for example two probes, are accepted by both readers or by neither of them."""
    compare(supervisor, {**POD, **chosen})


@pytest.mark.behaviour("authoring-grammar")
def test_both_have_the_same_settings(supervisor: ModuleType) -> None:
    """Our table is the table of the native unit: `make docs`, then `make dev`."""
    ours = [(f"KUBEXIT_{row.name}", row.values, row.default) for row in TABLE.values()]

    assert ours == [(row["name"], row["values"], row["default"]) for row in supervisor.settings_table()]


@pytest.mark.behaviour("authoring-grammar")
@pytest.mark.parametrize("name", SINGLE)
def test_every_row_is_compared(supervisor: ModuleType, name: str) -> None:
    """Each setting of the native unit is in our table, with all parts that values are made of."""
    for value in PARTS.elements:  # type: ignore[attr-defined]
        compare(supervisor, {**POD, f"KUBEXIT_{name}": value})


@pytest.mark.behaviour("authoring-grammar")
@settings(max_examples=EXAMPLES, deadline=None)
@given(name=st.text("ABCDEPRSTUVH_0159", max_size=24), value=st.sampled_from(["", "1", "tcp://10.0.0.1:80"]))
def test_the_same_names_are_unknown(supervisor: ModuleType, name: str, value: str) -> None:
    """A name is a setting, a variable of a Service or unknown for both readers alike."""
    environment = {**POD, f"KUBEXIT_{name}": value}
    found = native(supervisor, environment)

    assert found is None or [unknown.decode() for unknown in found["unknown"]] == read(environment).unknown


@pytest.mark.parametrize("probe", PROBES)
def test_each_probe_is_a_setting(probe: str) -> None:
    """The probes that the reader knows are rows of the table."""
    assert probe in TABLE
