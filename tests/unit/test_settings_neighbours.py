"""Settings that other coordinators have too: meshes, quit requests, TERM_AFTER, probes by HTTP and command."""

import json
from types import ModuleType

import pytest

NAME = b"KUBEXIT_NAME=main"
SECOND = 10**9
PROBES = {"TCP": "80", "FILE": "/x", "NOTIFY": "true", "HTTP": "http://localhost/", "EXEC": "true"}


def read(supervisor: ModuleType, **settings: str) -> dict:
    """The settings, understood; ValueError when one is refused."""
    return supervisor.settings_read([NAME, *(f"KUBEXIT_{key}={value}".encode() for key, value in settings.items())])


@pytest.mark.parametrize(
    ("mesh", "ready", "quit_url"),
    [
        ("istio", "http://localhost:15021/healthz/ready", "http://localhost:15020/quitquitquit"),
        ("linkerd", "http://localhost:4191/ready", "http://localhost:4191/shutdown"),
    ],
)
def test_a_mesh_is_two_urls(supervisor: ModuleType, mesh: str, ready: str, quit_url: str) -> None:
    """A mesh adds two URLs, the proxy's readiness and its quit endpoint; the user's own URLs come first."""
    own = "http://localhost/own"
    found = read(supervisor, MESH=mesh, BIRTH_URLS=own, QUIT_POST=own, QUIT_GET=own)

    assert found["birth_urls"] == [("GET", own, "supervisor"), ("GET", ready, "supervisor")]
    assert found["quit_urls"] == [
        ("POST", own, "supervisor"),
        ("GET", own, "supervisor"),
        ("POST", quit_url, "supervisor"),
    ]


# What Istio's injector writes: a native sidecar, an older proxy.
NATIVE = '{"initContainers":["istio-init","istio-proxy"],"containers":null,"volumes":["istio-envoy"],"revision":"x"}'
CLASSIC = '{"initContainers":["istio-init"],"containers":["istio-proxy"],"volumes":["istio-envoy"],"revision":"x"}'


@pytest.mark.behaviour("native-proxy-is-not-asked")
@pytest.mark.parametrize("value", ["istio-native", "linkerd-native", NATIVE], ids=lambda value: value[:12])
def test_a_native_proxy_is_one_url(supervisor: ModuleType, value: str) -> None:
    """A proxy that is a native sidecar is awaited and not asked to quit; the user's own URLs stay."""
    found = read(supervisor, MESH=value, QUIT_POST="http://localhost/own")

    assert [url.split("/")[2] for _, url, _ in found["birth_urls"]] == [
        "localhost:4191" if "linkerd" in value else "localhost:15021"
    ]
    assert found["quit_urls"] == [("POST", "http://localhost/own", "supervisor")]


@pytest.mark.behaviour("native-proxy-is-not-asked")
def test_the_status_of_the_injector_is_a_mesh(supervisor: ModuleType) -> None:
    """The annotation sidecar.istio.io/status says which kind of proxy was injected; it is empty without one."""
    assert read(supervisor, MESH=NATIVE)["mesh"] == "istio-native"
    assert read(supervisor, MESH=CLASSIC)["mesh"] == "istio"
    assert read(supervisor, MESH=CLASSIC)["quit_urls"] == [
        ("POST", "http://localhost:15020/quitquitquit", "supervisor")
    ]
    assert read(supervisor, MESH="")["birth_urls"] == []


@pytest.mark.behaviour("native-proxy-is-not-asked")
@pytest.mark.parametrize("indent", [None, 0, 2, "\t"])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (" ,\r\n", " : ")])
def test_the_status_in_any_form(supervisor: ModuleType, indent: int | str | None, separators: tuple[str, str]) -> None:
    """A status with blanks and line ends, as a person or another program writes JSON, is understood too."""
    for status, mesh in ((NATIVE, "istio-native"), (CLASSIC, "istio")):
        text = json.dumps(json.loads(status), indent=indent, separators=separators)

        assert read(supervisor, MESH=text)["mesh"] == mesh
        assert read(supervisor, MESH=f"\n {text}\n")["mesh"] == mesh


