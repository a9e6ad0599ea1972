"""A file comes in while its page is answered long since."""

import logging
import threading

import pytest
from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.directory.background import in_background
from harmreduction.directory.models import Service
from tests.directory.builders import service_document
from tests.directory.import_files import as_json, seen_on, upload
from tests.factories import make_account, make_session_cookie
from tests.pages import PageClient, text_of


@pytest.fixture
def serving(instance, monkeypatch):
    """A programme on disk that works in the background, as on a server."""
    monkeypatch.setitem(instance.app.config, "TESTING", False)
    return instance.app


def wait():
    """Wait until nothing works in the background."""
    for thread in threading.enumerate():
        if thread.name == "import":
            thread.join(timeout=60)
            assert not thread.is_alive()


def test_a_file_is_read_and_written_by_a_thread_of_its_own(serving):
    client = PageClient(serving)
    client.set_cookie(*make_session_cookie(make_account("programme_lead")))
    db.session.remove()

    address = upload(client, as_json(*(service_document(f"Site {number}") for number in range(3))), "a.json")
    wait()
    page = client.page(address)
    assert "3 new" in text_of(page)
    client.send(f"{address}/confirm", seen=seen_on(page))
    wait()

    assert "Brought in" in text_of(client.page(address))
    assert len(db.session.scalars(select(Service.name)).all()) == 3


def test_what_goes_wrong_is_logged_without_its_words(serving, caplog):
    def fail():
        raise ValueError("1 Hidden Lane")

    with caplog.at_level(logging.ERROR):
        in_background(fail)
        wait()
    assert "ValueError" in caplog.text
    assert "Hidden" not in caplog.text
