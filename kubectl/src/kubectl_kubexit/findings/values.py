"""KX101 to KX110: single settings."""

from collections.abc import Iterator

from kubectl_kubexit.findings.check import MOST, Fix, Found, Severity, View, check
from kubectl_kubexit.findings.commands import SHELL_SYNTAX
from kubectl_kubexit.findings.foreign import FOREIGN, is_near, near_prefix
from kubectl_kubexit.manifest.bundle import words_unquoted
from kubectl_kubexit.settings import duration
from kubectl_kubexit.settings.effective import PREFIX
from kubectl_kubexit.settings.name import nearest
from kubectl_kubexit.settings.table import TABLE

SECOND = duration.SECOND
NEEDED_FOR_API = ("POD_NAME", "NAMESPACE")


@check("KX101", Severity.ERROR, "unknown setting", "kubexit ignores it, logs a warning and starts the command.")
def unknown_setting(view: View) -> Iterator[Found]:
    for member in view.members.all:
        names = sorted({*member.own.unknown, *member.effective.unknown} - set(FOREIGN))
        for index, name in enumerate(names):
            short = name.removeprefix(PREFIX)
            meant = nearest(short, list(TABLE)) if index < MOST else None  # the remedy of others is not shown
            remedy = f"write {PREFIX}{meant}" if meant else "remove it; `kubexit --help` lists the settings"
            yield view.about(member, short, f"unknown setting {name}", remedy)


@check("KX102", Severity.ERROR, "misspelt prefix", "kubexit reads only variables that begin with KUBEXIT_.")
def misspelt_prefix(view: View) -> Iterator[Found]:
    for member in view.members.all:
        count = 0
        for variable in member.container.variables.values():
            if count < MOST:
                meant = near_prefix(variable.name, variable.value or "")
            else:  # the remedy is not shown
                meant = PREFIX if is_near(variable.name) else None
            if meant:
                count += 1
                remedy = f"write {meant}" if meant != PREFIX else "remove it; `kubexit --help` lists the settings"
                yield Found(variable.at, member.container, f"{variable.name} is no setting", remedy)


@check("KX103", Severity.ERROR, "bad value", "kubexit exits with 2 before it starts the command.")
def bad_value(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        for problem in member.effective.problems:
            missing = problem.setting in {*NEEDED_FOR_API, "NAME"} and problem.setting not in member.effective.given
            # KX101 says which name is unknown, KX205 what only a shell would understand.
            elsewhere = problem.setting == "STRICT" or (
                problem.setting == "READY_EXEC" and SHELL_SYNTAX.search(problem.part)
            )
            if not missing and not elsewhere:
                reason, _, remedy = problem.reason.partition("; ")
                shown = f"{PREFIX}{problem.setting}={problem.part}: {reason}"
                yield view.about(member, problem.setting, shown, remedy or "correct the value")


@check("KX104", Severity.ERROR, "value without quotes", "The API server takes only strings as values of variables.")
def value_without_quotes(view: View) -> Iterator[Found]:
    for container in view.members.pod.containers:
        for node, name in words_unquoted(container):
            at = node.values_at["value"]
            text = node.written["value"]
            fix = Fix("quote-variable", name, text)
            yield Found(at, container, f"the value of {name} is not a string", f'write "{text}"', (fix,))


@check("KX105", Severity.WARNING, "probably a wrong unit", "m is minutes and ms is milliseconds, in all durations.")
def wrong_unit(view: View) -> Iterator[Found]:
    longest = {
        "GRACE_PERIOD": 600,
        "STOP_DELAY": 600,
        "ORPHAN_GRACE_PERIOD": 600,
        "QUIT_TIMEOUT": 300,
        "READY_PERIOD": 60,
    }
    shortest = {
        "GRACE_PERIOD": 100,
        "BIRTH_TIMEOUT": 500,
        "QUIT_TIMEOUT": 50,
        "STOP_DELAY": 10,
        "ORPHAN_GRACE_PERIOD": 10,
    }
    grace = view.members.pod.grace_seconds
    for member in view.members.wrapped:
        for setting in longest.keys() | shortest.keys():
            value = member.effective.nanoseconds(setting)
            if setting not in member.effective.given or not value:
                continue
            shown = f"{PREFIX}{setting}={member.effective.given[setting]}"
            long = setting in longest and value >= longest[setting] * SECOND and value > grace * SECOND
            if long:
                remedy = "s is the unit for seconds; if you mean it, set terminationGracePeriodSeconds to match"
                yield view.about(member, setting, f"{shown} is {duration.text(value)}, which is long", remedy)
            elif value < shortest.get(setting, 0) * SECOND // 1000:
                yield view.about(member, setting, f"{shown} is very short", "s is the unit for seconds, m for minutes")


@check(
    "KX107", Severity.WARNING, "setting of another tool",
    "It belongs to a fork of the original or to another tool, and kubexit does not read it.",
)  # fmt: skip
def foreign_setting(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        for variable in member.container.variables.values():
            if variable.name in FOREIGN:
                message = f"{variable.name} has no effect here"
                yield Found(variable.at, member.container, message, FOREIGN[variable.name])


@check(
    "KX108", Severity.ERROR, "KUBEXIT_NAME is missing", "kubexit exits with 2, and other containers wait for a name."
)
def name_missing(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        container = member.container
        named = "KUBEXIT_NAME" in container.variables or container.opaque or member.is_disabled
        if container.has_kubexit and not named:
            remedy = f"set KUBEXIT_NAME={container.name}"
            fix = Fix("set-variable", "KUBEXIT_NAME", container.name)
            yield Found(container.at, container, "kubexit has no name", remedy, (fix,))


@check(
    "KX109", Severity.WARNING, "KUBEXIT_NAME is not the name of the container",
    "Readiness from the API goes by the name of the container, all else by KUBEXIT_NAME.",
)  # fmt: skip
def name_differs(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        name, container = member.effective.name, member.container
        if name and name != container.name:
            message = f"KUBEXIT_NAME={name} in the container {container.name}"
            yield view.about(
                member, "NAME", message, f"write {container.name}, here and in the lists of other containers"
            )


@check("KX110", Severity.WARNING, "variable set twice", "The last one counts, without a warning.")
def set_twice(view: View) -> Iterator[Found]:
    for container in view.members.pod.containers:
        for variable in container.repeated:
            yield Found(variable.at, container, f"{variable.name} is set twice", "remove one of them")
