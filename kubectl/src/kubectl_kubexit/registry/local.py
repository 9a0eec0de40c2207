"""Read the configuration of an image that podman or docker has on this machine."""

import json
import shutil
import subprocess

from kubectl_kubexit.registry.entries import ImageConfig, words_of

ENGINES = ("podman", "docker")
SECONDS = 15


def read(image: str) -> ImageConfig | None:
    """Return what an image executes; None if no engine has it."""
    for engine in ENGINES:
        program = shutil.which(engine)
        if program is None:
            continue
        try:
            command = [program, "image", "inspect", image]
            done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=SECONDS)
            found = json.loads(done.stdout)[0] if done.returncode == 0 else None
        except (OSError, subprocess.TimeoutExpired, ValueError, IndexError):
            continue
        if found:
            digests = [str(digest).rpartition("@")[2] for digest in found.get("RepoDigests") or []]
            return words_of(found.get("Config") or {}, digests[0] if digests else "")
    return None
