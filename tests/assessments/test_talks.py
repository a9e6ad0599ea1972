"""Laws of what is said: no words get lost, a way out is never an answer, and two screens agree in the end."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from harmreduction.assessments.rules.answering import (
    MOST_PAGES,
    Choice,
    Sent,
    answer_of,
    settled,
    still_true,
    typed_on,
    with_typed,
    without_typed,
)
from harmreduction.assessments.rules.cards import Layout, Situation
from harmreduction.assessments.rules.so_far import said_so_far
from harmreduction.assessments.rules.talks import (
    WAYS_OUT,
    Answer,
    ChangedElsewhere,
    Earlier,
    Reply,
    SignOff,
    Typed,
    Wish,
    cards_for,
    with_answer,
)
from tests.assessments.talks import CARDS, PERHAPS, a_draft, say, talks
from tests.factories import days_from_now

CARD = st.sampled_from(CARDS.cards)
WAY = st.sampled_from(["", *WAYS_OUT])


@st.composite
def sent(draw, card):
    codes = [option.code for option in card.options] + ["no such option"]
    return Sent(
        chosen=tuple(draw(st.lists(st.sampled_from(codes), unique=True, max_size=3))),
        way_out=draw(WAY),
        words=draw(PERHAPS),
        staff_words=draw(PERHAPS),
    )


def wordings(answer):
    written = (answer.words, answer.staff_words, *answer.earlier, *answer.staff_earlier)
    return {line for text in written for line in text.split("\n") if line}


@given(st.data(), CARD)
def test_no_words_get_lost_however_often_a_card_is_changed_on_two_screens(data, card):
    draft, said = a_draft(), set()
    for _ in range(data.draw(st.integers(1, 4))):
        before = draft.answers.get(card.code, Answer(card=card.code))
        of_page = data.draw(sent(card))
        now_said = answer_of(card, before, replace(of_page, revision=data.draw(st.integers(0, before.revision))))
        if now_said is None:
            continue
        said |= wordings(now_said)
        try:
            draft = with_answer(draft, now_said)
        except ChangedElsewhere as problem:
            assert (problem.kept, problem.sent) == (before, now_said)
            draft = settled(draft, now_said, data.draw(st.sampled_from(Choice)))
        answer = draft.answers[card.code]
        assert answer.revision > before.revision
        assert said <= wordings(answer)
        assert answer.reply is Reply.ANSWERED or answer.chosen == ()
        assert card.code in draft.order and draft.sign_off is None
    for line in said_so_far(draft):
        assert (line.way_out is None) == (draft.answers[line.card].reply in (None, Reply.ANSWERED))


@given(st.data(), CARD)
def test_a_way_out_that_is_chosen_anew_is_meant_whatever_is_ticked(data, card):
    before, of_page = Answer(card=card.code), data.draw(sent(card))
    said = answer_of(card, before, of_page)
    if of_page.way_out:
        assert said is not None and (said.reply, said.chosen) == (of_page.way_out, ())
        ticked = replace(of_page, chosen=tuple(option.code for option in card.options[:1]), words="")
        again = answer_of(card, replace(said, revision=1), ticked)
        assert again is not None and again.reply is (Reply.ANSWERED if card.options else said.reply)
    elif said is None:
        assert not of_page.words and not of_page.staff_words and not set(of_page.chosen) & codes_of(card)
    else:
        assert said.reply in (None, Reply.ANSWERED) and set(said.chosen) <= codes_of(card)


def codes_of(card):
    return {option.code for option in card.options}


@given(st.lists(st.tuples(st.sampled_from("abcd"), PERHAPS, st.sampled_from(["most", "some", "unicorn"])), max_size=8))
def test_what_is_typed_waits_beside_what_was_said(typing):
    before = draft = say(a_draft(), "alone", "most", words="said")
    for page, words, chosen in typing:
        draft = with_typed(draft, Typed(page_id=page, card="alone", chosen=(chosen,), words=words))
        assert len(typed_on(draft, "alone")) <= MOST_PAGES
        assert "unicorn" not in {code for each in draft.typed for code in each.chosen}
        same = words == "said" and chosen == "most"
        assert (page in {each.page_id for each in draft.typed}) != same, "a tick waits as words do"
    assert replace(draft, typed=()) == before
    assert without_typed(draft, *"abcd").typed == ()
    taken = with_typed(draft, Typed(page_id="new", card="alone", words="all of it"), taken_over="a")
    assert [each.page_id for each in taken.typed][:1] == ["new"] and "a" not in {each.page_id for each in taken.typed}


@settings(max_examples=20)
@given(talks())
def test_still_true_says_the_same_again_and_knows_that_it_was_asked(draft):
    earlier = Earlier(conversation_id="", held_on=days_from_now(0), answers=draft.answers, steps=())
    for card in [CARDS.card(code) for code in draft.answers]:
        later = still_true(a_draft(earlier=earlier), card, Sent())
        was, answer = draft.answers[card.code], later.answers[card.code]
        assert (answer.reply, answer.chosen, answer.words) == (was.reply, was.chosen, was.words)
        assert (answer.is_still_true, answer.earlier, answer.staff_words) == (True, (), was.staff_words)


def test_the_cards_follow_how_things_are_and_what_was_wished():
    draft = a_draft()
    assert cards_for(draft) == draft.cards.cards
    fewer = replace(draft, wishes=frozenset({Wish.FEWER_CARDS}))
    assert all(card.is_core for card in cards_for(fewer)) and "mood" in {card.code for card in cards_for(fewer)}
    assert "place" in {card.code for card in cards_for(say(fewer, "place", words="by the river"))}
    for situation in Situation:
        told = say(replace(draft, sign_off=SignOff.YES), "now", situation.value)
        assert (told.situation, told.sign_off) == (situation, None)
        assert told.layout is (Layout.BREAK if situation in ("on_a_break", "stopped") else Layout.USING)
    assert say(told, "now", reply=Reply.SKIPPED).situation is None
    only_break = replace(CARDS.cards[0], situations=frozenset({Situation.ON_A_BREAK}))
    special = replace(CARDS, cards=(only_break, *CARDS.cards[1:]))
    assert only_break not in cards_for(replace(draft, cards=special, situation=Situation.USING))
    assert only_break in cards_for(replace(draft, cards=special, situation=Situation.ON_A_BREAK))
