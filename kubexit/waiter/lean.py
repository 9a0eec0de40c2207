"""Import the API client without the thousand modules that its packages pull in.

The waiter runs in the critical path of a container's start, and in its memory limit.
`import kubernetes.client` runs package files that import every model and every API
class: 300 ms and 60 MB for a request that needs none of them. Those package files
only re-export. So they are put off: each package is entered as a module that runs its
own file when a name is asked for that no submodule has (PEP 562). Three functions that
the client imports on its way and calls only for things we never do (proxies, thread
pools, dates) are put off until they are called, for the same reason.

docs/decisions/0010-raw-api-client.md has the numbers.
"""

import importlib
import importlib.util
import logging
import os
import sys
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

# Packages whose files only gather what their submodules define.
PACKAGES = ("kubernetes", "kubernetes.client", "kubernetes.client.models", "requests", "dateutil")

# What those import that is never called for a request to the cluster's own address.
FUNCTIONS = {
    "requests.utils": "should_bypass_proxies",  # configuration.proxy is None
    "dateutil.parser": "parse",  # objects stay raw
    "multiprocessing.pool": "ThreadPool",  # async_req
}


class Client(NamedTuple):
    """The three classes of the official client that the waiter needs."""

    ApiClient: Any
    Configuration: Any
    ApiException: Any


@cache
def client() -> Client:
    """Import them, once."""
    logging.disable(logging.CRITICAL)  # urllib3 would log
    before = dict(sys.modules)
    for name in PACKAGES:
        if name not in before:
            _enter(name, _package(name))
    for name, function in FUNCTIONS.items():
        if name not in before:
            _enter(name, _with(name, function, _put_off(name, function)))
    if "multiprocessing" not in before:
        # Configuration counts CPUs to size a pool; the package is 20 modules around that call.
        _enter("multiprocessing", _with("multiprocessing", "cpu_count", os.cpu_count))
    try:
        module = importlib.import_module("kubernetes.client.api_client")
    finally:
        # From here on an import of one of these gets the real one.
        for name in (*FUNCTIONS, "multiprocessing", "requests", "dateutil"):
            if name not in before:
                del sys.modules[name]
    return Client(module.ApiClient, module.Configuration, module.rest.ApiException)


def _package(name: str) -> ModuleType:
    """Return a package whose file runs when code asks for a name that is not a submodule."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    package = importlib.util.module_from_spec(spec)
    loader = spec.loader

    def find(attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        try:
            return importlib.import_module(f"{name}.{attribute}")
        except ModuleNotFoundError:
            del package.__dict__["__getattr__"]
            loader.exec_module(package)
            return getattr(package, attribute)

    package.__dict__["__getattr__"] = find
    return package


def _put_off(module: str, function: str) -> Callable[..., Any]:
    """The function of that module, imported when it is called."""

    def call(*arguments: Any, **keywords: Any) -> Any:
        return getattr(importlib.import_module(module), function)(*arguments, **keywords)

    return call


def _with(name: str, attribute: str, value: object) -> ModuleType:
    module = ModuleType(name)
    setattr(module, attribute, value)
    return module


def _enter(name: str, module: ModuleType) -> None:
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], child, module)
