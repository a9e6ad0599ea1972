"""What is said in a conversation while it runs: answers, two voices, and what becomes of it. Immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from harmreduction.assessments.rules.cards import Card, CardSet, Layout, Situation, Words, layout_of
from harmreduction.assessments.rules.following import Said, goal_after, said_both_times, with_strengths
from harmreduction.assessments.rules.plans import PlanStep, Removed
from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message

WIPED_AFTER = timedelta(minutes=15)  # of silence: the screen shows nothing more, and the draft rests
WIPED_AFTER_MORE_TIME = timedelta(minutes=30)
GONE_AFTER = timedelta(hours=12)  # of silence: the draft itself is gone
MOST_WORDS = 2_000  # characters in one field of own words
MOST_WISHES = 8
SITUATION_CARD = "now"


class Keeping(StrEnum):
    """What becomes of a conversation: nothing is kept, it is kept without a code, or with the participant's code."""

    NOTHING = "nothing"
    WITHOUT_CODE = "without_code"
    WITH_CODE = "with_code"


class Reply(StrEnum):
    """How a card was answered; a card that was never opened has none. Skipped is never a no."""

    ANSWERED = "answered"
    SKIPPED = "skipped"
    NOT_SURE = "not_sure"
    RATHER_NOT_SAY = "rather_not_say"
    LATER = "later"


WAYS_OUT = (Reply.SKIPPED, Reply.NOT_SURE, Reply.RATHER_NOT_SAY, Reply.LATER)


class Wish(StrEnum):
    """How somebody wants the conversation to be; why is nobody's business and is not asked."""

    SHORT_QUESTIONS = "short_questions"
    FEWER_CARDS = "fewer_cards"
    PICTURES = "pictures"
    READ_ALOUD = "read_aloud"
    MORE_TIME = "more_time"
    LARGE_TEXT = "large_text"
    COMPANION = "companion"


