"""A full disk, a database that somebody else holds, two hands at once: a sentence, and never half a record."""

import random
import re
import threading

import pytest
from sqlalchemy import func, select, text

from harmreduction.core.db import db, new_id
from harmreduction.core.errors import NotSaved
from harmreduction.core.sealing import unseal
from harmreduction.encounters.models import Distribution, Encounter
from harmreduction.encounters.verification import find_differences as find_encounter_differences
from harmreduction.stock.models import StockTransaction
from harmreduction.stock.verification import find_differences
from tests.factories import hand_out, item, on_hand
from tests.instances import needs_encryption
from tests.pages import text_of

NOTE = "asked for the longer needles, and for more strips"


def everything_fits() -> bool:
    """Say whether the ledger balances and what was handed out is what it moved."""
    db.session.rollback()
    return [*find_differences(), *find_encounter_differences()] == []


def count(model: type) -> int:
    """Return how many rows a table holds now."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def fill_in(page: str) -> dict[str, str]:
    """Return the full list as a person filled it in: three kits and a note."""
    fields = dict(re.findall(r'name="([^"]+)" type="hidden" value="([^"]*)"', page))
    row = next(name for name, value in fields.items() if value == item().public_id)
    told = {"audience": "others", "number_of_others": "2", "note": NOTE}
    return fields | told | {row.replace("-item", "-quantity"): "3"}


# A full disk ----------------------------------------------------------------------------------------------


def test_on_a_full_disk_nothing_is_half_written_and_it_goes_on_when_there_is_space(outreach):
    saved = fill_the_disk(outreach)
    assert 0 < count(Distribution) == len(saved)
    assert count(StockTransaction) == len(saved) + 1  # and the receipt
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    assert everything_fits()

    outreach.instance.set_on_every_connection("max_page_count=1000000")
    hand_out(outreach.shelf, ("naloxone-nasal-4", 1))
    assert count(Distribution) == len(saved) + 1
    assert everything_fits()


def fill_the_disk(outreach) -> list[str]:
    """Hand out until the disk is full, and return what was acknowledged."""
    saved = []
    outreach.instance.set_on_every_connection(f"max_page_count={db.session.scalar(text('PRAGMA page_count')) + 8}")
    with pytest.raises(NotSaved, match=r"disk of the server is full.*Free some space, then send it again"):
        while len(saved) < 1_000:
            saved.append(str(hand_out(outreach.shelf, ("naloxone-nasal-4", 1)).distribution_id))
    return saved


def test_on_a_full_disk_the_page_says_so_and_keeps_what_was_entered(outreach):
    browser = outreach.browser()
    entered = fill_in(browser.page("/hand-out/items"))
    saved = fill_the_disk(outreach)
    answer = browser.send("/hand-out/items", status=200, **entered)
    assert "The disk of the server is full, so this was not saved" in text_of(answer)
    assert_it_is_all_in_the_page(answer.text)
    assert count(Distribution) == len(saved)
    outreach.instance.set_on_every_connection("max_page_count=1000000")
    assert_saved_once_when_sent_again(outreach, browser, entered, before=len(saved))


# Somebody else holds the database -------------------------------------------------------------------------


def test_while_another_program_holds_the_database_the_page_says_so_and_keeps_what_was_entered(outreach):
    browser = outreach.browser()
    entered = fill_in(browser.page("/hand-out/items"))
    holder = outreach.instance.open_behind_our_back()
    holder.execute("BEGIN IMMEDIATE")
    answer = browser.send("/hand-out/items", status=200, **entered)
    assert "The database is busy, so this was not saved yet. Wait a moment" in text_of(answer)
    assert_it_is_all_in_the_page(answer.text)
    assert count(Distribution) == 0
    holder.execute("ROLLBACK")
    holder.close()
    assert_saved_once_when_sent_again(outreach, browser, entered, before=0)


def assert_it_is_all_in_the_page(html):
    """Assert that nobody has to enter anything again."""
    assert re.search(rf"<textarea[^>]*>\s*{NOTE}</textarea>", html)
    assert len(re.findall(r'name="lines-\d+-quantity"[^>]*value="3"', html)) == 1
    assert re.search(r'name="audience"[^>]*checked|checked[^>]*name="audience"', html)


def assert_saved_once_when_sent_again(outreach, browser, entered, *, before):
    """Assert that the same page, sent again and once more, is saved once."""
    for _ in range(2):
        browser.send("/hand-out/items", **entered)
    assert (count(Distribution), count(Encounter)) == (before + 1, before + 1)
    visit = db.session.scalars(select(Encounter).order_by(Encounter.id.desc())).first()
    assert unseal(visit.note_sealed, table="encounter", column="note", row=visit.public_id) == NOTE
    assert on_hand(outreach.shelf, outreach.lot) == 97 - before
    assert everything_fits()


def test_while_another_program_holds_the_database_pages_still_open(outreach):
    holder = outreach.instance.open_behind_our_back()
    holder.execute("BEGIN IMMEDIATE")
    browser = outreach.browser()
    for address in ("/hand-out", "/hand-out/items", "/shift", "/stock/", "/healthz"):
        assert browser.get(address).status_code == 200, address
    holder.execute("ROLLBACK")
    holder.close()


# Two hands at once ------------------------------------------------------------------------------------------


def at_the_same_moment(deeds):
    """Do these at the same moment, and return what each returned."""
    start, returned = threading.Barrier(len(deeds)), {}

    def run(number):
        start.wait()
        returned[number] = deeds[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [returned[number] for number in range(len(deeds))]


def test_the_same_page_sent_twice_at_the_same_moment_is_one_record(outreach):
    outreach.instance.set_on_every_connection("busy_timeout=10000")
    entered = fill_in(outreach.browser().page("/hand-out/items"))
    db.session.rollback()
    answers = at_the_same_moment([lambda: outreach.browser().post("/hand-out/items", data=entered)] * 4)
    assert [answer.status_code for answer in answers] == [302] * 4
    assert len({answer.location for answer in answers}) == 1
    assert (count(Distribution), count(Encounter)) == (1, 1)
    assert on_hand(outreach.shelf, outreach.lot) == 97
    assert everything_fits()


def test_different_pages_sent_at_the_same_moment_are_all_saved(outreach):
    outreach.instance.set_on_every_connection("busy_timeout=10000")
    entered = fill_in(outreach.browser().page("/hand-out/items"))
    db.session.rollback()

    def send_another_page():
        return outreach.browser().post("/hand-out/items", data={**entered, "form_id": new_id()})

    answers = at_the_same_moment([send_another_page] * 6)
    assert [answer.status_code for answer in answers] == [302] * 6
    assert (count(Distribution), on_hand(outreach.shelf, outreach.lot)) == (6, 82)
    assert everything_fits()


# A damaged file -----------------------------------------------------------------------------------------------


@needs_encryption
def test_a_flipped_bit_is_noticed_and_never_read_as_if_it_were_true(outreach):
    hand_out(outreach.shelf, ("naloxone-nasal-4", 1))
    db.session.remove()
    db.engine.dispose()
    file, chance = outreach.instance.config.database_file, random.Random(3)  # noqa: S311  # places, not secrets
    whole = file.read_bytes()
    for _ in range(20):
        damaged, place = bytearray(whole), chance.randrange(len(whole))
        damaged[place] ^= 1 << chance.randrange(8)
        file.write_bytes(damaged)
        assert read_everything(outreach.instance) == "noticed", place
    file.write_bytes(whole)
    assert read_everything(outreach.instance) == "whole"


def read_everything(instance):
    """Read the whole file as another program with the key would; say whether it noticed anything."""
    reader = instance.open_behind_our_back()
    try:
        return "whole" if reader.execute("PRAGMA cipher_integrity_check").fetchall() == [] else "noticed"
    except Exception:  # the driver's own errors are no sqlite3.Error
        return "noticed"
    finally:
        reader.close()
