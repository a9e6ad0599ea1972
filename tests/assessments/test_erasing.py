"""What becomes of conversations when somebody is forgotten or their time is over."""

from datetime import timedelta

from harmreduction.assessments import erasing
from harmreduction.assessments.models import (
    CardAnswer,
    CardChoice,
    Conversation,
    ConversationVersion,
    InstrumentAnswer,
    InstrumentResult,
    OpenLoop,
    PlanLine,
    TalkReflection,
)
from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.sealing import seal
from harmreduction.retention.actions import forget_participant, roll_up
from harmreduction.retention.rules import RolledUp
from harmreduction.settings.actions import set_values
from tests.assessments.stories import a_result_kept, a_talk_kept
from tests.factories import SYSTEM, TIME_ZONE, make_account, make_site
from tests.participants.stories import make_participant
from tests.retention.stories import rows_of

OF_TALKS = (Conversation, ConversationVersion, CardAnswer, PlanLine, OpenLoop)


def test_everything_of_somebody_forgotten_goes_and_nothing_of_anybody_else(database) -> None:
    site, day = make_site(), today(TIME_ZONE)
    person, merged, other = (make_participant(site) for _ in range(3))
    with transaction():
        db.session.merge(merged).merged_into_id = person.id
    for whose in (person, merged, other, None):
        talk = a_talk_kept(site, on=day, participant=whose)
        a_talk_kept(site, of=talk, on=day)
    for whose in (person, other):
        a_result_kept(site, whose, on=day)
    before = {model: len(rows_of(model, "id")) for model in OF_TALKS}

    forget_participant(person.public_id, by=SYSTEM)

    assert {model: 2 * len(rows_of(model, "id")) for model in OF_TALKS} == before, "two of four are left"
    assert set(rows_of(Conversation, "participant_id")) == {(other.id,), (None,)}
    assert rows_of(InstrumentResult, "participant_id") == [(other.id,)]
    assert (len(rows_of(InstrumentAnswer, "item")), len(rows_of(CardChoice, "option"))) == (1, 4)


def test_words_and_codes_go_with_time_and_what_can_be_counted_stays(database) -> None:
    set_values({"keep_months": "1"}, by=SYSTEM)
    site, day = make_site(), today(TIME_ZONE)
    long_ago, the_other_day = day - timedelta(days=75), day - timedelta(days=12)
    back, gone = make_participant(site), make_participant(site)
    again = a_talk_kept(site, on=long_ago, participant=back)
    a_talk_kept(site, of=again, on=the_other_day)
    over = a_talk_kept(site, on=long_ago, participant=gone, review_on=day)
    a_result_kept(site, gone, on=long_ago)
    counted = sorted(rows_of(CardChoice, "option", "is_concern")), sorted(rows_of(PlanLine, "option", "domain", "card"))
    days, steps = rows_of(ConversationVersion, "held_on"), rows_of(PlanLine, "step_id")

    done = roll_up(by=SYSTEM, now=now())

    assert (done.conversations, roll_up(by=SYSTEM, now=now())) == (2, RolledUp())
    assert (sorted(rows_of(CardChoice, "option", "is_concern")), rows_of(ConversationVersion, "held_on")) == (
        counted[0],
        days,
    )
    assert sorted(rows_of(PlanLine, "option", "domain", "card")) == counted[1]
    versions = rows_of(ConversationVersion, "held_on", "goal_sealed", "wishes", "review_on")
    assert {held: any(rest) for held, *rest in versions} == {long_ago: False, the_other_day: True}
    words = rows_of(CardAnswer, "words_sealed", "staff_words_sealed", "earlier_sealed", "staff_earlier_sealed")
    assert sorted(sum(word is not None for word in row) for row in words) == [0, 0, 4]
    lines = rows_of(PlanLine, "words_sealed", "when_sealed", "place_sealed", "helper_sealed", "importance")
    assert sorted(sum(word is not None for word in row) for row in lines) == [0, 0, 5]
    assert len(set(rows_of(PlanLine, "step_id")) & set(steps)) == 1, "the others lead to no version any more"
    assert dict(rows_of(Conversation, "public_id", "participant_id")) == {
        again.public_id: back.id,
        over.public_id: None,
    }
    assert rows_of(OpenLoop, "opened_on") == [(the_other_day,)]
    assert rows_of(InstrumentResult, "id") == []


def test_a_plan_number_leads_nowhere_once_its_time_is_over_and_a_look_back_has_no_words(database) -> None:
    site, day = make_site(), today(TIME_ZONE)
    a_talk_kept(site, on=day - timedelta(days=400))
    account = make_account("clinician", sites=(site.id,))
    with transaction():
        for back in (400, 0):
            note = TalkReflection(public_id=new_id(), site_id=site.id, account_id=account.id, talked_most="both")
            note.month = (day - timedelta(days=back)).replace(day=1)
            note.learned_sealed = seal("to wait", table="talk_reflection", column="learned", row=note.public_id)
            db.session.add(note)
    erasing.roll_up(day - timedelta(days=365), limit=10)
    assert rows_of(Conversation, "plan_number") == [(None,)]
    kept = rows_of(TalkReflection, "talked_most", "learned_sealed")
    assert [(answer, learned is None) for answer, learned in kept] == [("both", True), ("both", False)]
