"""WebKitGTK, driven over WebDriver: its own small browser on a screen that nobody sees."""

import json
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

DRIVER = shutil.which("WebKitWebDriver")
SCREEN = shutil.which("Xvfb")
BROWSER = next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))), None)
PATIENCE = 60  # seconds


class WebKit:
    """A window of WebKitGTK's small browser."""

    def __init__(self, home: Path, port: int) -> None:
        """Start a screen, the driver on a port, and the browser in it; home is where it keeps what it keeps."""
        home.mkdir(parents=True, exist_ok=True)
        reader, writer = os.pipe()
        self._screen = subprocess.Popen(
            [str(SCREEN), "-displayfd", str(writer), "-nolisten", "tcp", "-screen", "0", "800x900x24"],
            pass_fds=(writer,),
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        with os.fdopen(reader) as display:
            number = display.readline().strip()
        self._driver = subprocess.Popen(
            [str(DRIVER), f"--port={port}"],
            env={
                **os.environ,
                "DISPLAY": f":{number}",
                "HOME": str(home),
                "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # CI runs as root
                "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
                "LIBGL_ALWAYS_SOFTWARE": "1",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._root = f"http://127.0.0.1:{port}/session"
        options = {"binary": str(BROWSER), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self._root += "/" + self._first("", wanted)["sessionId"]
        self._ask("/timeouts", {"script": PATIENCE * 1000, "pageLoad": PATIENCE * 1000})

    def _first(self, path: str, what: Any) -> Any:
        """Ask until the driver listens."""
        while True:
            with suppress(ConnectionRefusedError, OSError):
                return self._ask(path, what)
            assert self._driver.poll() is None, "WebKitWebDriver stopped"

    def _ask(self, path: str, what: Any, method: str = "POST") -> Any:
        """Send one command, and return what it answers."""
        body = json.dumps(what).encode() if method == "POST" else None
        request = Request(self._root + path, body, {"Content-Type": "application/json"}, method=method)  # noqa: S310
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return json.load(answer)["value"]

    def open(self, url: str) -> None:
        """Go to an address."""
        self._ask("/url", {"url": url})

    def reload(self) -> None:
        """Load the page again."""
        self._ask("/refresh", {})

    @property
    def address(self) -> str:
        """Where it is; while a page changes, a script of it would get no answer."""
        return str(self._ask("/url", None, "GET"))

    def run(self, body: str) -> Any:
        """Return what the body of an async function returns in the page."""
        script = f"const tell = arguments[0]; (async () => {{ {body} }})().then(tell, e => tell('failed: ' + e))"
        return self._ask("/execute/async", {"script": script, "args": []})

    def close(self) -> None:
        """End it, its driver and its screen."""
        with suppress(OSError):
            self._ask("", None, "DELETE")
        for process in (self._driver, self._screen):
            process.terminate()
            process.wait()
