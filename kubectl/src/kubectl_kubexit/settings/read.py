"""Read the settings of one container: all of them, and all that is wrong with them."""

from collections.abc import Mapping

from kubectl_kubexit.settings.address import parse_url
from kubectl_kubexit.settings.effective import PREFIX, PROBES, Problem, Settings
from kubectl_kubexit.settings.kinds import KINDS, MAX_URLS, code_kind, text_kind, word_kind
from kubectl_kubexit.settings.mesh import NATIVE, URLS, is_native
from kubectl_kubexit.settings.name import MARK
from kubectl_kubexit.settings.row import Row
from kubectl_kubexit.settings.service_link import is_service_link
from kubectl_kubexit.settings.table import TABLE

MAX_POD_FIELD = 253  # bytes of a DNS subdomain name (RFC 1123)


def read(environment: Mapping[str, str], from_elsewhere: frozenset[str] = frozenset()) -> Settings:
    """Read the KUBEXIT_ variables of an environment.

    Args:
        environment: variables with their values; others than KUBEXIT_ are ignored. Empty is unset.
        from_elsewhere: names without the prefix that are set, but with a value that is not known here.

    Returns:
        The settings, with one problem for each value that kubexit would refuse.
    """
    settings = Settings()
    for variable, value in environment.items():
        short = variable.removeprefix(PREFIX)
        if short == variable:
            continue
        if short in TABLE:
            if text := value.removeprefix(MARK):
                settings.given[short] = text
        elif not is_service_link(variable, value):
            settings.unknown.append(variable)
    for row in TABLE.values():
        read_row(settings, row)
    check_together(settings, from_elsewhere)
    return settings


def read_row(settings: Settings, row: Row) -> None:
    """Read the value of one setting, or its default."""
    value = settings.given.get(row.name, row.default)
    kind = KINDS.get(row.values, text_kind)
    if row.words:
        kind = code_kind if row.values.endswith("0-255") else word_kind
    try:
        settings.values[row.name] = kind(settings, row, value)
    except ValueError as error:
        settings.problems.append(Problem(row.name, value if row.name in settings.given else "", str(error)))


def check_together(settings: Settings, from_elsewhere: frozenset[str]) -> None:
    """Check what several settings decide together."""

    def refuse(setting: str, reason: str) -> None:
        settings.problems.append(Problem(setting, settings.given.get(setting, ""), reason))

    code = settings.values.get("EXIT_CODE_ON_STOP")
    if settings.values.get("IGNORE_CODE_ON_DEATH_DEPS"):
        if "EXIT_CODE_ON_STOP" in settings.given and code != 0:
            refuse("IGNORE_CODE_ON_DEATH_DEPS", "contradicts KUBEXIT_EXIT_CODE_ON_STOP; set only one of them")
        settings.values["EXIT_CODE_ON_STOP"] = 0
    if "SIDECAR_OF" in settings.given:
        zeros = ("EXIT_CODE_ON_STOP", "EXIT_CODE_ON_TERM")
        settings.values |= {setting: 0 for setting in zeros if setting not in settings.given}
    if settings.values.get("STRICT") and settings.unknown:
        refuse("STRICT", f"{settings.unknown[0]} is no setting; correct its name or remove it")
    probes = [probe for probe in PROBES if probe in settings.given]
    if settings.values.get("READY_NOTIFY") is False and "READY_NOTIFY" in probes:
        probes.remove("READY_NOTIFY")
    if len(probes) > 1:
        refuse(probes[-1], f"only one of {', '.join(PREFIX + probe for probe in probes)} can be set")
    for setting in ("TIMEOUT", "READY_TIMEOUT"):
        if settings.values.get(setting) == 0:
            refuse(setting, "would stop the command at once; use a longer time, or infinite")
    if not probes and settings.nanoseconds("READY_TIMEOUT"):
        refuse("READY_TIMEOUT", "needs a readiness probe; set KUBEXIT_READY_TCP or another one")
    add_mesh(settings)
    for setting in ("POD_NAME", "NAMESPACE"):
        kind = "BIRTH" if settings.asks_api else "DEATH"
        text = settings.given.get(setting, "").strip(" \t\n\r")
        asks = settings.asks_api or settings.watches_deaths
        if asks and setting not in from_elsewhere and not 0 < len(text.encode()) <= MAX_POD_FIELD:
            field_path = "metadata.name" if setting == "POD_NAME" else "metadata.namespace"
            refuse(
                setting,
                f"is required, because KUBEXIT_{kind}_DEPS asks the Kubernetes API; set it from fieldRef {field_path}, "
                f"or set KUBEXIT_{kind}_SOURCE=graveyard",
            )


def add_mesh(settings: Settings) -> None:
    """Add the URLs of KUBEXIT_MESH behind the user's own."""
    mesh = settings.word("MESH")
    if not mesh:
        return
    ready, quit_url = URLS[mesh.removesuffix(NATIVE)]
    adds = [("BIRTH_URLS", settings.birth_urls, ready)]
    adds += [] if is_native(mesh) else [("QUIT_POST", settings.quit_urls, quit_url)]
    for setting, urls, url in adds:
        if len(urls) >= MAX_URLS:
            reason = "no room for the URL of KUBEXIT_MESH; use at most 15 URLs with it"
            settings.problems.append(Problem(setting, settings.given.get(setting, ""), reason))
        urls.append(parse_url(url))
