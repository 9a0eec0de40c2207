"""The hooks before a commit run the tools of `make check`, in the same versions."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]


def test_all_hooks_are_local_and_use_the_pinned_tools() -> None:
    """A hook from another repository would bring a second list of versions."""
    assert [repository["repo"] for repository in HOOKS] == ["local"]
    for hook in HOOKS[0]["hooks"]:
        assert hook["language"] == "system", hook["id"]
        assert hook["entry"].startswith(".build/venv/bin/"), hook["id"]


def test_each_tool_of_make_check_has_a_hook() -> None:
    """check.sh and the hooks name the same programs."""
    steps = re.findall(r'^step "[^"]*" \S+ (.*)$', (ROOT / "build/check.sh").read_text(), re.MULTILINE)
    hooks = [hook["entry"].removeprefix(".build/venv/bin/") for hook in HOOKS[0]["hooks"]]

    def program(command: str) -> str:
        """Return the tool, and the script or the command that it is called with."""
        words = [word for word in command.split() if not word.startswith(("-", "$"))]
        return " ".join(words[:2] if words[0] in {"ruff", "python"} else words[:1])

    assert steps
    assert {program(step) for step in steps} == {program(hook) for hook in hooks}
