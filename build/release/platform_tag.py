"""The hook by which hatchling gives a wheel the tag of its configuration; copied into the folder that is built."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """hatchling looks for a class of this name."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Set the tag before the wheel is written."""
        build_data["pure_python"] = False
        build_data["tag"] = self.config["tag"]
