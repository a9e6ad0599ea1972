"""The app as people start it, in a process of its own: its start, its memory, its first page in Chromium."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from urllib.request import Request, urlopen

from sqlalchemy import select

from bench.measure import Figure
from harmreduction.accounts.models import Account
from harmreduction.config import HOUSE, Config
from harmreduction.core.db import db
from harmreduction.core.revisions import migrate_database
from harmreduction.demo import build_demonstration
from harmreduction.factory import create_app
from tests.factories import make_session_cookie

SECONDS_TO_START = 3
STARTS = 3
IDLE_MEGABYTES = 120
PAGE_KILOBYTES = 30
PAGE_REQUESTS = 8
NO_BROWSER = "no Chromium"
MOST_SECONDS = 60  # after which a server that does not answer counts as broken
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


Loaded = Sequence[tuple[str, float]]  # addresses, and bytes


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """A demonstration on disk, and the cookie of a browser in which its outreach worker is signed in."""

    instance: Path
    cookie: tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running app: its address, its process, and how long it took to answer."""

    url: str
    process_id: int
    seconds_to_start: float


@contextmanager
def new_demonstration() -> Iterator[Demonstration]:
    """Build the demonstration in a folder of its own, gone afterwards."""
    with TemporaryDirectory(prefix="hr-bench-") as folder:
        instance = Path(folder) / "instance"
        app = create_app(Config(instance=instance, keys=Path(folder) / "instance-keys"))
        with app.app_context():
            migrate_database()
            build_demonstration(lambda _progress: None)
            worker = db.session.scalars(select(Account).where(Account.role == "outreach_worker")).one()
            cookie = make_session_cookie(worker)
            db.engine.dispose()
        yield Demonstration(instance=instance, cookie=cookie)


@contextmanager
def served(instance: Path) -> Iterator[Server]:
    """Start the app on a free port, wait until it is well, and stop it afterwards."""
    port = _free_port()
    settings = {"HR_INSTANCE": str(instance), "HR_KEYS": "", "HR_DATABASE_URL": "", "PORT": str(port)}
    began = monotonic()
    process = subprocess.Popen(_start_command(), cwd=HOUSE, env={**os.environ, **settings}, stdout=subprocess.DEVNULL)
    try:
        _wait_until_well(process, port)
        yield Server(url=f"http://127.0.0.1:{port}", process_id=process.pid, seconds_to_start=monotonic() - began)
    finally:
        process.terminate()
        process.wait()


def second_start(demonstration: Demonstration) -> Figure:
    """Time from the command to the first good answer of /healthz, on an instance that exists."""
    taken = []
    for _ in range(STARTS):
        with served(demonstration.instance) as server:
            taken.append(server.seconds_to_start)
    return Figure(
        name="second start, to the first good /healthz",
        measured=median(taken),
        goal=SECONDS_TO_START,
        unit="s",
        details=[" ".join(_start_command()[1:]), "starts: " + ", ".join(f"{seconds:.2f} s" for seconds in taken)],
    )


def idle_memory(demonstration: Demonstration) -> Figure:
    """Read the resident memory of a worker that started and showed one page."""
    with served(demonstration.instance) as server:
        name, value = demonstration.cookie
        request = Request(f"{server.url}/hand-out", headers={"Cookie": f"{name}={value}"})  # noqa: S310  (ours)
        with urlopen(request) as answer:  # noqa: S310  (the server above)
            answer.read()
        sleep(1)
        megabytes = _resident_megabytes(server.process_id)
    return Figure(
        name="resident memory of an idle worker",
        measured=megabytes,
        goal=IDLE_MEGABYTES,
        unit="MB",
        missing="" if megabytes else "no /proc on this system",
    )


def first_load(demonstration: Demonstration) -> Iterator[Figure]:
    """Open the page of tiles in a browser that has nothing of ours yet, and count what goes over the wire."""
    browser = find_browser()
    loaded: Loaded = ()
    if browser:
        with served(demonstration.instance) as server:
            loaded = load(browser, server, "/hand-out", demonstration.cookie)
    yield over_the_wire("log page, first load over the wire", loaded, PAGE_KILOBYTES)
    yield Figure(
        name="log page, first load, requests",
        measured=len(loaded) if browser else None,
        goal=PAGE_REQUESTS,
        missing="" if browser else NO_BROWSER,
    )


def find_browser() -> str | None:
    """Return the path of Chromium, if it is installed."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def over_the_wire(name: str, loaded: Loaded, goal: float) -> Figure:
    """Return the figure of all that a page loads; nothing loaded is not measured."""
    return Figure(
        name=name,
        measured=sum(size for _, size in loaded) / 1000 if loaded else None,
        goal=goal,
        unit="KB",
        missing="" if loaded else NO_BROWSER,
        details=[f"{size:6.0f} bytes  {url}" for url, size in loaded],
    )


def load(browser_path: str, server: Server, path: str, cookie: tuple[str, str] | None = None) -> Loaded:
    """Open a page with nothing cached; return (address, bytes with headers as they came) of each of its requests."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where there is a browser)

    addresses: dict[str, str] = {}
    sizes: dict[str, float] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(BROWSER_FLAGS))
        context = browser.new_context(viewport={"width": 390, "height": 844})
        if cookie:
            context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": server.url}])
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.on("Network.requestWillBeSent", lambda sent: addresses.update({sent["requestId"]: sent["request"]["url"]}))
        wire.on("Network.loadingFinished", lambda done: sizes.update({done["requestId"]: done["encodedDataLength"]}))
        wire.send("Network.enable")
        answer = page.goto(server.url + path, wait_until="networkidle")
        if answer is None or not answer.ok or not page.url.endswith(path):
            raise RuntimeError(f"{path} did not open: {page.url}")
        browser.close()
    return [(url, sizes.get(number, 0)) for number, url in addresses.items() if url.startswith("http")]


def _start_command() -> list[str]:
    """Return how `make run` starts the app; without its virtual environment, as start.py goes on."""
    if (HOUSE / ".venv").exists():
        return [sys.executable, "start.py", "run"]
    return [sys.executable, "-m", "flask", "--app", "app", "hr", "serve"]


def _wait_until_well(process: subprocess.Popen[bytes], port: int) -> None:
    """Ask /healthz until it answers well."""
    until = monotonic() + MOST_SECONDS
    while monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=MOST_SECONDS)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.client.OK:
                return
        except ConnectionError:
            pass
        finally:
            connection.close()
        sleep(0.01)
    raise RuntimeError("The app did not start.")


def _free_port() -> int:
    """Return a port that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _resident_megabytes(process_id: int) -> float | None:
    """Return the resident memory of a process, where the system tells."""
    status = Path(f"/proc/{process_id}/status")
    if not status.exists():
        return None
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024 / 1_000_000
