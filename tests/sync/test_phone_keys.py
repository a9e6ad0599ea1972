"""The key of phones: changed from the terminal, followed by every process, and no old one is ever given up."""

import pytest

from harmreduction.core import sealed_box
from harmreduction.core.db import db
from harmreduction.core.keys import read_keys, rotate_phones_key
from harmreduction.factory import create_app
from tests.factories import KEYS
from tests.instances import opened
from tests.pages import PageClient
from tests.sync.team import make_outreach, record_of


@pytest.fixture
def own_key():
    """Put the key of the tests back."""
    yield
    sealed_box.use_keys(KEYS.phones)


def test_a_phone_that_was_out_while_the_key_was_changed_loses_nothing(instance, own_key) -> None:
    running = create_app(instance.config)
    with opened(running):
        running.config["WTF_CSRF_ENABLED"] = False
        field = make_outreach()
        browser, before = field.browser(PageClient, running), field.phone.server_key
        old = field.phone.hand_out(field.shelf)
        db.session.remove()
        done = running.test_cli_runner().invoke(args=["hr", "rotate-phones-key"])
        assert done.exit_code == 0
        assert "kept beside it as phones-old-" in done.output
        sealed_box.use_keys(KEYS.phones)  # another process, which knows nothing of the change yet
        rotate_phones_key(instance.config.keys)
        assert field.phone.send(browser) == {old["id"]: "stored"}
        field.phone.server_key = sealed_box.public_key()
        assert field.phone.server_key != before
        assert read_keys(instance.config.keys).phones_old[0] == KEYS.phones
        new = field.phone.hand_out(field.shelf)
        assert field.phone.send(browser) == {new["id"]: "stored"}
        assert record_of(new).status == "applied"


def test_a_key_that_is_put_back_opens_what_waited_for_it_and_a_missing_one_is_not_given_up(instance, own_key) -> None:
    folder = instance.config.keys
    rotate_phones_key(folder)
    old = folder / "phones-old-001.key"
    aside = old.read_text()
    old.unlink()
    running = create_app(instance.config)
    with opened(running):
        running.config["WTF_CSRF_ENABLED"] = False
        field = make_outreach()
        browser, today = field.browser(PageClient, running), sealed_box.public_key()
        sealed_box.use_keys(aside.strip())
        field.phone.server_key = sealed_box.public_key()
        create_app(instance.config)
        waits = field.phone.hand_out(field.shelf)
        assert sealed_box.public_key() == today
        assert field.phone.send(browser) == {waits["id"]: "review"}
        assert record_of(waits).reason == "unknown_key"
        old.touch(0o600)
        old.write_text(aside)
        (folder / "phones.key").touch()
        lead = make_outreach("programme_lead").browser(PageClient, running)
        lead.send(f"/phones/review/{waits['id']}/again")
        assert record_of(waits).status == "applied"
        (folder / "phones-old-001.key").unlink()
        again = field.phone.hand_out(field.shelf)
        assert field.phone.send(browser) == {again["id"]: "stored"}
