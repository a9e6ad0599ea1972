"""Firefox, driven over WebDriver BiDi: one web socket, and no other program between."""

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import websocket

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PATIENCE = 60  # seconds
SETTINGS = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "ui.prefersReducedMotion": 1,
}


class Firefox:
    """A window of Firefox with a profile of its own."""

    def __init__(self, profile: Path) -> None:
        """Start it, and open one tab."""
        profile.mkdir(parents=True, exist_ok=True)
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in SETTINGS.items()]
        (profile / "user.js").write_text("".join(lines))
        self._process = subprocess.Popen(
            [str(FIREFOX), "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(profile)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = f"{self._address(profile / 'WebDriverBiDiServer.json')}/session"
        self._socket = websocket.create_connection(address, timeout=PATIENCE, suppress_origin=True)
        self._asked = 0
        self._ask("session.new", capabilities={})
        self._tab = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def _address(self, told: Path) -> str:
        """Return where it listens; it writes that into its profile."""
        while not (told.exists() and told.read_text().endswith("}")):
            assert self._process.poll() is None, "Firefox stopped before it listened"
            time.sleep(0.05)
        where = json.loads(told.read_text())
        return f"ws://{where['ws_host']}:{where['ws_port']}"

    def _ask(self, method: str, **params: Any) -> Any:
        """Send one command, and return what it answers."""
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._asked:
                assert answer["type"] == "success", answer
                return answer["result"]

    def open(self, url: str) -> None:
        """Go to an address."""
        self._ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def reload(self) -> None:
        """Load the page again."""
        self._ask("browsingContext.reload", context=self._tab, wait="complete")

    @property
    def address(self) -> str:
        """Where it is; while a page changes, a script of it would get no answer."""
        return str(self._ask("browsingContext.getTree")["contexts"][0]["url"])

    def run(self, body: str) -> Any:
        """Return what the body of an async function returns in the page."""
        result = self._ask(
            "script.evaluate",
            expression=f"(async () => {{ return JSON.stringify(await (async () => {{ {body} }})() ?? null) }})()",
            target={"context": self._tab},
            awaitPromise=True,
        )
        assert result["type"] == "success", result
        return json.loads(result["result"]["value"])

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._process.terminate()
        self._process.communicate()
