"""kubexit.waiter.private and .public: C modules and public ones give the same; both have the official client's TLS."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util.ssl_ import ALPN_PROTOCOLS, create_urllib3_context

from kubexit.waiter import private, public

ROOT = Path(__file__).parents[2]
TEXTS = [
    "{}",
    ' [1, 2.5, -0, "\\u00e9\\ud83d\\ude00"]\n',
    '{"a": 1, "a": 2}',
    "NaN",
    "[1e999]",
    '"a\tb"',
    "",
    "{",
    "[1] 2",
    "\ufeff1",
]
TEXTS += [
    "01",
    "[1,]",
    "{1: 2}",
    "nul",
    "\v1",
    '{"a": {"b": [true, false, null]}}',
    "9" * 5000,
    "-Infinity",
    '"\\ud800"',
]
CONTEXT = ["options", "verify_flags", "verify_mode", "check_hostname", "minimum_version", "maximum_version"]
CONTEXT += ["post_handshake_auth", "protocol", "security_level", "_host_flags", "keylog_filename", "num_tickets"]


def outcome(parse: Any, text: str) -> str:
    """Return the parsed value as text (NaN is equal to nothing), or that the text is no JSON."""
    try:
        return repr(parse(text))
    except ValueError:
        return "ValueError"


@pytest.mark.parametrize("text", TEXTS)
def test_texts_are_parsed_alike(text: str) -> None:
    """Both give the same value, or refuse the same text."""
    assert outcome(private.parse, text) == outcome(json.loads, text) == outcome(public.parse, text)


@given(st.text(alphabet='{}[]",:0123456789.eE+- \\ntrufalse\n\t'))
def test_random_texts_are_parsed_alike(text: str) -> None:
    """Both agree on random texts too."""
    assert outcome(private.parse, text) == outcome(json.loads, text)


@given(st.text())
def test_texts_are_quoted_alike(text: str) -> None:
    """Both quote text as JSON does, with characters beyond ASCII unchanged."""
    assert private.quote(text) == public.quote(text) == json.dumps(text, ensure_ascii=False)


@pytest.mark.behaviour("cluster-address-and-certificates")
@pytest.mark.parametrize("engine", [private, public], ids=["private", "public"])
def test_tls_is_as_the_official_client_has_it(engine: Any) -> None:
    """A TLS context has the same options as that of the official client's library."""
    made, wanted = engine.context(""), create_urllib3_context()

    for name in CONTEXT:
        assert getattr(made, name) == getattr(wanted, name), name
    assert made.get_ciphers() == wanted.get_ciphers()
    assert ALPN_PROTOCOLS == ["http/1.1"]


@pytest.mark.behaviour("cluster-address-and-certificates")
@pytest.mark.parametrize("engine", [private, public], ids=["private", "public"])
def test_only_given_authorities_are_trusted(engine: Any, tmp_path: Path) -> None:
    """With a file of authorities, only these are trusted; a file without any is an error, not trust in all."""
    (tmp_path / "empty").write_text("nothing\n")
    with pytest.raises(engine.SslError, match="no certificate"):
        engine.context(str(tmp_path / "empty"))


def test_hosts_are_resolved_alike() -> None:
    """Both resolve names and literals to the same addresses."""
    for host in ("127.0.0.1", "::1", "localhost"):
        assert sorted(map(repr, private.resolve(host, 80))) == sorted(
            repr((int(a), int(b), c, d, e)) for a, b, c, d, e in public.resolve(host, 80)
        )
    with pytest.raises(socket.gaierror):
        private.resolve("proxy.invalid", 80)


def test_look_needs_no_library() -> None:
    """The first look, up to its first request and its words about that, imports only C modules and what is frozen.

    This is what makes it fast; in the static file there is no archive open yet from which another one could come.
    """
    script = f"""
import sys, types
pages = types.ModuleType("_pages")
pages.rest = lambda descriptor, milliseconds: None
sys.modules["_pages"] = pages
sys._MEIPASS = "/dev/null"
sys.path[:] = [path for path in sys.path if path.endswith("lib-dynload")] + [{str(ROOT)!r}]
before = set(sys.modules)
from kubexit.waiter.program import Arguments, Waiter
from kubexit.waiter import look, names, readiness, urls, view
from kubexit.waiter import engine
engine.environ.update(KUBERNETES_SERVICE_HOST="127.0.0.1", KUBERNETES_SERVICE_PORT="1", KUBEXIT_LOG_FORMAT="json")
words = ["--service-account", sys.argv[1], "--pod", "p", "--namespace", "n", "--name", "main", "db"]
waiter = Waiter(Arguments(words))
assert waiter.look() is None
waiter.log.error("words")
for text in ("{{", "[1,", "nul", '{{"a" 1}}', '"x'):
    try:
        raise AssertionError(engine.parse(text))
    except ValueError:
        pass
frozen = [name for name in set(sys.modules) - before if not name.startswith("kubexit")]
print([name for name in frozen if getattr(sys.modules[name], "__spec__").origin not in ("built-in", "frozen")
       and not (getattr(sys.modules[name], "__file__", "") or "").endswith(".so")])
"""
    folder = ROOT / ".build/tests/account"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "token").write_text("token")
    (folder / "ca.crt").write_text("none")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", script, str(folder)], capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
