"""Set up and start everything: `python3 start.py run`. Needs Python 3.11 or newer and nothing else.

`make run` and `make test` call this file; on Windows call it directly. It keeps a virtual environment
in `.venv` and installs the pinned packages there when they changed, so a second start costs nothing.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (an older Python shall say so, not fail on what follows)
    sys.exit(
        f"Harm Reduction Tracker needs Python 3.11 or newer, and this is Python {sys.version.split()[0]}.\n"
        "Install a newer one and start with it, such as: python3.12 start.py run"
    )

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
FOR_RUNNING = ("requirements.txt",)
FOR_DEVELOPING = ("requirements.txt", "requirements-dev.txt")
AT_ONCE = ("-n", "auto", "--maxprocesses", "8")  # as many processes as the machine has cores; see tests/workers.py
CHECKS = {
    "style": ("-m", "ruff", "check"),
    "layout": ("-m", "ruff", "format", "--check"),
    "types": ("-m", "mypy"),
    "imports": ("-c", "from importlinter.cli import lint_imports_command as check; check()", "--no-logo"),
    "templates": ("-m", "djlint", "--quiet", "templates"),
    "architecture": ("-m", "pytest", "-q", *AT_ONCE, "tests/architecture"),
}


# The commands, in the order in which `help` prints them -----------------------------------------------


def print_help(arguments: Sequence[str]) -> None:
    """Print this list."""
    for name, command in COMMANDS.items():
        print(f"make {name:<10} {(command.__doc__ or '').splitlines()[0]}")
    print("Without make: python3 start.py NAME. More words for a command: make NAME ARGS='...'.")


def set_up(arguments: Sequence[str]) -> None:
    """Make .venv with everything that running needs."""
    install(FOR_RUNNING)
    say(f"Ready: {PYTHON}")


def run(arguments: Sequence[str]) -> None:
    """Start the app on http://127.0.0.1:8000 (PORT=8001 changes the port, HR_INSTANCE the folder)."""
    refuse_a_taken_port(wanted_port())
    install(FOR_RUNNING)
    become("-m", "flask", "--app", "app", "hr", "serve", *arguments)


def test(arguments: Sequence[str]) -> None:
    """Run all tests (ARGS='tests/stock -k transfer' for some of them)."""
    install(FOR_DEVELOPING)
    provide_programs("chromium", "postgresql")
    become("-m", "pytest", *AT_ONCE, *arguments)


def programs(arguments: Sequence[str]) -> None:
    """Install what browser and PostgreSQL tests use, where apt-get can."""
    provide_programs("chromium", "postgresql")


def check(arguments: Sequence[str]) -> None:
    """Check style, types, import contracts, templates and architecture (ARGS='style types' for some)."""
    unknown = ", ".join(name for name in arguments if name not in CHECKS)
    if unknown:
        sys.exit(f"There is no check {unknown!r}. The checks are: {', '.join(CHECKS)}.")
    install(FOR_DEVELOPING)
    failed = [name for name in arguments or CHECKS if not passes(name, CHECKS[name])]
    if failed:
        sys.exit(f"Not in order: {', '.join(failed)}.")
    say("All in order.")


def browser(arguments: Sequence[str]) -> None:
    """Run the browser stories alone."""
    install(FOR_DEVELOPING)
    provide_programs("chromium")
    become("-m", "pytest", "tests/browser", *arguments)


def bench(arguments: Sequence[str]) -> None:
    """Measure against the goals (BENCH=house for one group)."""
    install(FOR_DEVELOPING)
    become("-m", "bench.run", *arguments)


def translate(arguments: Sequence[str]) -> None:
    """Bring the catalogues up to date and name what still waits for a translation."""
    install(FOR_DEVELOPING)
    become("-m", "scripts.translate", *arguments)


Command = Callable[[Sequence[str]], None]
COMMANDS: dict[str, Command] = {"help": print_help, "setup": set_up}
COMMANDS |= {command.__name__: command for command in (run, test, programs, check, browser, bench, translate)}


# The virtual environment ------------------------------------------------------------------------------


def install(files: Sequence[str]) -> None:
    """Install the requirements files that changed since they were installed last."""
    changed = [name for name in files if not is_installed(name)]
    if not changed:
        return
    if not has_pip():
        create_environment()
    install_packages(changed)
    # Some machines forbid Python to write bytecode when it runs.
    succeeds(PYTHON, "-m", "compileall", "-q", "harmreduction", "migrations")
    for name in changed:
        stamp(name).write_text(digest(name))


def stamp(name: str) -> Path:
    """Return the file in .venv that remembers which state of a requirements file is installed."""
    return ENVIRONMENT / f"{name}.installed"


def is_installed(name: str) -> bool:
    """Say whether a requirements file is installed as it stands now."""
    return stamp(name).exists() and stamp(name).read_text() == digest(name)


def digest(name: str) -> str:
    """Return a digest of a requirements file and of the Python that its packages are for."""
    python = PYTHON.stat() if PYTHON.exists() else None
    built_for = f"{python.st_size} {python.st_mtime_ns}" if python else "none yet"
    return hashlib.sha256((ROOT / name).read_bytes() + built_for.encode()).hexdigest()


def has_pip() -> bool:
    """Say whether .venv is whole: without pip it was left half-made, or the system's Python has changed."""
    return PYTHON.exists() and succeeds(PYTHON, "-m", "pip", "--version", capture_output=True)


