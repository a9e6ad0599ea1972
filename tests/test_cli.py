"""What an operator does from a terminal, in a process of its own, on an instance of its own."""

import os
import re
import socket

import pytest

from tests import processes


@pytest.fixture
def run(tmp_path):
    """Return a function that runs `flask --app app …` on an instance in an empty folder."""

    def run_command(*words, **environment):
        own = {"HR_INSTANCE": str(tmp_path / "programme"), "HR_DATABASE_URL": ""}
        return processes.run("flask", "--app", "app", *words, environment=os.environ | own | environment)

    return run_command


def test_a_real_programme_is_set_up_once_and_verifies_and_its_administrator_can_be_rescued(run):
    first = run("hr", "init")
    assert first.returncode == 0, first.stderr
    assert re.search(r"/first-run with this code, once:\s+\S{8,}", first.stdout)
    verified = run("hr", "verify").stdout
    assert "Balanced: 0 movements" in verified
    end = re.search(r"The audit trail ends at (\d+:[0-9a-f]{16})\.", verified)
    assert end is not None
    assert run("hr", "verify", "--since", end[1]).returncode == 0
    cut = run("hr", "verify", "--since", f"900{end[1]}")
    assert (cut.returncode, "does not lead through 900" in cut.stdout) == (1, True)
    assert "is no end of a trail" in run("hr", "verify", "--since", "yesterday").stderr
    nobody = run("hr", "sign-in-link", "somebody")
    assert (nobody.returncode, "Nobody in the team signs in as 'somebody'" in nobody.stderr) == (1, True)


def test_a_demonstration_is_built_once_and_never_becomes_a_real_programme(run):
    assert "building a demonstration" in run("hr", "prepare").stdout
    assert run("hr", "prepare").stdout == ""
    again = run("hr", "init")
    assert (again.returncode, "holds a programme already" in again.stderr) == (1, True)
    link = run("hr", "sign-in-link", "sam")
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/sign-in/link/[\w-]{20,}\n", link.stdout)


def test_a_missing_a_wrong_and_an_open_key_each_get_their_sentence_and_never_a_trace(run, tmp_path):
    run("hr", "init")
    key = tmp_path / "programme-keys" / "database.key"
    kept = key.read_text()

    key.unlink()
    missing = run("hr", "verify")
    assert "database.key is missing. Put it back" in missing.stderr

    key.write_text("ab" * 32)
    key.chmod(0o600)
    wrong = run("hr", "verify")
    assert "The key does not open the database" in wrong.stderr

    key.write_text(kept)
    key.chmod(0o644)
    readable = run("hr", "verify")
    assert "chmod 600" in readable.stderr

    key.chmod(0o600)
    assert run("hr", "verify").returncode == 0
    for answer in (missing, wrong, readable):
        assert answer.returncode == 1
        assert "Traceback" not in answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "many"}, "PORT must be a whole number"),
        ({"PORT": "70000"}, "PORT must be from 1 to 65535, not 70000"),
        ({"PORT": "0"}, "PORT must be from 1 to 65535, not 0"),
        ({"HR_DATABASE_URL": "mysql://localhost/x"}, "must begin with postgresql://"),
        ({"HR_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, "The database does not answer"),
    ],
)
def test_settings_that_cannot_be_get_a_sentence_and_never_a_trace(run, environment, sentence):
    answer = run("hr", "verify", **environment)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("host", "sentence"),
    [("::1", "Port {port} is taken by another program"), ("203.0.113.7", "cannot listen on 203.0.113.7, port {port}")],
)
def test_where_the_app_cannot_listen_gets_a_sentence_that_is_true(run, host, sentence):
    with socket.socket(socket.AF_INET6) as listener:
        listener.bind(("::1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        answer = run("hr", "serve", HR_HOST=host, PORT=str(port))
    assert (answer.returncode, sentence.format(port=port) in answer.stderr) == (1, True)
    assert "Traceback" not in answer.stderr
