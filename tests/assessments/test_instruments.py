"""Clinical instruments: exact where papers are, silent where something was not asked, kept only where it is wanted."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import func, select

from harmreduction.assessments.actions.instruments import keep_result
from harmreduction.assessments.models import InstrumentAnswer, InstrumentResult
from harmreduction.assessments.rules.instruments import barc10, naloxone_triggers, riosord, rulers
from harmreduction.assessments.rules.instruments.base import NO, YES, UnusableAnswers
from harmreduction.assessments.rules.instruments.catalogue import ALL, EDITIONS, IN_USE, edition_of, get_instrument
from harmreduction.assessments.rules.instruments.keeping import Taken
from harmreduction.assessments.rules.instruments.riosord_points import CLASSES, HIGHEST, Version, items_of
from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.participants.actions.merging import merge_participants
from harmreduction.stock.rules import ChangedFact
from tests.factories import SYSTEM, make_actor, make_site
from tests.pages import hidden, text_of
from tests.participants.stories import count_trail, make_participant

VHA, CIP = Version.VHA, Version.CIP
NOBODY_NAMED = {version: {item.code: NO for item in items_of(version)} for version in Version}
TOP = {version: {item.code: max(item.replies) for item in items_of(version)} for version in Version}


def answers_to(instrument):
    """Return answers to any part of an instrument."""
    items = {item.code: some.sampled_from(sorted(item.replies)) for item in instrument.items}
    return some.fixed_dictionaries({}, optional=items)


def whole_answers(version):
    """Return answers to everything that a version of RIOSORD asks."""
    return some.fixed_dictionaries({item.code: some.sampled_from(sorted(item.replies)) for item in items_of(version)})


def said(reading):
    """Return a reading in English."""
    return [str(line) for line in (*reading.lines, *reading.beside)]


# RIOSORD ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "answers", "points", "number", "per_thousand"),
    [
        (VHA, TOP[VHA], 115, 10, 940),
        (
            VHA,
            NOBODY_NAMED[VHA] | dict.fromkeys(("opioid_dependence", "benzodiazepine", "emergency_visit"), YES),
            30,
            2,
            140,
        ),
        (VHA, NOBODY_NAMED[VHA], 0, 1, 30),
        (CIP, TOP[CIP], 146, 7, 834),
        (CIP, NOBODY_NAMED[CIP] | dict.fromkeys(("substance_use_disorder", "benzodiazepine"), YES), 34, 6, 551),
        (CIP, NOBODY_NAMED[CIP], 0, 1, 19),
    ],
)
def test_the_points_and_classes_are_those_of_the_papers(version, answers, points, number, per_thousand):
    found = riosord.score(version, answers)
    assert (found.points, found.risk_class.number, found.risk_class.per_thousand) == (points, number, per_thousand)


def test_each_class_begins_and_ends_where_the_papers_say():
    ends = {version: [(each.lowest, each.highest) for each in CLASSES[version]] for version in Version}
    assert ends[VHA] == [
        *((0, 24), (25, 32), (33, 37), (38, 42), (43, 46), (47, 49), (50, 54), (55, 59), (60, 66), (67, 115)),
    ]
    assert ends[CIP] == [(0, 4), (5, 7), (8, 9), (10, 17), (18, 25), (26, 41), (42, 146)]
    predicted = {version: [each.per_thousand for each in CLASSES[version]] for version in Version}
    assert predicted[VHA] == [30, 140, 240, 340, 460, 550, 640, 760, 850, 940]
    assert predicted[CIP] == [19, 48, 68, 151, 298, 551, 834]
    for version in Version:
        for points in range(HIGHEST[version] + 1):  # no gap, no overlap
            assert sum(each.lowest <= points <= each.highest for each in CLASSES[version]) == 1


def test_the_table_holds_the_rows_of_both_papers():
    points = {version: {item.code: max(item.points.values()) for item in items_of(version)} for version in Version}
    assert points[VHA] == {
        **{"opioid_dependence": 15, "liver": 9, "bipolar": 7, "lung": 5, "kidney": 5, "injury": 4, "sleep_apnoea": 3},
        **{"er_la": 9, "methadone": 9, "oxycodone": 3, "antidepressant": 7, "benzodiazepine": 4},
        **{"dose": 16, "emergency_visit": 11, "hospital_day": 8},
    }
    assert points[CIP] == {
        **{"substance_use_disorder": 25, "bipolar": 10, "lung": 5, "kidney": 8, "stroke": 9, "heart_failure": 7},
        **{"pancreas": 7, "headache": 5, "er_la": 5, "methadone": 10, "fentanyl": 13, "morphine": 11},
        **{"hydromorphone": 7, "antidepressant": 8, "benzodiazepine": 9, "dose": 7},
    }
    doses = {band: riosord.score(VHA, NOBODY_NAMED[VHA] | {"dose": band}).points for band in range(4)}
    assert doses == {0: 0, 1: 5, 2: 9, 3: 16}  # one band only


@pytest.mark.parametrize(("version", "points"), [(VHA, 18), (CIP, 15)])
def test_methadone_counts_in_its_own_row_and_in_that_of_long_acting_opioids(version, points):
    only = NOBODY_NAMED[version] | {"methadone": YES}
    both = only | {"er_la": YES}
    unasked = {code: answer for code, answer in only.items() if code != "er_la"}
    assert [riosord.score(version, each).points for each in (only, both, unasked)] == [points] * 3
    assert any("counts in that row too" in line for line in said(riosord.read(version, only)))


@given(version=some.sampled_from(Version), data=some.data())
def test_a_yes_never_takes_points_away_and_every_total_has_its_class(version, data):
    answers = data.draw(whole_answers(version))
    item = data.draw(some.sampled_from(items_of(version)))
    before = riosord.score(version, answers | {item.code: min(item.replies)})
    after = riosord.score(version, answers | {item.code: max(item.replies)})
    assert 0 <= before.points <= after.points <= HIGHEST[version]
    assert before.risk_class.per_thousand <= after.risk_class.per_thousand
    assert riosord.class_of(version, after.points) == after.risk_class


def test_the_figures_never_stand_without_their_limits():
    for version, cases in ((VHA, "9 of 100"), (CIP, "20 of 100")):
        text = " ".join(said(riosord.read(version, TOP[version])))
        for limit in (
            f"not this person's chance. People were picked for the paper so that {cases}",
            "records of prescriptions",
            "alcohol, the unregulated supply, using alone or a recent release",
            "only for people who are prescribed opioids",
        ):
            assert limit in text


# What was not asked -----------------------------------------------------------------------------------


@given(data=some.data())
def test_what_was_not_asked_is_never_scored(data):
    instrument = data.draw(some.sampled_from(ALL))
    answers = data.draw(answers_to(instrument))
    missing = instrument.missing(answers)
    lines = said(instrument.read(answers))
    assert {item.code for item in missing} == {item.code for item in instrument.items} - set(answers)
    scored = instrument.code in ("riosord_vha", "riosord_cip", "barc10")
    if scored and [item.code for item in missing] not in ([], ["er_la"]):
        assert lines[0].startswith("Not computed: ")
        assert not any("points of" in line or "on a scale" in line for line in lines)


def test_the_sentence_counts_what_was_not_asked():
    without = dict(list(NOBODY_NAMED[VHA].items())[2:])
    assert said(riosord.read(VHA, without))[0] == "Not computed: 2 items were not asked."
    assert barc10.total({}) is None


# BARC-10, rulers, naloxone ----------------------------------------------------------------------------


def test_barc_10_runs_from_10_to_60_and_has_one_mark_and_no_bands():
    for reply, total in ((1, 10), (6, 60)):
        answers = {item.code: reply for item in barc10.ITEMS}
        assert barc10.total(answers) == total
        assert said(barc10.read(answers))[0] == f"{total}, on a scale from 10 to 60"
    assert len(barc10.ITEMS) == 10
    marks = [barc10.read({item.code: reply for item in barc10.ITEMS}).beside for reply in (1, 6)]
    assert marks[0] == marks[1]  # the same is said whatever the total, so that no person gets a label
    assert "among 123 people, a total of 47 or more" in str(marks[0][0])


@given(answers_to(barc10.BARC10), some.sampled_from(barc10.ITEMS))
def test_one_answer_less_and_there_is_no_total(answers, item):
    whole = {each.code: answers.get(each.code, 3) for each in barc10.ITEMS}
    assert 10 <= barc10.total(whole) <= 60
    del whole[item.code]
    assert barc10.total(whole) is None


def test_rulers_say_each_number_as_it_was_given_and_add_nothing_up():
    lines = said(rulers.read({"topic": 5, "importance": 8, "confidence": 3}))
    assert lines[:4] == [
        "About: Getting care",
        "How important is it to you now? 8 of 10",
        "How sure do you feel that you could do it? 3 of 10",
        "How ready do you feel to start? Not asked",
    ]
    assert {"What makes it 8, and not a lower number?", "What would bring it up to 4?"} <= set(lines)
    assert "11" not in " ".join(lines)


@given(answers_to(naloxone_triggers.NALOXONE_TRIGGERS))
def test_one_reason_is_enough_and_none_closes_the_door(answers):
    lines = said(naloxone_triggers.read(answers))
    assert ("CDC says: offer naloxone." in lines) == (YES in answers.values())
    assert sum(line.startswith("Not known") for line in lines) == 4 - len(answers)
    assert lines[-1].startswith("Anyone can have a kit here")


# All of them ------------------------------------------------------------------------------------------


def test_every_instrument_says_where_it_comes_from_and_what_is_to_verify():
    assert len(EDITIONS) == len(ALL)
    for instrument in ALL:
        assert instrument.about.sources and str(instrument.about.licence) and instrument.about.to_verify
        assert len({item.code for item in instrument.items}) == len(instrument.items)
        assert edition_of(instrument.code.value, instrument.edition) is instrument
        assert IN_USE[instrument.code] is get_instrument(instrument.code.value)
    assert any("PMC4744747" in str(sentence) for sentence in riosord.VHA.about.to_verify)
    assert dict(riosord.VHA.about.codes).keys() >= {"866024000", "459741000124104", "460831000124102"}
    for unknown in (lambda: get_instrument("audit"), lambda: edition_of("barc10", 99), lambda: edition_of("x", 1)):
        with pytest.raises(NotFound):
            unknown()


# Kept, or shown and gone ------------------------------------------------------------------------------


@pytest.fixture
def site(database):
    return make_site("Union St")


@pytest.fixture
def clinician(sign_in_as, site):
    return sign_in_as("clinician", sites=(site.id,))


def stored():
    """Return how many results and answers are kept, and how long the audit trail is."""
    return tuple(db.session.scalar(select(func.count()).select_from(m)) for m in (InstrumentResult, InstrumentAnswer))


def take(participant, site, instrument=barc10.BARC10, **answers):
    """Return answers as they would be kept."""
    return Taken(
        client_id=str(uuid4()), participant_id=participant.id, site_id=site.id, instrument=instrument, answers=answers
    )


def test_a_clinician_uses_riosord_with_somebody_and_nothing_is_left_behind(clinician, site):
    trail = db.session.scalar(select(func.count(AuditEntry.id)))
    page = "/instruments/riosord_vha"
    assert "Is this person prescribed an opioid?" in clinician.page(page)
    for reply in ("", "0"):
        turned_away = text_of(clinician.send(page, status=200, passed=reply, do="items"))
        assert "only for people who are prescribed an opioid" in turned_away
        assert "To the conversation" in turned_away and "Oxycodone" not in turned_away
    asked = clinician.send(page, status=200, passed="1", do="items").get_data(as_text=True)
    assert "Oxycodone" in asked
    assert len(re.findall(r'value="" checked|checked[^>]*value=""', asked)) == 15  # each begins as "not asked"
    some_of_it = clinician.send(page, status=200, passed="1", do="result", oxycodone="1", dose="3", liver="7")
    assert "Not computed: 13 items were not asked." in text_of(some_of_it)
    answers = {code: str(answer) for code, answer in NOBODY_NAMED[VHA].items()} | {"opioid_dependence": "1"}
    answers |= {"benzodiazepine": "1", "emergency_visit": "1"}
    result = clinician.send(page, status=200, passed="1", do="result", **answers)
    for words in (
        *("30 points of 115", "Class 2 of 10: 25 to 32 points", "14 of 100 people in its sample"),
        *("People were picked for the paper so that 9 of 100", "866024000", "CC BY-NC-ND", "Table 4 of PMC4744747"),
    ):
        assert words in text_of(result), words
    assert "tag" not in re.findall(r'class="([a-z]+)', result.get_data(as_text=True))  # in no colour
    assert f"{page}/keep" not in result.get_data(as_text=True)  # without a code there is nothing to keep it with
    clinician.send(f"{page}/keep", passed="1", **answers)
    assert "Nothing was kept" in clinician.page("/instruments/")
    assert stored() == (0, 0)
    assert db.session.scalar(select(func.count(AuditEntry.id))) == trail


def test_a_result_is_kept_with_the_code_seen_by_who_may_and_erased(clinician, sign_in_as, site):
    somebody = make_participant(site)
    about = f"?participant={somebody.public_id}"
    assert "Nothing is kept" in clinician.page(f"/instruments/{about}")
    new = clinician.send(f"/instruments/barc10{about}", status=200, passed="1", do="items").get_data(as_text=True)
    sent = {"form_id": hidden(new, "form_id"), "passed": "1", "energy": "5", "friends": "2"}
    shown = clinician.send(f"/instruments/barc10{about}", status=200, do="result", **sent)
    assert (stored(), "Keep this result with the code" in text_of(shown)) == ((0, 0), True)
    for _ in range(2):  # sent twice, kept once
        there = clinician.send(f"/instruments/barc10/keep{about}", **sent).location
    assert stored() == (1, 2)
    clinician.send(f"/instruments/barc10/keep{about}", **(sent | {"energy": "1"}))
    assert stored() == (1, 2)
    assert "8 items were not asked" in clinician.page(there)
    kept = text_of(clinician.page(f"/instruments/{about}"))
    assert "BARC-10" in kept and "scale" not in kept  # a list shows no figure
    assert "BARC-10" not in text_of(clinician.page(f"/participants/{somebody.public_id}"))
    stranger = sign_in_as("clinician", sites=(make_site().id,))
    for address in (there, f"/instruments/{about}", f"/instruments/barc10{about}"):
        stranger.page(address, status=404)
    stranger.send(f"{there}/erase", status=404)
    clinician.send(f"{there}/erase")
    assert stored() == (0, 0)
    clinician.page(there, status=404)
    trail = [count_trail(event, somebody) for event in ("INSTRUMENT_USED", "INSTRUMENT_SEEN", "INSTRUMENT_ERASED")]
    assert trail == [1, 1, 1]


def test_only_answers_of_the_instrument_are_kept_at_a_site_of_one_s_own_and_a_merge_takes_them_along(site):
    one, other = make_participant(site), make_participant(site)
    clinician = make_actor("clinician", sites=(site.id,))
    for wrong in ({}, {"energy": 7}, {"oxycodone": 1}):
        with pytest.raises(UnusableAnswers):
            keep_result(take(one, site, **wrong), by=clinician, at=now())
    with pytest.raises(NotFound):
        keep_result(take(one, make_site(), energy=3), by=clinician, at=now())
    taken = take(one, site, energy=3)
    keep_result(taken, by=clinician, at=now())
    with pytest.raises(ChangedFact):
        keep_result(replace(taken, answers={"energy": 4}), by=clinician, at=now())
    merge_participants(other.public_id, one.public_id, by=SYSTEM, at=now())
    assert keep_result(taken, by=clinician, at=now()) == taken.client_id
    assert stored() == (1, 1)
