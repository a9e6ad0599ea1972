"""Processes of their own for tests, forked from one that has loaded the product and opened nothing.

To load it takes two seconds, longer than most of these processes work. They share nothing with the tests but what
they are told and say: each has an environment of its own, and opens the programme itself.
"""

import multiprocessing
import os
import pkgutil
import runpy
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import harmreduction
from harmreduction.config import HOUSE

Environment = Mapping[str, str]
LONG_ENOUGH = 300  # seconds; only a process that hangs takes so long, and a busy machine is slow


def run(*words: str, environment: Environment) -> subprocess.CompletedProcess[str]:
    """Do what `python -m` does with these words, and return how it ended and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("stdout", "stderr")]
        process = _processes().Process(target=_run, args=(words, dict(environment), *map(str, files)))
        process.start()
        process.join(timeout=LONG_ENOUGH)
        process.kill()
        process.join()
        return subprocess.CompletedProcess(words, process.exitcode, *(file.read_text() for file in files))


class Started:
    """A process that does what `python -m` does, to talk with line by line; its complaints are lines too."""

    def __init__(self, *words: str, environment: Environment) -> None:
        """Start it."""
        here, there = socket.socketpair()
        with here, there:
            self.process = _processes().Process(target=_talk, args=(words, dict(environment), there))
            self.process.start()
            self.stdout, self.stdin = here.makefile("r"), here.makefile("w")
        self.kill, self.terminate = self.process.kill, self.process.terminate

    @property
    def returncode(self) -> int | None:
        """How it ended, or None while it is at work."""
        return self.process.exitcode

    def finish(self) -> str:
        """Wait until it ends, and return what it said since it was listened to last."""
        said = self.stdout.read()
        self.process.join()
        self.stdout.close()
        self.stdin.close()
        return said


@cache
def _processes() -> Any:
    """Return what makes processes: by a fork, where the system has that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    product = pkgutil.walk_packages(harmreduction.__path__, "harmreduction.")
    context.set_forkserver_preload(["__main__", __name__, *(found.name for found in product)])
    return context


def _run(words: tuple[str, ...], environment: dict[str, str], stdout: str, stderr: str) -> None:
    """Do what the words say, and write what is said into files."""
    with open(stdout, "w") as said, open(stderr, "w") as complained:
        os.dup2(said.fileno(), 1)
        os.dup2(complained.fileno(), 2)
    _become(words, environment)


def _talk(words: tuple[str, ...], environment: dict[str, str], channel: socket.socket) -> None:
    """Do what the words say, and talk over a channel."""
    with channel:
        for stream in range(3):
            os.dup2(channel.fileno(), stream)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  (open as long as the process)
    _become(words, environment)


def _become(words: tuple[str, ...], environment: dict[str, str]) -> None:
    """Go on as `python -m` with these words, in the checkout."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(HOUSE)
    sys.argv = list(words)
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
