"""Run all checks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kubectl_kubexit.admission.injected import as_it_runs
from kubectl_kubexit.findings import (
    admission,
    cluster,
    commands,
    exits,
    graveyards,
    orders,
    plans,
    relations,
    times,
    values,
)
from kubectl_kubexit.findings import check as checks
from kubectl_kubexit.findings.check import MOST, Check, Found, View
from kubectl_kubexit.manifest.bundle import Bundle
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.progress import say
from kubectl_kubexit.relations.member import members

# The checks enter themselves when these modules are imported.
MODULES = (values, plans, admission, commands, relations, orders, exits, times, graveyards, cluster)
CHECKS = checks.ALL
ASKED = admission.__name__  # the checks that a pod without kubexit can fail


@dataclass(frozen=True)
class Finding:
    """What a check has found, and in which pod."""

    check: Check
    pod: Pod
    found: Found

    @property
    def place(self) -> tuple[str, int, int]:
        """File, line and column."""
        return self.pod.document.path, self.found.at.line, self.found.at.column

    @property
    def subject(self) -> str:
        """The pod and the container, for example Job/report, container main."""
        name = self.pod.title
        return f"{name}, container {self.found.container.name}" if self.found.container else name


def findings(bundle: Bundle, ignored: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Check all pods that use kubexit, in the order of the files and their lines.

    Args:
        bundle: what to check.
        ignored: codes of checks that are left out.
    """
    order = {document.path: index for index, document in reversed(list(enumerate(bundle.documents)))}
    found = [finding for pod in bundle.pods for finding in of_pod(pod, bundle) if finding.check.code not in ignored]
    yield from sorted(found, key=lambda finding: (order[finding.place[0]], finding.place[1:], finding.check.code))


def of_pod(pod: Pod, bundle: Bundle) -> Iterator[Finding]:
    """Check one pod as it will run; of one without kubexit, only whether it asks for kubexit in the right place."""
    say(f"checking {pod.document.path}")
    runs, refusals = as_it_runs(pod)
    view = View(members(runs), bundle, pod, refusals)
    uses = any(member.is_wrapped or member.own.given or member.own.unknown for member in view.members.all)
    chosen = CHECKS if uses and not refusals else [check for check in CHECKS if check.find.__module__ == ASKED]
    for check in chosen:
        for found in shortened(check.find(view)):
            yield Finding(check, pod, found)


def shortened(found: Iterable[Found]) -> Iterator[Found]:
    """Return the first findings of a kind about each container, and one that says how many more there are.

    The last one has the fixes of all that are left out.
    """
    seen: dict[int, int] = {}
    left_out: dict[int, list[Found]] = {}
    for one in found:
        key = id(one.container)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= MOST:
            yield one
        else:
            left_out.setdefault(key, []).append(one)
    for rest in left_out.values():
        fixes = tuple(fix for one in rest for fix in one.fixes)
        remedy = f"correct the first {MOST}, and check again"
        yield replace(rest[0], message=f"{len(rest):,} more of this kind", remedy=remedy, fixes=fixes)
