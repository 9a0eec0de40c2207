"""KX111 to KX115: the plan of the pod."""

from collections.abc import Iterator

from kubectl_kubexit.findings.check import Found, Severity, View, check, plan_position
from kubectl_kubexit.plan.text import is_relation
from kubectl_kubexit.settings.effective import PREFIX
from kubectl_kubexit.settings.name import nearest
from kubectl_kubexit.settings.read import read
from kubectl_kubexit.settings.table import TABLE


@check("KX111", Severity.ERROR, "bad plan", "Every container checks the whole plan, and exits with 2.")
def bad_plan(view: View) -> Iterator[Found]:
    plan = view.members.plan
    for problem in plan.problems if plan else []:
        at = plan_position(view.members, problem.line) or view.members.pod.at
        reason, _, remedy = problem.reason.partition("; ")
        message = f"line {problem.line}, column {problem.column} of the plan: {reason}"
        yield Found(at, None, message, remedy or "correct the line")


@check(
    "KX112", Severity.ERROR, "a container without a line", "kubexit exits with 2 if the plan has no line of its name."
)
def no_line(view: View) -> Iterator[Found]:
    plan = view.members.plan
    for member in view.members.wrapped:
        if plan and member.plan_line is None and member.own.given.get("PLAN"):
            meant = nearest(member.name, list(plan.lines))
            remedy = f"write `{member.name}:` as a line" + (f", or is it {meant}?" if meant else "")
            yield Found(member.container.at, member.container, f"the plan has no line for {member.name}", remedy)


@check("KX113", Severity.ERROR, "a line without a container", "No container has this name, so others may wait for it.")
def no_container(view: View) -> Iterator[Found]:
    plan = view.members.plan
    names = [member.name for member in view.members.all]
    for line in plan.lines.values() if plan else []:
        if line.name not in names:
            meant = nearest(line.name, names)
            remedy = f"write {meant}" if meant else f"the pod has {', '.join(names)}"
            at = plan_position(view.members, line.number) or view.members.pod.at
            yield Found(at, None, f"the plan has a line for {line.name}, which the pod does not have", remedy)
        else:
            yield from bad_settings(view, line.name)


def bad_settings(view: View, name: str) -> Iterator[Found]:
    """Return the unknown settings of a line whose container does not use the plan, and so does not show them."""
    member, plan = view.members.named(name), view.members.plan
    if member is None or plan is None or member.plan_line is not None:
        return
    settings = {PREFIX + key: value for key, value in plan.lines[name].settings.items()}
    for unknown in read(settings).unknown:
        meant = nearest(unknown.removeprefix(PREFIX), list(TABLE))
        at = plan_position(view.members, plan.lines[name].number) or view.members.pod.at
        yield Found(
            at, member.container, f"unknown setting {unknown} in the plan", f"write {meant}" if meant else "remove it"
        )


@check(
    "KX114", Severity.ERROR, "a setting that contradicts the plan",
    "Relations and probes come from the plan alone; another value in the container is refused with 2.",
)  # fmt: skip
def contradicts(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        if member.plan_line is None:
            continue
        for setting, value in member.own.given.items():
            planned = member.plan_line.settings.get(setting)
            if is_relation(setting) and setting != "BIRTH_SOURCE" and value != planned:
                message = f"KUBEXIT_{setting}={value} is not what the plan says"
                yield view.about(member, setting, message, "move it into the plan, and remove it here")


@check("KX115", Severity.ERROR, "not the same plan", "All containers of a pod must have the same plan.")
def not_the_same(view: View) -> Iterator[Found]:
    variable = view.members.plan_variable
    for member in view.members.wrapped:
        own = member.variable("PLAN")
        if variable is None or member.container.opaque or member.is_disabled:
            continue
        if own is None:
            message = f"{member.container.name} has no KUBEXIT_PLAN, but other containers have one"
            yield Found(
                member.container.at,
                member.container,
                message,
                "set KUBEXIT_PLAN in all containers, from the same place",
            )
        elif own.value is not None and own.value != variable.value:
            message = f"the plan of {member.container.name} differs from that of other containers"
            yield Found(own.at, member.container, message, "set it from one annotation or ConfigMap in all containers")
        elif own.value == "" and own.source == "fieldRef":
            yield Found(own.at, member.container, "the plan is empty", "is the annotation on the pod template?")
