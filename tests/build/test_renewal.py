"""The bot that proposes renewals knows every place with a pin."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# Repology's names of Debian's releases.
RELEASES = {"bookworm": "debian_12", "trixie": "debian_13", "forky": "debian_14"}
BOT: dict[str, Any] = json.loads((ROOT / ".github/renovate.json").read_text())
TRACKED = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).split()


def found_by(manager: dict[str, Any]) -> set[str]:
    """The values that the expressions of a manager find in its files."""
    files = [path for path in TRACKED for one in manager["managerFilePatterns"] if re.search(one.strip("/"), path)]
    assert files, manager["description"]
    values = set()
    for expression in manager["matchStrings"]:
        pattern = re.compile(re.sub(r"\(\?<(\w+)>", r"(?P<\1>", expression))
        values |= {match["currentValue"] for path in files for match in pattern.finditer((ROOT / path).read_text())}
    return values


def test_every_native_source_has_a_manager() -> None:
    """For each source of pins.toml an expression finds the pinned version of Debian, in the suite of the pin."""
    pins = tomllib.loads((ROOT / "build/static/pins.toml").read_text())
    watched = {
        value: manager["packageNameTemplate"]
        for manager in BOT["customManagers"]
        if manager["datasourceTemplate"] == "repology"
        for value in found_by(manager)
    }

    assert set(watched) == {pin["debian"] for pin in pins.values()}
    for pin in pins.values():
        assert watched[pin["debian"]].startswith(f"{RELEASES[pin['suite']]}/")


def test_every_lock_is_read() -> None:
    """The pattern for locks takes each file of requirements/."""
    (pattern,) = BOT["pip_requirements"]["managerFilePatterns"]
    locks = [path for path in TRACKED if path.startswith("requirements/")]

    assert locks
    assert [path for path in locks if not re.search(pattern.strip("/"), path)] == []
    assert {"pep621", "gomod", "github-actions"} <= set(BOT["enabledManagers"])


def test_scripts_install_only_what_a_lock_has() -> None:
    """Wherever a script or a workflow installs packages, pip is given a lock, or is kept from the index."""
    scripts = [path for path in TRACKED if re.search(r"\.(sh|yml)$|^Makefile$|^\.ci/", path)]
    commands = {
        f"{path}: {line.strip()}"
        for path in scripts
        for line in re.sub(r"\\\n\s*", "", (ROOT / path).read_text()).splitlines()
        if re.search(r"\bpip3? (install|download)\b", line) and not line.lstrip().startswith("#")
    }

    assert len(commands) > 2
    assert [line for line in commands if not re.search(r"--require-hashes|--no-deps --no-build-isolation", line)] == []


def test_images_are_named_by_one_digest() -> None:
    """Workflows and the Dockerfile of the image build in the same Debian, whose tag can move; the bot reads both."""
    places = [path for path in TRACKED if path.startswith((".github/workflows/", "Dockerfile."))]
    named = {
        path: re.findall(r"(?:image: |\bFROM (?:--\S+ )?)(debian\S*)", (ROOT / path).read_text()) for path in places
    }
    images = [image for found in named.values() for image in found]

    assert len([path for path in places if named[path]]) > 4
    assert re.fullmatch(r"debian:12@sha256:[0-9a-f]{64}", images[0])
    assert set(images) == {images[0]}
    assert {"dockerfile", "github-actions"} <= set(BOT["enabledManagers"])


def test_workflows_name_actions_by_commit() -> None:
    """An action of others is pinned by its commit, with its release as a comment: a tag can move."""
    files = [ROOT / path for path in TRACKED if path.startswith(".github/workflows/")]
    uses = [
        line.strip() for file in files for line in file.read_text().splitlines() if re.search(r"\buses: (?!\./)", line)
    ]

    assert len(uses) > 10
    assert [line for line in uses if not re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []
