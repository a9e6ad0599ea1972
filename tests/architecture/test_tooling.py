"""The commands that a fresh clone starts with, and the packages that they install."""

import ast
import os
import re
import runpy
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import start

ROOT = Path(start.__file__).parent
PIN = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z]+\])?==\S+( ; .+)?$")


def requirements(name: str) -> list[Requirement]:
    """Return what a requirements file asks for."""
    lines = (ROOT / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]


def needed_by(requirement: Requirement) -> Iterator[str]:
    """Return the names of the packages that a package needs on this machine."""
    for line in distribution(requirement.name).requires or ():
        needed = Requirement(line)
        extras = requirement.extras or {""}
        if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
            yield canonicalize_name(needed.name)


@pytest.mark.parametrize("name", [*start.FOR_DEVELOPING, "requirements-pdf.txt"])
def test_every_package_has_an_exact_version(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and line[0] not in "#-"]
    assert lines
    assert [line for line in lines if not PIN.match(line)] == []


@pytest.mark.parametrize("files", [start.FOR_RUNNING, start.FOR_DEVELOPING])
def test_no_package_slips_in_without_a_pin(files: tuple[str, ...]) -> None:
    pinned = [requirement for name in files for requirement in requirements(name)]
    names = {canonicalize_name(requirement.name) for requirement in pinned}
    here = [requirement for requirement in pinned if not requirement.marker or requirement.marker.evaluate()]
    needed = {name for requirement in here for name in needed_by(requirement)}
    assert needed - names == set()


def test_start_needs_nothing_but_python() -> None:
    tree = ast.parse((ROOT / "start.py").read_text())
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module.split(".")[0] for module in modules} <= sys.stdlib_module_names


def test_an_older_python_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    ast.parse((ROOT / "start.py").read_text(), feature_version=(3, 8))  # it can be read at all
    monkeypatch.setattr(sys, "version_info", (3, 8, 10))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        runpy.run_path(str(ROOT / "start.py"))


def test_a_python_without_venv_is_told_which_package_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"apt install python3\.\d+-venv"):
        start.create_environment()


def test_a_requirements_file_is_installed_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "ENVIRONMENT", tmp_path)
    file = tmp_path / "requirements.txt"
    file.write_text("Flask==3.1.3\n")
    assert not start.is_installed(file.name)
    start.stamp(file.name).write_text(start.digest(file.name))
    assert start.is_installed(file.name)
    file.write_text("Flask==3.1.4\n")
    assert not start.is_installed(file.name)


def test_a_failed_download_is_told_apart_from_other_failures() -> None:
    offline = "WARNING: Retrying after connection broken by 'NewConnectionError(...)': /simple/flask/\n"
    assert "no connection" in start.why_not_installed(offline)
    assert "No space left on device" in start.why_not_installed("ERROR: [Errno 28] No space left on device\n")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def start_run(port: str) -> subprocess.CompletedProcess[str]:
    """Start the app as a person does, with a port of the shell."""
    words, settings = [sys.executable, "start.py", "run"], {**os.environ, "PORT": port}
    return subprocess.run(words, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)


def test_a_taken_port_gets_a_sentence(taken_port: int) -> None:
    done = start_run(str(taken_port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"cannot use port {taken_port}" in done.stderr
    assert "set PORT to another number" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("port", ["eight", "0", "-1", "65536", "80.5", "²"])
def test_a_port_that_is_no_port_gets_a_sentence(port: str) -> None:
    done = start_run(port)
    assert done.returncode == 1
    assert done.stderr.startswith(f"PORT is {port}. Set it to a number from 1 to 65535")


def test_the_port_of_the_shell_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.delenv("PORT", raising=False)
    assert start.wanted_port() == 8000
    (tmp_path / ".env").write_text("HR_INSTANCE=north\nPORT=8111\n#PORT=8112\n")
    assert start.wanted_port() == 8111
    monkeypatch.setenv("PORT", "8222")
    assert start.wanted_port() == 8222


def test_make_offers_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^(help .*):$", makefile, re.MULTILINE)
    assert targets is not None
    assert targets[1].split() == list(start.COMMANDS)
    assert f".PHONY: {targets[1]}" in makefile


def test_an_unknown_command_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SystemExit, match=r"no command 'rnu'.* run, test"):
        start.main(["rnu"])


def test_an_unknown_check_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SystemExit, match=r"no check 'tpyes'.* style, layout, types"):
        start.main(["check", "style", "tpyes"])


def test_what_must_pass_leaves_no_check_out() -> None:
    run = (ROOT / ".ci" / "run").read_text()
    checked = " ".join(re.findall(r"^make check ARGS='([^']+)'", run, re.MULTILINE))
    assert [*checked.split(), "architecture"] == list(start.CHECKS)  # which is among the tests
    assert re.search(r"^make test\b", run, re.MULTILINE)


def test_every_example_setting_is_one_that_the_app_reads() -> None:
    offered = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    read = set(re.findall(r'environment(?:\.get\(|, )"([A-Z_]+)"', (ROOT / "harmreduction/config.py").read_text()))
    assert offered == read
