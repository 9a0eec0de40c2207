"""`kubexit --status --output json` shows each container with its name, its state, and the keys of its tombstone."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness import graveyard
from harness.containers import running
from harness.kubexit import Kubexit
from harness.looks import containers, look

pytestmark = pytest.mark.behaviour("status-as-json")

RECORDED = Path(__file__).parents[2] / "recorded"
OURS = ("Born", "Ready", "Died", "ExitCode")


def test_keys_of_a_life_are_shown(kubexit: Kubexit) -> None:
    """The keys and types of a tombstone that kubexit wrote are shown as they are, behind name and state."""
    side = running(kubexit, "side", "TERM=7", DEATH_DEPS="main", EXIT_CODE_ON_STOP="zero")
    kubexit.run("false", name="main")
    side.wait()
    shown = containers(kubexit)

    for name in ("main", "side"):
        assert shown[name] == {"name": name, "state": "died", **kubexit.tombstone(name)}
    assert list(shown["main"])[:2] == ["name", "state"]


def test_an_empty_graveyard_is_an_empty_list(kubexit: Kubexit) -> None:
    """Without containers the list is empty."""
    kubexit.graveyard.mkdir()

    assert json.loads(look(kubexit, "--status", "--output", "json").stdout) == {"version": 1, "containers": []}


@pytest.mark.behaviour("original-and-kubexit-see-each-other")
def test_foreign_tombstones_are_shown(kubexit: Kubexit) -> None:
    """Tombstones of other programs have the same times and codes as a reader of YAML finds, in our spelling."""
    shutil.copytree(RECORDED / "foreign", kubexit.graveyard)
    shown = containers(kubexit)
    found = {name: {key.lower(): value for key, value in (kubexit.tombstone(name) or {}).items()} for name in shown}
    known = {name: {key: stone[key.lower()] for key in OURS if key.lower() in stone} for name, stone in found.items()}

    assert len(shown) == len(os.listdir(RECORDED / "foreign"))
    assert {name: {key: shown[name][key] for key in known[name]} for name in shown} == known


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Extra: 007", "007"),
        ("Extra: -12", -12),
        ("Extra: true", True),
        ("Extra: ~", None),
        ("Extra:", None),
        ("Extra: 1.5", "1.5"),
        ("Extra: plain words # comment", "plain words"),
        ("Extra: 'it''s'", "it's"),
        (r'Extra: "a\tb\u00e9\x41\U0001F600"', "a\tbéA😀"),
        (r'Extra: "\ud83d\ude00 \ud83d"', "😀 \ufffd"),
        ("Extra: 1234567890123456", "1234567890123456"),
    ],
)
def test_values_have_the_types_of_json(kubexit: Kubexit, line: str, shown: object) -> None:
    """A plain whole number, true, false and null keep their types; all else is a string."""
    kubexit.graveyard.mkdir()
    (kubexit.graveyard / "main").write_text(f'Born: "2026-01-01T00:00:00Z"\n{line}\n')

    assert containers(kubexit)["main"]["Extra"] == shown


def test_keys_that_collide_are_left_out(kubexit: Kubexit) -> None:
    """Keys named name or state, and values that continue on further lines, are left out."""
    kubexit.graveyard.mkdir()
    text = 'Born: "2026-01-01T00:00:00Z"\nname: evil\nstate: ready\nlist: [1,\n  2]\nblock: |\n  text\n'
    (kubexit.graveyard / "main").write_text(text)

    assert containers(kubexit)["main"] == {"name": "main", "state": "running", "Born": "2026-01-01T00:00:00Z"}


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_reason_survives(kubexit: Kubexit, reason: str) -> None:
    """Any text that a writer of YAML quotes is the same in JSON."""
    quoted = yaml.safe_dump(reason, default_style='"', width=10**6, allow_unicode=True).rstrip("\n")
    kubexit.graveyard.mkdir(exist_ok=True)
    if "\n" in quoted:
        return
    (kubexit.graveyard / "main").write_text(
        f'Died: "2026-01-01T00:00:00Z"\nExitCode: 1\nReason: {quoted}\n', encoding="utf-8", newline="\n"
    )

    assert containers(kubexit)["main"]["Reason"] == reason


def test_bytes_that_are_not_text_are_replaced(kubexit: Kubexit) -> None:
    """The output is UTF-8 for any bytes in a tombstone; what is not text becomes U+FFFD."""
    kubexit.graveyard.mkdir()
    (kubexit.graveyard / "main").write_bytes(b'Born: "2026-01-01T00:00:00Z"\nExtra: "a\xff\xe2\x82"\n')

    assert containers(kubexit)["main"]["Extra"] == "a\ufffd\ufffd\ufffd"


def test_a_graveyard_that_changes_is_always_valid(kubexit: Kubexit) -> None:
    """While tombstones come, change and go, each look gives valid JSON, and each container is whole."""
    looks = []
    for turn in range(40):
        for number in range(20):
            stone: dict[str, Any] = {"Born": True}
            if (turn + number) % 3 == 0:
                stone |= {"Died": True, "ExitCode": 0}
            graveyard.carve(kubexit.graveyard / f"job-{number}", **stone)
        looks.append(kubexit.start(options=["--status", "--output", "json"], name=None))
        os.unlink(kubexit.graveyard / f"job-{turn % 20}")
    for seen in looks:
        assert seen.wait() == 0
        for container in json.loads(seen.stdout)["containers"]:
            assert container["state"] == ("died" if "Died" in container else "running")
            assert "Born" in container
