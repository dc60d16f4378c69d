"""A headless Chromium, driven by its own protocol through two pipes."""

import base64
import itertools
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
LONGEST = 120.0
"""Seconds after which a page that does not show what is looked for never will, on the slowest machine too."""


def found() -> str | None:
    """Return the path of a Chromium of this machine, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One tab, with the errors that its pages have logged."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = os.fdopen(commands, "wb", buffering=0), os.fdopen(answers, "rb")
        self._numbers = itertools.count(1)
        self._session: str | None = None
        self.errors: list[str] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Page"):
            self._call(f"{domain}.enable")

    def open(self, address: str, *, until: str) -> Any:
        """Open a page and return what an expression of it comes to, once that is something."""
        self._call("Page.navigate", url=address)
        return self.until(until)

    def until(self, expression: str) -> Any:
        """Return what an expression of the page comes to, once that is something."""
        end, pause = time.monotonic() + LONGEST, threading.Event()
        while time.monotonic() < end:
            value = self._call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")
            if value:
                return value
            pause.wait(0.2)
        raise AssertionError(f"the page does not come to {expression}; errors: {self.errors}")

    def value(self, expression: str) -> Any:
        """Return what an expression of the page comes to; a promise is waited for."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def point(self, x: float, y: float) -> None:
        """Move the mouse to a place of the window."""
        self._call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def resize(self, width: int, height: int) -> None:
        """Give the window a size, in pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **size)

    def picture(self) -> bytes:
        """Return what the window shows, as PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])

    def close(self) -> None:
        """Give up the pipes, which ends the browser."""
        self._commands.close()
        self._answers.close()

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        message = {"id": next(self._numbers), "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        while (answer := self._read()).get("id") != message["id"]:
            self._note(answer)
        assert "result" in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def _read(self) -> dict[str, Any]:
        text = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            assert byte, "the browser has ended"
            text += byte
        answer: dict[str, Any] = json.loads(text)
        return answer

    def _note(self, event: dict[str, Any]) -> None:
        """Keep an event that a reader of the console would see in red."""
        parameters = event.get("params", {})
        is_error = {
            "Runtime.exceptionThrown": True,
            "Runtime.consoleAPICalled": parameters.get("type") == "error",
            "Log.entryAdded": parameters.get("entry", {}).get("level") == "error",
        }
        if is_error.get(event.get("method", "")):
            self.errors.append(json.dumps(parameters))


@contextmanager
def browsing(program: str, profile: Path) -> Iterator[Browser]:
    """Start a browser with a profile of its own, and end it."""
    read_commands, commands = os.pipe()
    answers, write_answers = os.pipe()
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe")
    line = (program, *options, f"--user-data-dir={profile}")
    with subprocess.Popen(
        ["bash", "-c", f'exec "$@" 3<&{read_commands} 4>&{write_answers}', "bash", *line],
        pass_fds=(read_commands, write_answers),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(read_commands)
        os.close(write_answers)
        browser = Browser(commands, answers)
        try:
            yield browser
        finally:
            browser.close()
            process.terminate()
