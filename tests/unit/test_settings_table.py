"""The table of settings, the source of help and reference page, keeps the promises of the original."""

import re
import subprocess
import sys
from types import ModuleType

import pytest

ORIGINAL = {
    "KUBEXIT_NAME": "",
    "KUBEXIT_GRAVEYARD": "/graveyard",
    "KUBEXIT_DEATH_DEPS": "",
    "KUBEXIT_GRACE_PERIOD": "30s",
    "KUBEXIT_BIRTH_DEPS": "",
    "KUBEXIT_BIRTH_TIMEOUT": "30s",
    "KUBEXIT_POD_NAME": "",
    "KUBEXIT_NAMESPACE": "",
    "KUBEXIT_LOG_LEVEL": "info",
}


@pytest.mark.behaviour("settings-of-the-original")
def test_the_original_is_in_it(supervisor: ModuleType) -> None:
    """The table has every variable of the original, with the original's default."""
    table = {row["name"]: row["default"] for row in supervisor.settings_table()}

    assert {name: table.get(name) for name in ORIGINAL} == ORIGINAL


def test_every_row_is_complete(supervisor: ModuleType) -> None:
    """A row has a name, the possible values, and one sentence."""
    rows = supervisor.settings_table()

    assert len({row["name"] for row in rows}) == len(rows)
    for row in rows:
        assert row["name"].startswith("KUBEXIT_")
        assert row["values"]
        assert row["meaning"].endswith(".")


def test_help_shows_each_setting_once(supervisor: ModuleType) -> None:
    """--help has each setting once, below its purpose, and each purpose has a setting."""
    command = [sys.executable, "-P", "-m", "kubexit", "--help"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    groups = dict(re.findall(r"^Settings: (.*)\n((?:  .*\n)+)", shown, re.MULTILINE))
    rows = supervisor.settings_table()

    assert list(groups) == supervisor.SETTING_PURPOSES
    for purpose, text in groups.items():
        names = re.findall(r"^  (KUBEXIT_\w+)=", text, re.MULTILINE)
        assert names == [row["name"] for row in rows if row["purpose"] == purpose] != []


def test_defaults_are_values(supervisor: ModuleType) -> None:
    """A default that is set explicitly is accepted."""
    environ = {row["name"]: row["default"] for row in supervisor.settings_table() if row["default"]}
    environ["KUBEXIT_NAME"] = "main"

    written = supervisor.settings_read([f"{name}={value}".encode() for name, value in environ.items()])

    assert written == supervisor.settings_read([b"KUBEXIT_NAME=main"])


def test_words_are_shown_as_they_are_read(supervisor: ModuleType) -> None:
    """Each word that --help lists for a setting is accepted, with its own meaning."""
    values = {row["name"].removeprefix("KUBEXIT_"): row["values"] for row in supervisor.settings_table()}
    lists = {setting: text.split("|") for setting, text in values.items() if re.fullmatch(r"[a-z|-]+", text)}
    words = [(setting, word) for setting, listed in lists.items() for word in listed]

    read = [
        (
            setting,
            supervisor.settings_read([b"KUBEXIT_NAME=main", f"KUBEXIT_{setting}={word}".encode()])[setting.lower()],
        )
        for setting, word in words
    ]

    assert {"LOG_LEVEL", "BIRTH_SOURCE", "QUIT_POLICY"} <= set(lists)
    assert read == words


def test_a_row_is_enough(supervisor: ModuleType) -> None:
    """The settings that are read have every row of the table, by the name of its variable."""
    rows = {row["name"].removeprefix("KUBEXIT_").lower() for row in supervisor.settings_table()}

    assert rows <= set(supervisor.settings_read([b"KUBEXIT_NAME=main"]))


@pytest.mark.behaviour("codes-of-kubexit")
def test_exit_codes_are_those_of_the_design(supervisor: ModuleType) -> None:
    """The numbers that kubexit can exit with are the design's, each with its meaning."""
    codes = {row["code"]: row["meaning"] for row in supervisor.exit_codes()}

    assert set(codes) == {0, 2, 69, 70, 73, 77, 124, 126, 127}
    assert all(codes.values())
