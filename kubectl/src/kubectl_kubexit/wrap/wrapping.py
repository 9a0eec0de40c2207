"""What `wrap` does with each pod of a file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubectl_kubexit.admission.label import COMMAND, INJECTED, MAIN, PLAN, is_windows
from kubectl_kubexit.admission.sidecars import plan_of, roles_of, where
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.manifest.container import Container, text_of
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.plan.text import parse
from kubectl_kubexit.settings.name import nearest
from kubectl_kubexit.wrap.files import change_pods
from kubectl_kubexit.wrap.inject import Delivery, inject

# Finds the words of an entry point by container, image, and whether there are `args`; and the digest that was read.
Find = Callable[[str, str, bool], tuple[list[str], str]]


@dataclass(frozen=True)
class Wrapping:
    """How pods are wrapped.

    mains, sidecars: the containers that do the work and that serve them. plan: a plan instead of these. find: the entry
    point of an image. pin: whether the digest that was read is written into the image.
    """

    mains: tuple[str, ...]
    sidecars: tuple[str, ...]
    plan: str | None
    delivery: Delivery
    find: Find
    pin: bool = False

    def wrap(self, text: str, path: str) -> tuple[str, int]:
        """Return a file with kubexit in its pods, and how many pods were changed."""
        return change_pods(text, path, self.wrap_pod)

    def wrap_pod(self, node: Any, pod: Pod) -> bool:
        """Wrap a pod, unless it is wrapped already; return whether it was changed."""
        if INJECTED in pod.annotations or is_windows(pod):
            return False
        names, plan = self.plan_for(pod)
        digests: dict[str, str] = {}

        def entry(container: Container) -> list[str]:
            noted = text_of(pod.annotations.get(COMMAND + container.name)).split()
            if noted:
                return noted
            try:
                image = text_of(container.node.get("image"))
                words, digests[container.name] = self.find(container.name, image, bool(container.args))
            except UserError as error:
                raise UserError(f"{where(pod)}: container {container.name} has no command: {error}") from None
            return words

        inject(node, pod, names, plan, self.delivery, entry)
        for container in node["spec"]["containers"] if self.pin else []:
            digest = digests.get(container["name"])
            if digest and "@" not in container["image"]:
                container["image"] = f"{container['image']}@{digest}"
        return True

    def plan_for(self, pod: Pod) -> tuple[list[str], str]:
        """Return the containers that get kubexit, and the plan of the pod.

        Raises:
            UserError: there is no plan and no main container, or the plan does not fit the pod.
        """
        containers = [container.name for container in pod.containers if container.role == "main"]
        noted = text_of(pod.annotations.get(PLAN))
        plan = self.plan if self.plan is not None else None if self.mains else noted or None
        if plan is not None:
            return self.planned(pod, plan, containers), plan
        mains = self.mains or tuple(name for name in [text_of(pod.annotations.get(MAIN))] if name)
        if not mains and len(containers) == 1:
            mains = tuple(containers)
        if not mains:
            names = ", ".join(containers)
            raise UserError(
                f"{where(pod)}: which container does the work? give --main with one of {names}; or --plan FILE"
            )
        roles = roles_of(pod, mains, self.sidecars)
        return [name for name in containers if roles.has(name)], plan_of(pod, roles)

    def planned(self, pod: Pod, plan: str, containers: list[str]) -> list[str]:
        """Return the containers that a plan has lines for."""
        parsed = parse(plan)
        for problem in parsed.problems:
            raise UserError(f"line {problem.line}, column {problem.column} of the plan: {problem.reason}")
        known = [container.name for container in pod.containers]
        for name, line in parsed.lines.items():
            if name not in known:
                meant = nearest(name, known)
                hint = f"; did you mean {meant}?" if meant else f"; it has {', '.join(known)}"
                raise UserError(
                    f"{where(pod)}: line {line.number} of the plan is for {name}, which the pod does not have{hint}"
                )
        return [name for name in containers if name in parsed.lines]