@pytest.mark.behaviour("bad-setting-exits-with-2", "native-proxy-is-not-asked")
@pytest.mark.parametrize(
    "status",
    [
        "{}",
        "{",
        '{"initContainers":null,"containers":null}',
        '{"initContainers":["istio-init"],"containers":[]}',
        '{"initContainers":["istio-init","istio-proxy-x"],"containers":["',
        '{"volumes":["istio-proxy"]}',
        '{"containers": "istio-proxy"}',
        '{"containers": ["a" "istio-proxy"]}',
        '{"containers" ["istio-proxy"]}',
    ],
)
def test_a_status_without_a_proxy_is_refused(supervisor: ModuleType, status: str) -> None:
    """A text of another form, or one that names no proxy, is refused with the names that are possible."""
    with pytest.raises(ValueError, match=r"^KUBEXIT_MESH=.*no istio-proxy in this text; use the annotation"):
        read(supervisor, MESH=status)


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize("variable", ["BIRTH_URLS", "QUIT_POST"])
def test_mesh_is_one_too_many(supervisor: ModuleType, variable: str) -> None:
    """With 16 URLs already there is no room for the mesh's, and the message says so."""
    urls = ",".join(f"http://localhost/{number}" for number in range(16))

    with pytest.raises(ValueError, match=rf"^KUBEXIT_{variable}=.*no room for the URL of KUBEXIT_MESH"):
        read(supervisor, MESH="istio", **{variable: urls})


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    ("variable", "good", "bad"),
    [
        (
            "MESH",
            ["istio", "linkerd", "istio-native", "linkerd-native"],
            ["consul", "Istio", "istio,linkerd", "istio|linkerd", "none"],
        ),
        ("QUIT_POLICY", ["always", "success", "failure", "never"], ["no", "on-success", "ALWAYS", "success "]),
        ("QUIT_TIMEOUT", ["0", "5s", "-1s"], ["5", "5 s", "soon", "infinite"]),
        ("QUIT_PROCESSES", ["envoy", "a, b ,c", "my proxy"], ["/usr/bin/envoy", "envoy,bin/x"]),
        ("TERM_AFTER", ["main2", "a, b,,a"], ["a/b", ".a", "*", "a?", "a:died", "a:succeeded", "a:", ":died", "a b"]),
        ("READY_HTTP", ["http://localhost:80/x", "http://[::1]/"], ["https://localhost/", "http://app/", "80", "/x"]),
        ("READY_HTTP", ["http://127.0.0.1/a,b"], ["http://localhost:0/", "http://me@localhost/", " http://localhost/"]),
        ("READY_EXEC", ["true", " pg_isready  -q\t-h /run "], [" ", "\t\n", "x" * 1001, "x " * 61]),
    ],
)
def test_words_are_accepted_or_refused(supervisor: ModuleType, variable: str, good: list[str], bad: list[str]) -> None:
    """A known word is accepted; any other is refused with the variable's name."""
    for value in good:
        read(supervisor, **{variable: value})
    for value in bad:
        with pytest.raises(ValueError, match=rf"^KUBEXIT_{variable}\b"):
            read(supervisor, **{variable: value})


@pytest.mark.behaviour("bad-setting-exits-with-2", "no-dependency-on-itself")
def test_term_after_ourselves(supervisor: ModuleType) -> None:
    """No container can wait for its own end before it ends."""
    with pytest.raises(ValueError, match=r"^KUBEXIT_TERM_AFTER=main: is this container itself"):
        read(supervisor, TERM_AFTER="db,main")


def test_term_after_takes_no_condition(supervisor: ModuleType) -> None:
    """A condition is refused with the reason: any death lets the SIGTERM pass."""
    with pytest.raises(
        ValueError,
        match=r"^KUBEXIT_TERM_AFTER=db:failed: takes a plain name; conditions such as :died are not supported",
    ):
        read(supervisor, TERM_AFTER="db:failed")


@pytest.mark.behaviour("lists-ignore-blanks-and-repeats")
def test_term_after_is_one_dependency(supervisor: ModuleType) -> None:
    """A name in several lists is one dependency with all of their conditions."""
    (db,) = read(supervisor, TERM_AFTER="db,db", DEATH_DEPS="db:failed", BIRTH_DEPS="db:born")["dependencies"]

    assert db == {"name": b"db", "death": ["failed"], "birth": ["born"], "optional": False, "holds_term": True}


def test_quit_requests_have_five_seconds(supervisor: ModuleType) -> None:
    """By default quit requests are made for every exit code, with a limit of five seconds."""
    found = read(supervisor)

    assert (found["quit_policy"], found["quit_timeout"]) == ("always", 5 * SECOND)


@pytest.mark.parametrize("kind", PROBES)
def test_each_probe_is_accepted(supervisor: ModuleType, kind: str) -> None:
    """Each probe alone is accepted."""
    assert read(supervisor, **{f"READY_{kind}": PROBES[kind]})["ready"] == kind.lower()


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    ("one", "other"),
    [(one, other) for one in PROBES for other in PROBES if list(PROBES).index(one) < list(PROBES).index(other)],
)
def test_two_probes_are_refused(supervisor: ModuleType, one: str, other: str) -> None:
    """A command has one readiness probe; the message names all that are set."""
    with pytest.raises(ValueError, match="only one of them may be set") as refusal:
        read(supervisor, **{f"READY_{kind}": PROBES[kind] for kind in (one, other)})

    assert [kind for kind in PROBES if f"KUBEXIT_READY_{kind}" not in str(refusal.value)] == []
