"""A headless Chromium that a test drives by the DevTools protocol, over two pipes: no other program is needed."""

import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from harness.waiting import eventually

PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome")
ALARM = 60.0
CHUNK = 1 << 20


class UnavailableError(Exception):
    """Why there is no browser here."""


class Browser:
    """One browser with one page; it ends with `close`."""

    def __init__(self) -> None:
        program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
        if program is None:
            raise UnavailableError(f"none of {', '.join(PROGRAMS)} is installed")
        self._numbers = itertools.count(1)
        self._rest = b""
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        self._folder = Path(tempfile.mkdtemp(prefix="kx-browser-"))
        self._process, self._out, self._in = started(program, self._folder)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result; AssertionError if the browser refuses."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return dict(answer["result"])
            self.events.append(answer)

    def look(self, width: int, height: int) -> None:
        """Make the page that large, in CSS pixels."""
        mobile = width < 600
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def begin(self, site: str, dark: bool) -> None:
        """Be a new reader of a site, who prefers a light or a dark scheme."""
        self.open("about:blank")  # a page of the site would store the change
        self.call("Storage.clearDataForOrigin", origin=site.rstrip("/"), storageTypes="all")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, address: str) -> None:
        """Open a page and wait until all of it is loaded."""
        self.events.clear()
        self.call("Page.navigate", url=address)
        loaded = f"location.href == {address!r} && document.readyState == 'complete'"
        eventually(lambda: self.script(loaded), address, ALARM)

    def script(self, text: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=text, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, f"{text}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    @property
    def requested(self) -> list[str]:
        """The addresses that the page has asked for since it was opened."""
        self.call("Runtime.evaluate", expression="1")
        sent = [event["params"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [parameters["request"]["url"] for parameters in sent]

    @property
    def complaints(self) -> list[str]:
        """Errors of scripts and of the network since the page was opened."""
        self.call("Runtime.evaluate", expression="1")
        lines = [str(event["params"]) for event in self.events if event.get("method") == "Runtime.exceptionThrown"]
        entries = [event["params"]["entry"] for event in self.events if event.get("method") == "Log.entryAdded"]
        return lines + [f"{entry['text']} {entry.get('url')}" for entry in entries if entry["level"] == "error"]

    def picture(self, file: Path) -> None:
        """Save what a reader sees now as a PNG."""
        data = self.call("Page.captureScreenshot", format="png")["data"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(data))

    def close(self) -> None:
        """End the browser with all its processes."""
        for descriptor in (self._out, self._in):
            os.close(descriptor)
        self._process.kill()
        self._process.wait(ALARM)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            assert select.select([self._in], [], [], ALARM)[0], "the browser does not answer"
            part = os.read(self._in, CHUNK)
            assert part, f"the browser has ended: {(self._folder / 'log').read_text()[-2000:]}"
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(line))


def started(program: str, folder: Path) -> tuple[subprocess.Popen[bytes], int, int]:
    """Start the browser with the protocol on its descriptors 3 and 4; return it with our ends, to write and to read."""
    to_browser, from_us = os.pipe()
    to_us, from_browser = os.pipe()

    def place() -> None:
        # Through high numbers: 3 or 4 may be one of the pipes.
        high = [os.dup2(descriptor, 100 + number) for number, descriptor in enumerate((to_browser, from_browser))]
        for number, descriptor in enumerate(high):
            os.dup2(descriptor, 3 + number)

    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--remote-debugging-pipe",
             f"--user-data-dir={folder / 'profile'}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, close_fds=True, pass_fds=(3, 4, to_browser, from_browser),
            preexec_fn=place,
        )  # fmt: skip
    os.close(to_browser)
    os.close(from_browser)
    return process, from_us, to_us
