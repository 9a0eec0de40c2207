"""The command line that the supervisor composes for the waiter."""

from kubexit.waiter import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = (
    "usage: python -m kubexit.waiter [--pod POD --namespace NS] --name OWN_NAME [--get URL]... [DEP...]\n"
    "       python -m kubexit.waiter --pod POD --namespace NS --name OWN_NAME --deaths {first,again} DEP...\n"
    "       python -m kubexit.waiter --name OWN_NAME --quit-seconds SECONDS [--quit-wait SECONDS] "
    "[--get URL | --post URL]..."
)
METHODS = {"--get": "GET", "--post": "POST"}
SETTINGS = 2  # the exit code of kubexit.waiter.errors.SettingsError, which costs an import


class Arguments:
    """The command line that the supervisor composes (ext/children/waiter.pyx), so no parser that explains itself.

    --service-account and --watch-seconds are for tests; the supervisor never passes them. --log-level and --log-format
    come with a plan, which can have these settings; else the variables count.
    """

    def __init__(self, words: "Sequence[str]") -> None:
        options = dict.fromkeys(("--pod", "--namespace", "--name", "--service-account"), "")
        options |= {"--watch-seconds": "20", "--quit-seconds": "0", "--quit-wait": "0", "--deaths": ""}
        options |= {"--log-level": "", "--log-format": ""}
        self.urls: list[tuple[str, str]] = []
        rest = list(words)
        while len(rest) >= 2 and (rest[0] in options or rest[0] in METHODS):
            key, value, *rest = rest
            if key in METHODS:
                self.urls.append((METHODS[key], value))
            else:
                options[key] = value
        self.pod, self.namespace, self.name = options["--pod"], options["--namespace"], options["--name"]
        self.deaths = options["--deaths"]
        self.log_level, self.log_format = options["--log-level"], options["--log-format"]
        self.quit_seconds = float(options["--quit-seconds"])
        self.quit_wait_seconds = float(options["--quit-wait"])
        # Quit requests are made for a container without a (valid) name too.
        named = self.name or self.quit_seconds > 0
        if not named or not (rest or self.urls) or (rest and not (self.pod and self.namespace)):
            engine.write(2, USAGE.encode() + b"\n")
            raise SystemExit(SETTINGS)
        self.service_account = options["--service-account"]
        self.watch_seconds = int(options["--watch-seconds"])
        self.dependencies = rest
