"""URL settings: which URLs are accepted, which process asks them, and what is refused."""

from types import ModuleType

import pytest

NAME = b"KUBEXIT_NAME=main"
LISTS = {"BIRTH_URLS": ("birth_urls", "GET"), "QUIT_POST": ("quit_urls", "POST"), "QUIT_GET": ("quit_urls", "GET")}
LONGEST = "http://localhost/" + "x" * 1983

every_list = pytest.mark.parametrize("variable", LISTS)


def read(supervisor: ModuleType, **settings: str | bytes) -> dict:
    """The settings, understood; ValueError when one is refused."""
    entries = [
        f"KUBEXIT_{key}=".encode() + (value if isinstance(value, bytes) else value.encode())
        for key, value in settings.items()
    ]
    return supervisor.settings_read([NAME, *entries])


@every_list
@pytest.mark.parametrize(
    ("url", "asks"),
    [
        ("http://127.0.0.1", "supervisor"),
        ("http://127.0.0.1/", "supervisor"),
        ("http://127.0.0.1:8080/quit?now=1#part", "supervisor"),
        ("http://10.0.0.1:65535/a@b:c[d]", "supervisor"),
        ("http://127.0.0.1?quit", "supervisor"),
        ("http://127.0.0.1:80#x", "supervisor"),
        ("http://localhost:1/%C3%A9%2C", "supervisor"),
        ("HTTP://LocalHost:15020/quit", "supervisor"),
        ("http://[::1]/", "supervisor"),
        ("http://[::1]:8080/", "supervisor"),
        ("http://[::ffff:127.0.0.1]:8080/", "supervisor"),
        (LONGEST, "supervisor"),
        ("http://proxy:8080/", "waiter"),
        ("http://proxy.shop.svc.cluster.local./", "waiter"),
        ("http://a_b-c.9/", "waiter"),
        ("http://127.0.0.1.nip.io/", "waiter"),
        ("http://127.1/", "waiter"),
        ("https://127.0.0.1:8443/", "waiter"),
        ("https://[::1]:8443/", "waiter"),
        ("HTTPS://localhost", "waiter"),
        ("https://proxy", "waiter"),
    ],
)
def test_names_and_tls_need_the_waiter(supervisor: ModuleType, variable: str, url: str, asks: str) -> None:
    """kubexit asks plain http to an IP literal or localhost without an interpreter; the waiter asks TLS and names."""
    key, method = LISTS[variable]

    assert read(supervisor, **{variable: url})[key] == [(method, url, asks)]


@pytest.mark.behaviour("bad-setting-exits-with-2")
@every_list
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("localhost:15020/quit", "must begin with http:// or https://"),
        ("ftp://localhost/quit", "must begin with http:// or https://"),
        ("unix:///run/quit", "must begin with http:// or https://"),
        ("http:/localhost", "must begin with http:// or https://"),
        ("http", "must begin with http:// or https://"),
        ("http://", "must begin with http:// or https://"),
        ("https://", "name a host"),
        ("http:///quit", "names no host"),
        ("http://:80/", "names no host"),
        ("http://?x", "names no host"),
        ("http://[]/", "names no host"),
        ("http://[::1/", "names no host"),
        ("http://[localhost]/", "IPv6"),
        ("http://[127.0.0.1]/", "IPv6"),
        ("http://[::1]x/", "port"),
        ("http://[::1]:/", "port"),
        ("http://::1/", "names no host"),
        ("http://localhost:/", "port"),
        ("http://localhost:0/", "port"),
        ("http://localhost:65536/", "port"),
        ("http://localhost:99999999999999999999/", "port"),
        ("http://localhost:-1/", "port"),
        ("http://localhost:8x/", "port"),
        ("http://localhost:80:80/", "port"),
        ("http://me@localhost/", "user name"),
        ("http://me:secret@localhost/", "user name"),
        ("http://me@[::1]/", "user name"),
        ("http://local host/", "blanks"),
        ("http://localhost/a b", "blanks"),
        ("http://localhost/é", "beyond ASCII"),
        (b"http://localhost/\xff", "beyond ASCII"),
        (b"http://localhost/\x7f", "beyond ASCII"),
        (b"http://localhost/a\r\nX-Header: 1", "percent-encoded"),
        ("http://pro%78y/", "invalid host"),
        ("http://prox!/", "invalid host"),
        ("http://" + "x" * 256 + "/", "host is too long"),
        (LONGEST + "x", "too long"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_bad_urls_are_refused(supervisor: ModuleType, variable: str, url: str | bytes, why: str) -> None:
    """A bad URL, or one that cannot be asked, is refused with the variable's name and the reason."""
    with pytest.raises(ValueError, match=rf"^KUBEXIT_{variable}\b") as refusal:
        read(supervisor, **{variable: url})

    assert why in str(refusal.value)


@pytest.mark.behaviour("lists-ignore-blanks-and-repeats")
@every_list
def test_blanks_and_empty_elements_are_ignored(supervisor: ModuleType, variable: str) -> None:
    """Blanks around an element and empty elements are ignored."""
    key, _ = LISTS[variable]
    found = read(supervisor, **{variable: " http://localhost/a ,, http://localhost/b\n,"})[key]

    assert [url for _, url, _ in found] == ["http://localhost/a", "http://localhost/b"]


@every_list
def test_one_of_several(supervisor: ModuleType, variable: str) -> None:
    """The message quotes the one element that is wrong."""
    with pytest.raises(ValueError, match=rf"^KUBEXIT_{variable}=http://x:0: invalid port"):
        read(supervisor, **{variable: "http://localhost/, http://x:0 ,http://localhost/"})


@pytest.mark.behaviour("bad-setting-exits-with-2")
@every_list
def test_at_most_sixteen_are_accepted(supervisor: ModuleType, variable: str) -> None:
    """There may be 16 of them: each quit request is a separate process."""
    urls = [f"http://localhost/{number}" for number in range(17)]
    key, _ = LISTS[variable]

    assert len(read(supervisor, **{variable: ",".join(urls[:16])})[key]) == 16
    with pytest.raises(ValueError, match=rf"^KUBEXIT_{variable}=http://localhost/16: one too many"):
        read(supervisor, **{variable: ",".join(urls)})


@pytest.mark.behaviour("bad-setting-exits-with-2")
def test_both_lists_count_together(supervisor: ModuleType) -> None:
    """Both lists of quit requests count together."""
    urls = ",".join(f"http://localhost/{number}" for number in range(9))

    with pytest.raises(ValueError, match=r"^KUBEXIT_QUIT_GET=http://localhost/7: one too many"):
        read(supervisor, QUIT_POST=urls, QUIT_GET=urls)


def test_by_default_no_url_is_asked(supervisor: ModuleType) -> None:
    """Without a setting no URL is asked."""
    found = read(supervisor)

    assert (found["birth_urls"], found["quit_urls"], found["quit_processes"]) == ([], [], b"")


@pytest.mark.parametrize("url", ["https://proxy/", "http://proxy/"])
def test_the_waiter_needs_no_pod(supervisor: ModuleType, url: str) -> None:
    """A URL for the waiter needs no pod name: the API is not asked."""
    assert read(supervisor, BIRTH_URLS=url, QUIT_POST=url)["asks_api"] is False
