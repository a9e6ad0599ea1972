"""The lists that a programme edits itself: groups, reasons, funding sources and their rules, codes of items."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import select

from harmreduction.core.db import db, new_id
from harmreduction.stock.actions import choices as actions
from harmreduction.stock.actions.identifiers import PrintedCode, add_identifier
from harmreduction.stock.models import FundingRule, Item, ItemCategory, StockReason
from harmreduction.stock.queries.choices import (
    get_funding_rule,
    get_funding_source,
    list_all_funding_sources,
    list_rules_of,
)
from harmreduction.stock.queries.identifiers import list_identifiers
from harmreduction.stock.rules import NameTaken
from harmreduction.stock.rules.funding import Verdict
from harmreduction.stock.rules.identifiers import IdentifierSystem, UnusableCode
from tests.factories import SYSTEM, item
from tests.pages import hidden, text_of


def test_a_lead_adds_a_group_once_and_an_item_can_be_in_it(sign_in_as):
    lead = sign_in_as("programme_lead")
    form_id = hidden(lead.page("/stock/lists/groups/new"), "form_id")
    for _ in range(2):
        lead.send("/stock/lists/groups/new", form_id=form_id, name="Printed matter", position="5", is_active="y")
    [group] = db.session.scalars(select(ItemCategory).where(ItemCategory.name == "Printed matter"))
    assert f'value="{group.code}"' in lead.page("/stock/items/new")
    lead.send(f"/stock/lists/groups/{group.code}", name="Leaflets", position="5")
    assert f'value="{group.code}"' not in lead.page("/stock/items/new")
    assert "Leaflets" in text_of(lead.page("/stock/lists/"))


def test_two_entries_of_a_list_never_have_one_name(database):
    choice = actions.Choice(name="stolen", position=1, is_active=True)
    with pytest.raises(NameTaken):
        actions.save_reason(new_id(), actions.ReasonUse.LESS, choice, by=SYSTEM)


def test_a_reason_is_renamed_and_retired_but_its_use_stays(sign_in_as):
    lead = sign_in_as("programme_lead")
    reason = db.session.scalars(select(StockReason).where(StockReason.name == "Stolen")).one()
    lead.send(f"/stock/lists/reasons/{reason.public_id}", name="Taken by police", position="2", use="waste")
    db.session.rollback()
    changed = db.session.scalars(select(StockReason).where(StockReason.public_id == reason.public_id)).one()
    assert (changed.name, changed.use, changed.is_active) == ("Taken by police", "less", False)


def test_a_newer_rule_of_a_source_ends_the_older_one_on_the_day_before(database):
    source = new_id()
    actions.save_funding_source(source, "Federal grant", is_active=True, by=SYSTEM)
    for day, verdict in ((date(2024, 1, 1), Verdict.BLOCK), (date(2026, 7, 1), Verdict.WARN)):
        entry = actions.RuleEntry(category="syringe", verdict=verdict, valid_from=day, valid_until=None, basis="")
        actions.add_funding_rule(new_id(), source, entry, by=SYSTEM)
    newer, older = list_rules_of(get_funding_source(source).id)
    assert (older.valid_until, newer.valid_until) == (date(2026, 6, 30), None)


def test_the_source_of_what_nobody_said_the_source_of_is_always_offered(sign_in_as):
    lead = sign_in_as("programme_lead")
    [not_said, *_others] = list_all_funding_sources()
    path = f"/stock/lists/sources/{not_said.public_id}"
    assert "It is offered" not in text_of(lead.page(path))
    lead.send(path, name="Nobody knows")
    db.session.rollback()
    assert (not_said.id, not_said.name, not_said.is_active) == (1, "Nobody knows", True)


def a_rule(**fields):
    source, rule = new_id(), new_id()
    actions.save_funding_source(source, f"Grant {source[:8]}", is_active=True, by=SYSTEM)
    entry = {"category": "syringe", "verdict": Verdict.BLOCK, "valid_until": None, "basis": ""} | fields
    actions.add_funding_rule(rule, source, actions.RuleEntry(**entry), by=SYSTEM)
    return rule


def test_a_rule_that_ended_never_comes_to_life_again(database):
    rule = a_rule(valid_from=date(2024, 1, 1), valid_until=date(2024, 12, 31))
    actions.end_funding_rule(rule, date(2026, 5, 1), by=SYSTEM)
    assert get_funding_rule(rule).valid_until == date(2024, 12, 31)


def test_a_rule_ends_on_the_day_of_the_programme_not_of_greenwich(sign_in_as):
    rule = a_rule(valid_from=date(2024, 1, 1))
    with time_machine.travel(datetime(2026, 4, 1, 1, 30, tzinfo=UTC), tick=False):  # still March in New York
        sign_in_as("programme_lead").send(f"/stock/lists/rules/{rule}/end")
    db.session.rollback()
    assert get_funding_rule(rule).valid_until == date(2026, 3, 31)


def test_a_rule_is_added_once_and_ended_through_the_page(sign_in_as):
    lead = sign_in_as("programme_lead")
    lead.send("/stock/lists/sources/new", name="State programme", is_active="y", form_id=(source := new_id()))
    path = f"/stock/lists/sources/{source}"
    fields = {"category": "syringe", "verdict": "block", "valid_from": "2024-01-01", "form_id": new_id()}
    lead.send(f"{path}/rules", **fields)
    lead.send(f"{path}/rules", **fields)
    [rule] = db.session.scalars(select(FundingRule))
    late = fields | {"form_id": new_id(), "valid_until": "2023-01-01"}
    assert "not before" in text_of(lead.send(f"{path}/rules", status=200, **late))
    lead.send(f"/stock/lists/rules/{rule.public_id}/end")
    db.session.rollback()
    assert db.session.scalars(select(FundingRule.valid_until)).one() is not None


def test_a_code_belongs_to_one_item_and_must_be_one(database):
    add_identifier(item("wound-kit"), PrintedCode(system=IdentifierSystem.OWN, text="wk-1"), by=SYSTEM)
    add_identifier(item("wound-kit"), PrintedCode(system=IdentifierSystem.OWN, text="WK-1"), by=SYSTEM)
    assert [code.value for code in list_identifiers(item("wound-kit").id)] == ["WK-1"]
    with pytest.raises(UnusableCode, match="Another item"):
        add_identifier(item("condom-external"), PrintedCode(system=IdentifierSystem.OWN, text="wk-1"), by=SYSTEM)
    with pytest.raises(UnusableCode, match="last digit"):
        add_identifier(item(), PrintedCode(system=IdentifierSystem.GTIN, text="369547353024"), by=SYSTEM)
    with pytest.raises(UnusableCode, match="hyphens"):
        add_identifier(item(), PrintedCode(system=IdentifierSystem.NDC, text="12-34-5"), by=SYSTEM)


def test_a_code_that_is_entered_again_holds_what_was_said_last(database):
    code = PrintedCode(system=IdentifierSystem.OWN, text="CK", pack_size=10, verified_on=date(2026, 1, 1))
    add_identifier(item("cooker"), code, by=SYSTEM)
    add_identifier(item("cooker"), PrintedCode(system=IdentifierSystem.OWN, text="CK", pack_size=1000), by=SYSTEM)
    [known] = list_identifiers(item("cooker").id)
    assert (known.pack_size, known.verified_on) == (1000, date(2026, 1, 1))


def test_a_lead_adds_and_takes_away_a_code_on_the_item_page(sign_in_as):
    lead = sign_in_as("programme_lead")
    path = f"/stock/items/{item('cooker').public_id}"
    lead.send(f"{path}/codes", code__system="own", code__value="CK-1000", code__pack_size="1000")
    [code] = list_identifiers(item("cooker").id)
    assert "CK-1000" in lead.page(path)
    lead.send(f"/stock/items/codes/{code.public_id}/remove")
    assert list_identifiers(item("cooker").id) == []
    assert "up to 40 signs" in text_of(
        lead.send(f"{path}/codes", status=200, code__system="own", code__value="x" * 50, code__pack_size="1")
    )


def test_the_page_of_a_source_says_which_rule_is_in_force(sign_in_as):
    lead, source = sign_in_as("programme_lead"), new_id()
    lead.send("/stock/lists/sources/new", name="State programme", is_active="y", form_id=source)
    path = f"/stock/lists/sources/{source}"
    for verdict, day in (("block", "2024-01-01"), ("allow", "2025-01-01"), ("warn", "2025-01-01")):
        lead.send(f"{path}/rules", category="syringe", verdict=verdict, valid_from=day, form_id=new_id())
    words = text_of(lead.page(path))
    assert words.count("in force") == 1 and "Asks once more in force" in words
    assert "Dec 31, 2024 (a newer rule follows)" in words


def test_a_second_item_of_the_same_name_is_refused_until_the_first_is_out_of_use(sign_in_as):
    lead = sign_in_as("programme_lead")
    fields = {"category": "hygiene", "unit": "pair", "unit_plural": "pairs", "doses_per_unit": "0", "pack_size": "1"}
    first, second = new_id(), new_id()
    lead.send("/stock/items/new", name="Mittens", is_active="y", form_id=first, **fields)
    again = {"name": "mittens", "is_active": "y", "form_id": second, **fields}
    assert "Another item has this name." in text_of(lead.send("/stock/items/new", status=200, **again))
    path = f"/stock/items/{item(first).public_id}"
    lead.send(path, name="Mittens", is_active="y", note="Wool", **fields)
    lead.send(path, name="Mittens", **fields)
    lead.send("/stock/items/new", **again)
    refused = lead.send(path, status=200, name="Mittens", is_active="y", **fields)
    assert "Another item has this name." in text_of(refused)


def test_two_items_are_not_merged_before_the_box_is_ticked(sign_in_as):
    lead, twin = sign_in_as("programme_lead"), item("naloxone-nasal-4")
    other = db.session.scalars(
        select(Item).where(Item.id != twin.id, Item.unit == twin.unit, Item.doses_per_unit == twin.doses_per_unit)
    ).first()
    path, fields = f"/stock/items/{twin.public_id}/merge", {"stays": other.public_id, "form_id": new_id()}
    sentence = "Tick the box if they are one and the same."
    assert sentence not in text_of(lead.send(path, status=200, **fields))
    assert sentence in text_of(lead.send(path, status=200, **fields, looked_at=other.public_id))
