"""What is YAML, but no manifest: levels without end, aliases of aliases; and the words for what is not YAML."""

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Limits that only hostile files reach: objects of Kubernetes have less than 40 levels.
MOST_LEVELS = 100
MOST_VALUES = 1_000_000  # that aliases stand for


class RefusedError(yaml.MarkedYAMLError):
    """A text that is YAML, but not a manifest."""


def explained(error: yaml.YAMLError, text: str, path: str) -> str:
    """Return what is wrong with a text that is not YAML, in one line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else path
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    if isinstance(error, RefusedError):
        return f"{place}: {what}"
    if "nesting depth" in what:  # the limit of newer parsers, which is ten times ours
        return f"{place}: more than {MOST_LEVELS} levels"
    hint = "; this looks like a template, render it first (helm template, kustomize build)" if "{{" in text else ""
    return f"{place}: not YAML: {what}{hint}"
