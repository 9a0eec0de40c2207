"""The static file's waiter: no environment variable disturbs it or is lost for the command."""

from collections.abc import Callable

import pytest

from harness.kubexit import Kubexit
from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, ready
from harness.supervised import Supervised

READY = ready(pod("main", "db"), "db")

# Words of the interpreter, of the boot loader, of OpenSSL, of the C library and of other packed programs.
HOSTILE = {
    "PYTHONHOME": "/nonexistent",
    "PYTHONPATH": "/nonexistent",
    "PYTHONSTARTUP": "/nonexistent",
    "PYTHONINSPECT": "1",
    "PYTHONVERBOSE": "2",
    "PYTHONDEVMODE": "1",
    "PYTHONMALLOC": "nonsense",
    "PYTHONHASHSEED": "nonsense",
    "PYTHONUTF8": "0",
    "PYTHONIOENCODING": "utf-16",
    "PYTHONWARNINGS": "error",
    "PYTHONBREAKPOINT": "nonsense",
    "PYTHONPLATLIBDIR": "nonsense",
    "_PYI_ARCHIVE_FILE": "/proc/self/exe",
    "_PYI_PARENT_PROCESS_LEVEL": "1",
    "_PYI_APPLICATION_HOME_DIR": "/nonexistent",
    "_PYI_LINUX_PROCESS_NAME": "nonsense",
    "_PYI_SPLASH_IPC": "1",
    "_MEIPASS2": "/nonexistent",
    "PYINSTALLER_RESET_ENVIRONMENT": "1",
    "PYINSTALLER_STRICT_UNPACK_MODE": "1",
    "PYINSTALLER_SUPPRESS_SPLASH_SCREEN": "0",
    "LD_LIBRARY_PATH": "/nonexistent",
    "LD_LIBRARY_PATH_ORIG": "/nonexistent",
    "LD_PRELOAD": "/nonexistent.so",
    "SSL_CERT_FILE": "/nonexistent",
    "SSL_CERT_DIR": "/nonexistent",
    "OPENSSL_CONF": "/nonexistent",
    "OPENSSL_MODULES": "/nonexistent",
    "OPENSSL_ia32cap": "~0x0",
    "REQUESTS_CA_BUNDLE": "/nonexistent",
    "LC_ALL": "de_DE.ISO-8859-1",
    "LANG": "C",
    "TZ": ":/nonexistent",
    "TMPDIR": "/nonexistent",
    "HOME": "/nonexistent",
    "VIRTUAL_ENV": "/nonexistent",
    "MALLOC_ARENA_MAX": "nonsense",
}


@pytest.mark.behaviour("surroundings-unchanged", "no-packaging-in-environment")
def test_all_of_them(api: ApiServer, awaiting: Callable[..., Supervised], actor: str, static: Kubexit) -> None:
    """With all of them set, the waiter finds the dependency ready, and the command gets each of them unchanged."""
    api.show(READY)
    started = awaiting(actor, "dump-env", env=HOSTILE)

    assert started.wait() == 0, started.stderr
    assert started.stdout.encode("utf-8", "surrogateescape").split(b"\0")[:-1] == [
        key + b"=" + value for key, value in started.environment.items()
    ]
    assert "kubexit" in started.stderr
    assert [line for line in started.stderr.splitlines() if "kubexit[main]: " not in line] == []


@pytest.mark.parametrize("locale", ["C", "POSIX", "de_DE.UTF-8", "de_DE.ISO-8859-1", "nonsense", None])
def test_any_locale_writes_utf_8(api: ApiServer, awaiting: Callable[..., Supervised], locale: str | None) -> None:
    """Words that are not ASCII are written as UTF-8 in any locale, and nothing is added to the environment."""
    waiting = pod("main", "db")
    waiting["status"]["containerStatuses"][1]["state"] = {"waiting": {"reason": "Grüße", "message": "☃"}}
    api.show(waiting)
    started = awaiting("env", env={"LC_ALL": locale} if locale else {}, LOG_LEVEL="debug")
    started.wait_line("not ready: db .waiting: Grüße: ☃.", "stderr")
    api.wait_watched()
    api.show(READY)

    assert started.wait() == 0
    assert ("LC_ALL" in started.stdout) == bool(locale)
    assert "LC_CTYPE" not in started.stdout
