"""The line of a plan that does the same as the single settings of a container."""

from collections.abc import Mapping

from kubectl_kubexit.plan.text import NOT_IN_A_PLAN
from kubectl_kubexit.settings.dependency import names_in
from kubectl_kubexit.settings.table import TABLE


def line_of(given: Mapping[str, str], asks_api: bool) -> dict[str, str]:
    """Return the settings of a line.

    Args:
        given: the settings of the container without their prefix.
        asks_api: whether it asks the API for readiness, which must be said in a plan.
    """
    found = {
        setting: value
        for setting, value in given.items()
        if setting in TABLE and setting not in NOT_IN_A_PLAN and not is_default(setting, value, given)
    }
    found.pop("BIRTH_SOURCE", None)
    if asks_api:
        found["BIRTH_SOURCE"] = "kubernetes"
    return with_sidecar_of(found)


def is_default(setting: str, value: str, given: Mapping[str, str]) -> bool:
    """Return whether a value changes nothing: it is the default, and SIDECAR_OF does not mean another one."""
    meant = setting in {"EXIT_CODE_ON_STOP", "EXIT_CODE_ON_TERM"} and "SIDECAR_OF" in given
    return value == TABLE[setting].default and not meant


def with_sidecar_of(settings: dict[str, str]) -> dict[str, str]:
    """Return the settings with SIDECAR_OF in place of the four that it means, if it means exactly them."""
    mains = settings.get("DEATH_DEPS", "")
    zeros = {settings.get("EXIT_CODE_ON_STOP"), settings.get("EXIT_CODE_ON_TERM")} <= {"zero", "0"}
    if not mains or not zeros or names_in(mains) != names_in(settings.get("TERM_AFTER", "")):
        return settings
    meant = {"DEATH_DEPS", "TERM_AFTER", "EXIT_CODE_ON_STOP", "EXIT_CODE_ON_TERM"}
    return {"SIDECAR_OF": mains} | {setting: value for setting, value in settings.items() if setting not in meant}