def create_environment() -> None:
    """Make .venv, or mend one that is not whole."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        package = f"python3.{sys.version_info.minor}-venv"
        sys.exit(f"Python's venv module is not installed. On Debian and Ubuntu: sudo apt install {package}")
    import venv  # noqa: PLC0415  (it may be missing, and a second start needs no time for it)

    say("Making .venv")
    try:
        venv.create(ENVIRONMENT, clear=not PYTHON.exists(), symlinks=os.name != "nt", with_pip=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        sys.exit(f"{ENVIRONMENT} could not be made: {problem}")


def install_packages(files: Sequence[str]) -> None:
    """Install the packages that requirements files name and show how far it is."""
    wanted = sum(bool(re.match(r"\w", line)) for name in files for line in (ROOT / name).open())
    say(f"Installing {wanted} packages into .venv, once; this takes about half a minute")
    pip = [PYTHON, "-m", "pip", "install", *(word for name in files for word in ("-r", ROOT / name))]
    pipe, errors = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(pip, stdout=pipe, stderr=errors, text=True, errors="replace") as process:
        written = follow(process.stdout or (), wanted)
    if process.returncode:
        sys.exit(why_not_installed(written))


def follow(output: Iterable[str], wanted: int) -> str:
    """Show how far pip is, a line for every tenth package, and return the last lines that it wrote."""
    last: deque[str] = deque(maxlen=20)
    fetched = 0
    for line in output:
        last.append(line)
        if line.startswith(("Collecting ", "Processing ")):
            fetched += 1
            if fetched % 10 == 0:
                say(f"  {min(fetched, wanted)} of {wanted} fetched")
        elif line.startswith("Installing collected packages"):
            say("  all fetched, unpacking")
    return "".join(last)


def why_not_installed(written: str) -> str:
    """Return what to tell a person when pip failed, from the last lines it wrote."""
    if re.search(r"NewConnectionError|NameResolutionError|ConnectTimeout|ProxyError", written):
        return "The packages could not be fetched: no connection. Connect to the internet, then start again."
    return f"{written}The packages could not be installed; the lines above come from pip."


# Programs that some tests use -------------------------------------------------------------------------


def provide_programs(*packages: str) -> None:
    """Install what the machine lacks for browser and PostgreSQL tests; without it they are skipped."""
    missing = [name for name in packages if not is_present(name)]
    if not missing:
        return
    names = " and ".join(missing)
    if shutil.which("apt-get") and os.geteuid() == 0:
        say(f"Installing {names} for the tests, once; this takes about a minute")
        apt("update")
        if apt("install", "-y", "--no-install-recommends", *missing):
            return
    say(f"Not on this machine: {names}. The tests that need this are skipped.")


def is_present(package: str) -> bool:
    """Say whether a program that tests use is on this machine."""
    if package == "chromium":
        return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return bool(shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def apt(*words: str) -> bool:
    """Run apt-get without questions and say whether it succeeded."""
    silent, nothing = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, subprocess.DEVNULL
    return succeeds("apt-get", "-qq", *words, env=silent, stdin=nothing, stdout=nothing)


# Ports and processes ----------------------------------------------------------------------------------


def wanted_port() -> int:
    """Return the port to listen on."""
    value = setting("PORT") or "8000"
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        sys.exit(f"PORT is {value}. Set it to a number from 1 to 65535, such as PORT=8001.")
    return int(value)


def setting(name: str) -> str:
    """Return a setting of the shell, else of the file .env (which Flask reads later), else nothing."""
    file = ROOT / ".env"
    line = re.search(rf"^{name}=(.*)$", file.read_text(), re.MULTILINE) if file.exists() else None
    return os.environ.get(name) or (line[1].strip() if line else "")


def refuse_a_taken_port(port: int) -> None:
    """Stop with a sentence when the app could not listen on the port."""
    host = setting("HR_HOST") or "127.0.0.1"
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if os.name != "nt":  # lets a port be used again at once; on Windows it would share a taken one
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            sys.exit(
                f"The app cannot use port {port}: {problem.strerror}. Stop the program that uses it (perhaps"
                " this app in another window), or set PORT to another number, such as PORT=8001."
            )


def passes(name: str, words: Sequence[str]) -> bool:
    """Run one check, print how long it took, and say whether it found nothing."""
    say(f"-- {name}")
    began = time.monotonic()
    passed = succeeds(PYTHON, *words)
    say(f"   {'ok' if passed else 'NOT IN ORDER'}, {time.monotonic() - began:.1f} s")
    return passed


def succeeds(*words: str | Path, **options: Any) -> bool:
    """Run a program in the checkout and say whether it succeeded."""
    return subprocess.run(words, cwd=ROOT, check=False, **options).returncode == 0


def become(*words: str) -> NoReturn:
    """Go on as the Python of .venv, in this same process where the system can do that."""
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name == "nt":
        process = subprocess.Popen([PYTHON, *words])
        with contextlib.suppress(KeyboardInterrupt):  # it was told as well and ends by itself
            process.wait()
        sys.exit(process.wait())
    os.execv(PYTHON, [str(PYTHON), *words])  # noqa: S606  (no shell is wanted)


def say(sentence: str) -> None:
    """Print a sentence at once, also into a pipe."""
    print(sentence, flush=True)


def main(words: Sequence[str]) -> None:
    """Carry out the command that the words name."""
    name, *arguments = words or ["help"]
    if name not in COMMANDS:
        sys.exit(f"There is no command {name!r}. The commands are: {', '.join(COMMANDS)}.")
    try:
        COMMANDS[name](arguments)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv[1:])