class SignOff(StrEnum):
    """What the participant says to "Does this say what you meant?"."""

    YES = "yes"
    NOT_QUITE = "not_quite"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was said to one card. Two voices that never mix: `words` the participant's, `staff_words` the staff's.

    chosen: codes of options, only with Reply.ANSWERED. earlier: how the participant's words read before, oldest first.
    is_still_true: what they said when an earlier answer was shown again; None where it was not asked.
    revision: counts the changes in a draft, so that an old page does not overwrite a newer answer.
    """

    card: str
    reply: Reply | None = None
    chosen: tuple[str, ...] = ()
    words: str = ""
    staff_words: str = ""
    earlier: tuple[str, ...] = ()
    staff_earlier: tuple[str, ...] = ()
    is_still_true: bool | None = None
    revision: int = 0


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed or ticked on a card and not sent yet, so that a screen that empties itself loses nothing of it.

    page_id: the page on which it stands (a UUID). way_out: as it was sent, "" for none.
    """

    page_id: str
    card: str
    chosen: tuple[str, ...] = ()
    way_out: str = ""
    words: str = ""
    staff_words: str = ""


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What was kept, where a conversation goes on: each card as it was answered last, and the plan of the last time.

    said_on: the day on which each card was answered so; it may be earlier than held_on, the last time of all.
    gone: what was chosen on a card and can be chosen no more, in the words of then.
    """

    conversation_id: str
    held_on: date
    answers: Mapping[str, Answer]
    steps: tuple[PlanStep, ...]
    goal: str = ""
    said_on: Mapping[str, date] = field(default_factory=dict)
    gone: Mapping[str, tuple[Words, ...]] = field(default_factory=dict)


class LoopKind(StrEnum):
    """Something begun in a conversation that somebody has to bring to its end."""

    FOLLOW_UP = "follow_up"
    TEACH_BACK = "teach_back"
    REFERRAL = "referral"
    SUPPLIES = "supplies"
    SAME_DAY = "same_day"


class LoopEnd(StrEnum):
    """How it ended: done, or let go because the participant wants it so, or because nobody was reached."""

    DONE = "done"
    NOT_WANTED = "not_wanted"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, kw_only=True)
class Loop:
    """Something begun in this sitting; loop_id is a UUID. due_on: when somebody looks after it (None: today).

    words: what was agreed. referral_id: the public id of the referral that it waits for.
    """

    loop_id: str
    kind: LoopKind
    words: str = ""
    due_on: date | None = None
    ended: LoopEnd | None = None
    referral_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A conversation that runs, in memory only.

    draft_id and visit_id are UUIDs made at its beginning; version_id the one under which it is kept, once however
    often that is asked. participant_id: public id of the participant, where a code was shown. cards: the set that it
    was begun with. order: the codes of the cards as they were opened. loops: what was begun in this sitting and is
    open still. referrals: public ids of all that were made in it, let go or not. chosen_layout: the layout of the
    plan, where the participant chose another than the situation says. tried: steps whose "what would change" is
    shown. removed: the line that was just taken off the plan.
    revision counts every change; touched_at: the last sign of life.
    """

    draft_id: str
    version_id: str
    visit_id: str
    account_id: int
    site_id: int
    began_at: datetime
    touched_at: datetime
    cards: CardSet
    keeping: Keeping
    participant_id: str | None = None
    language: str = "en"
    wishes: frozenset[Wish] = frozenset()
    situation: Situation | None = None
    order: tuple[str, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    steps: tuple[PlanStep, ...] = ()
    chosen_layout: Layout | None = None
    tried: frozenset[str] = frozenset()
    removed: Removed | None = None
    goal: str = ""
    sign_off: SignOff | None = None
    review_on: date | None = None
    earlier: Earlier | None = None
    loops: tuple[Loop, ...] = ()
    referrals: tuple[str, ...] = ()
    typed: tuple[Typed, ...] = ()
    revision: int = 0

    @property
    def layout(self) -> Layout:
        """Return the layout of the plan; how things were last time says it until they are asked today."""
        return self.chosen_layout or layout_of(self.situation or self._situation_last_time)

    @property
    def _situation_last_time(self) -> Situation | None:
        """Return how things were last time, where the card that asks was not opened today."""
        last_time = self.earlier.answers if self.earlier and SITUATION_CARD not in self.answers else {}
        return _situation_in(last_time.get(SITUATION_CARD))

    @property
    def wiped_after(self) -> timedelta:
        """Return how long it may be silent before the screen shows nothing of it any more."""
        return WIPED_AFTER_MORE_TIME if Wish.MORE_TIME in self.wishes else WIPED_AFTER


class ChangedElsewhere(DomainError):
    """A card was answered on another screen meanwhile: theirs stays, and what was sent now is shown beside it."""

    def __init__(self, kept: Answer, sent: Answer) -> None:
        """Carry both, so that the two people choose."""
        super().__init__(message("This card was changed on another screen. Both versions are here: choose what stays."))
        self.kept = kept
        self.sent = sent


def with_answer(draft: Draft, answer: Answer) -> Draft:
    """Return the draft with an answer; raises ChangedElsewhere when the card was changed since the page was made.

    An earlier wording is kept beside the new one. Options are only kept with Reply.ANSWERED.
    """
    before = draft.answers.get(answer.card, Answer(card=answer.card))
    if answer.revision != before.revision:
        raise ChangedElsewhere(kept=before, sent=answer)
    answer = replace(
        answer,
        chosen=answer.chosen if answer.reply is Reply.ANSWERED else (),
        earlier=_with_earlier(before.earlier, before.words, answer.words),
        staff_earlier=_with_earlier(before.staff_earlier, before.staff_words, answer.staff_words),
        revision=before.revision + 1,
    )
    order = draft.order if answer.card in draft.order else (*draft.order, answer.card)
    return replace(
        _led_by(draft, before, answer),
        answers={**draft.answers, answer.card: answer},
        order=order,
        situation=_situation(draft, answer),
        sign_off=None,
    )


def _led_by(draft: Draft, before: Answer, answer: Answer) -> Draft:
    """Return the draft with what follows for the plan from an answer."""
    card = draft.cards.card(answer.card)
    if card is None:
        return draft
    was, now = _holding(draft, before), _holding(draft, answer)
    if not (answer.chosen or answer.words):
        now = said_both_times(was, now)
    last_goal = draft.earlier.goal if draft.earlier else ""
    return replace(
        draft,
        steps=with_strengths(draft.steps, card, before=was, now=now, draft_id=draft.draft_id),
        goal=goal_after(draft.goal, card, before=was[1], now=now[1], last_time=last_goal),
    )


def _holding(draft: Draft, answer: Answer) -> Said:
    """Return what holds on a card: what was said today, else last time; a card that is skipped takes nothing back."""
    last_time = draft.earlier.answers.get(answer.card) if draft.earlier else None
    held = answer if answer.chosen or answer.words or last_time is None else last_time
    return held.chosen, held.words


def _with_earlier(earlier: tuple[str, ...], before: str, now: str) -> tuple[str, ...]:
    """Return the earlier wordings, with the last one if it was changed."""
    return (*earlier, before) if before and before != now else earlier


def _situation(draft: Draft, answer: Answer) -> Situation | None:
    """Return how things are now, as its card says it."""
    return _situation_in(answer) if answer.card == SITUATION_CARD else draft.situation


def _situation_in(answer: Answer | None) -> Situation | None:
    """Return how things are, as an answer to that card says it."""
    return next((situation for situation in Situation if answer and situation in answer.chosen), None)


def cards_for(draft: Draft) -> tuple[Card, ...]:
    """Return the cards that fit: those of the situation, and only the core ones where fewer are wanted."""
    fitting = (card for card in draft.cards.cards if _fits(card, draft.situation))
    if Wish.FEWER_CARDS in draft.wishes:
        return tuple(card for card in fitting if card.is_core or card.code in draft.answers)
    return tuple(fitting)


def _fits(card: Card, situation: Situation | None) -> bool:
    """Say whether a card fits how things are; where nothing was said, every card does."""
    return situation is None or not card.situations or situation in card.situations


def concerns(draft: Draft) -> tuple[Card, ...]:
    """Return the cards whose answers raise a concern, in the order in which they were talked about."""
    return tuple(
        card for code in draft.order if (card := draft.cards.card(code)) and _raises(card, draft.answers[code])
    )


def _raises(card: Card, answer: Answer) -> bool:
    """Say whether an option that was chosen raises a concern."""
    return any(option.is_concern for code in answer.chosen if (option := card.option(code)))
