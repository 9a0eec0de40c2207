"""Examples as published: their objects, the cases of their local.toml, and the proxies that a mesh would inject."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cluster import manifests
from demo import local
from e2e.container import CONFINED
from e2e.images import EXAMPLE

# Placeholders of local.toml: where the images have the programs, and an annotation of the pod.
PROGRAMS = "{programs}"
ANNOTATION = "{annotation:"


@dataclass(frozen=True)
class Case:
    """One way to run an example, and how its containers end: their last two exit codes, or the last one."""

    file: str
    name: str
    codes: Mapping[str, list[int]]
    environment: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    says: Mapping[str, str] = field(default_factory=dict)
    injected: Mapping[str, list[str]] = field(default_factory=dict)
    delete_after: Mapping[str, str] = field(default_factory=dict)
    # Text of the manifest that is replaced, so that the work fails.
    instead: tuple[str, str] | None = None
    # Of the injected ones, the native sidecars: init containers that the kubelet keeps running.
    native: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.file.removesuffix('.yaml')}-{self.name}"

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The objects of the manifest; only the case's variables and what a mesh injects are added."""
        made = manifests.read(self.file)
        if self.instead:
            made = json.loads(json.dumps(made).replace(*self.instead))
        for thing in made:
            template = thing.get("spec", {}).get("template", thing)
            containers = template.get("spec", {}).get("containers")
            if not containers:
                continue
            for entry in containers:
                for key, value in self.environment.get(entry["name"], {}).items():
                    entry["env"] = [*(old for old in entry.get("env", []) if old["name"] != key), _variable(key, value)]
            annotations = template.get("metadata", {}).get("annotations", {})
            for name, words in self.injected.items():
                proxy = _injected(name, words, annotations)
                if name in self.native:
                    template["spec"].setdefault("initContainers", []).append({**proxy, "restartPolicy": "Always"})
                else:
                    containers.append(proxy)
        return made


def _variable(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


def _injected(name: str, words: list[str], annotations: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "image": EXAMPLE,
        "command": [_filled(word, annotations) for word in words],
        "securityContext": CONFINED,
    }


def _filled(word: str, annotations: Mapping[str, str]) -> str:
    if word.startswith(ANNOTATION):
        return annotations.get(word.removeprefix(ANNOTATION).removesuffix("}"), "")
    return word.replace(PROGRAMS, "/programs")


def local_cases() -> Iterator[Case]:
    """The cases of each local.toml, as `make demo` runs them on one machine."""
    for path in sorted(manifests.EXAMPLES.glob("*/local.toml")):
        (file,) = [*path.parent.glob("*.yaml")]
        found = local.read(path)
        for name, case in found.case.items():
            yield Case(
                str(file.relative_to(manifests.EXAMPLES)),
                name,
                {container: [code] for container, code in case.ends.items()},
                case.environment,
                case.order,
                case.says,
                {key: image.entrypoint for key, image in found.injected.items() if key not in case.without},
                case.delete_after,
                native=case.native,
            )
