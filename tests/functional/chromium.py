"""Chromium as a reader has it, driven by its debugging protocol over a pipe: no driver program, no port, no network."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from reports.picture import QUIET, browser

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND"
"""No host can be reached."""
PATIENCE = 120.0
"""Seconds until a browser that does not end by itself is stopped."""
# Chromium reads commands from descriptor 3 and writes to 4; messages end with a NUL byte.
_HAND_OVER = 'in=$1 out=$2; shift 2; exec "$@" 3<&"$in" 4>&"$out"'


@dataclass
class Tab:
    """A page in the browser; `session` is the protocol's name for it."""

    commands: IO[bytes]
    answers: IO[bytes]
    session: str | None = None
    last: int = 0

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command of the protocol; AssertionError with the browser's message if it fails."""
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.commands.write(json.dumps(message).encode() + b"\0")
        self.commands.flush()
        while True:
            answer = self._read()
            if answer.get("id") == self.last:
                assert "error" not in answer, answer["error"]
                return dict(answer["result"])

    def open(self, page: Path, width: int, height: int = 900) -> None:
        """Show a file in a window of that many CSS pixels, and wait until it is loaded."""
        self.ask("Page.enable")
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        failed = self.ask("Page.navigate", url=page.resolve().as_uri()).get("errorText")
        assert not failed, failed
        self.evaluate(
            "new Promise(d => document.readyState === 'complete' ? d() : addEventListener('load', () => d()))"
        )

    def evaluate(self, script: str) -> Any:
        """The value of a script, awaited. The protocol runs it whatever the page's security policy is: the page stays as it is."""
        told = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def _read(self) -> dict[str, Any]:
        parts = bytearray()
        while (byte := self.answers.read(1)) != b"\0":
            assert byte, "Chromium ended"
            parts += byte
        return dict(json.loads(parts))


@contextmanager
def tab(profile: Path) -> Iterator[Tab]:
    """An empty page in a Chromium of its own; ShirabeError where there is none."""
    inward, outward = os.pipe(), os.pipe()
    command = [browser(), *QUIET, ALONE, f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]
    process = subprocess.Popen(
        ["bash", "-c", _HAND_OVER, "bash", str(inward[0]), str(outward[1]), *command],
        pass_fds=(inward[0], outward[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(inward[0])
    os.close(outward[1])
    with os.fdopen(inward[1], "wb") as commands, os.fdopen(outward[0], "rb") as answers:
        try:
            whole = Tab(commands, answers)
            target = whole.ask("Target.createTarget", url="about:blank")["targetId"]
            session = whole.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            yield Tab(commands, answers, session, whole.last)
            with suppress(AssertionError, OSError):
                whole.ask("Browser.close")
        finally:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
