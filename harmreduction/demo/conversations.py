"""Conversations of the demonstration that their participants wanted kept; every word in them is made up."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from harmreduction.assessments.actions.keeping import keep
from harmreduction.assessments.actions.reflections import keep_reflection
from harmreduction.assessments.queries.card_set import current_cards
from harmreduction.assessments.queries.going_on import earlier_of
from harmreduction.assessments.rules.plans import PlanStep, added
from harmreduction.assessments.rules.reflections import Reflection
from harmreduction.assessments.rules.talks import Answer, Draft, Earlier, Keeping, Loop, LoopKind, Reply, with_answer
from harmreduction.core.clock import today
from harmreduction.demo.deeds import Deeds, Stores
from harmreduction.disclosure.actions import release
from harmreduction.participants.queries.codes import find_by_code
from harmreduction.participants.rules.cards import DEMONSTRATION_CARD, typed_card
from harmreduction.reports.conversations import PAGE, figures_to_tell
from harmreduction.reports.report_back import Quarter
from harmreduction.settings.queries import current_settings

THIS_QUARTER = 20  # conversations without a code: enough to tell that there are some
LAST_QUARTER = 30  # enough to tell what came up in some, and not in all


@dataclass(frozen=True, kw_only=True)
class Said:
    """An answer as it was given: options, own words, what staff noted beside them."""

    chosen: tuple[str, ...] = ()
    words: str = ""
    staff_words: str = ""
    reply: Reply = Reply.ANSWERED


@dataclass(frozen=True, kw_only=True)
class Rated:
    """A step as it was agreed on: when, with whose help, and how it was rated."""

    card: str
    when: str = ""
    helper: str = ""
    importance: int | None = None
    confidence: int | None = None


@dataclass(frozen=True, kw_only=True)
class Talk:
    """One conversation; review_in: days until the participant wants to look at it again."""

    days_ago: int
    answers: Mapping[str, Said]
    steps: Mapping[str, Rated] = field(default_factory=dict)
    own_idea: str = ""
    review_in: int | None = None
    follow_up: str = ""


FIRST = Talk(
    days_ago=33,
    answers={
        "strengths": Said(chosen=("tests_first", "helps_others"), words="I always test a little. People ask me to."),
        "now": Said(chosen=("using",)),
        "alone": Said(chosen=("most",), words="My roommate works nights.", staff_words="A spare kit for the kitchen?"),
        "mix": Said(chosen=("opioids", "stimulants"), words="Coffee does not count, right?"),
        "naloxone": Said(chosen=("far",), words="In the glove box."),
        "mood": Said(reply=Reply.RATHER_NOT_SAY),
        "help": Said(chosen=("transport", "hours")),
        "mine": Said(words="To play the trumpet at the street fair."),
    },
    steps={
        "someone_checks": Rated(card="alone", when="Before the night shift", importance=8, confidence=3),
        "naloxone_near": Rated(card="naloxone", when="Today", importance=9, confidence=7),
        "one_at_a_time": Rated(card="mix", importance=5, confidence=2),
    },
    own_idea="I knock twice on the wall and wait for two knocks back.",
    review_in=30,
)
A_MONTH_LATER = Talk(
    days_ago=3,
    answers={
        "strengths": Said(chosen=("tests_first", "helps_others", "has_naloxone")),
        "now": Said(chosen=("using",)),
        "alone": Said(chosen=("some",), words="The knocking works. We laugh about it."),
        "naloxone": Said(chosen=("close",), words="On the hook by the door, with a bow on it."),
        "mix": Said(reply=Reply.LATER),
        "mine": Said(words="The fair was good. Next: a room with a window."),
    },
    steps={
        "someone_checks": Rated(card="alone", when="Every night, by knocking", helper="The roommate", confidence=8),
        "naloxone_near": Rated(card="naloxone", when="It hangs by the door", importance=9, confidence=9),
        "call_line": Rated(card="alone", when="When nobody is home", importance=6, confidence=5),
    },
    review_in=28,
    follow_up="Ask at the window how the search for a room goes.",
)
# What comes up with those who want no code: answers and a step of the menu that some of them choose.
OFTEN: tuple[tuple[str, str, str], ...] = (
    ("alone", "most", "someone_checks"),
    ("alone", "some", "call_line"),
    ("naloxone", "far", "naloxone_near"),
    ("mix", "stimulants", "one_at_a_time"),
    ("supply", "stronger", "strips"),
    ("break", "ended_two_weeks", "start_fraction"),
)


def add_conversations(stores: Stores, chance: random.Random, *, at: datetime) -> None:
    """Let somebody with a code talk twice, a month apart, and some without a code once."""
    _Talks(stores, chance, at).tell()


class _Talks(Deeds):
    """The conversations, in the order in which they were held."""

    def tell(self) -> None:
        """Hold them all, tell of the last quarter that has settled, and note how two of them went."""
        self.tell_of_last_quarter()
        for number in range(THIS_QUARTER):
            self.hold(self.somebody(number, days_ago=2 + number))
        participant = find_by_code(self.ines, typed_card(DEMONSTRATION_CARD))
        participant_id = participant.public_id if participant else None
        first = self.hold(FIRST, participant_id)
        self.hold(A_MONTH_LATER, participant_id, earlier_of(self.ines, first))
        for answers in ({"talked_most": "participant", "began_with_strengths": "yes"}, {"talked_most": "both"}):
            said = Reflection(client_id=self.id(), answers=answers, learned="Silence is an answer too.")
            keep_reflection(said, site_id=self.site_id, by=self.ines, today=today(self.zone, self.at))

    @property
    def site_id(self) -> int:
        """Return where they are held."""
        return self.stores.drop_in.site_id or 0

    def tell_of_last_quarter(self) -> None:
        """Hold the conversations of a quarter that is over, and tell what came up in them."""
        today_ = self.day(0)
        quarter = Quarter.of(today_).before
        quarter = quarter if quarter.is_settled(today_) else quarter.before
        for number in range(LAST_QUARTER):
            self.hold(self.somebody(number, days_ago=(today_ - quarter.period.end).days + 2 + number))
        figures = figures_to_tell(quarter, smallest=current_settings().smallest_shown)
        release(PAGE, quarter.code, figures, by=self.lead, at=self.at)

    def somebody(self, number: int, *, days_ago: int) -> Talk:
        """Return what somebody without a code said."""
        chosen = self.chance.sample(OFTEN[1:] if number % 3 else OFTEN, 3)
        return Talk(
            days_ago=days_ago,
            answers={card: Said(chosen=(option,)) for card, option, _step in chosen},
            steps={step: Rated(card=card) for card, _option, step in chosen if self.chance.random() < 0.8},
            review_in=13 if days_ago == 13 else None,  # today, or nearly
        )

    def hold(self, talk: Talk, participant_id: str | None = None, earlier: Earlier | None = None) -> str:
        """Hold a conversation and keep it, and return its public id."""
        at = self.at - timedelta(days=talk.days_ago, hours=3)
        draft = Draft(
            draft_id=self.id(),
            version_id=self.id(),
            visit_id=self.id(),
            account_id=self.ines.account_id or 0,
            site_id=self.site_id,
            began_at=at,
            touched_at=at,
            cards=current_cards(),
            keeping=Keeping.WITH_CODE if participant_id else Keeping.WITHOUT_CODE,
            participant_id=participant_id,
            steps=earlier.steps if earlier else (),
            earlier=earlier,
        )
        for card, said in talk.answers.items():
            draft = with_answer(draft, Answer(card=card, **vars(said)))
        draft = replace(
            draft,
            steps=self.plan(talk, draft),
            review_on=today(self.zone, at) + timedelta(days=talk.review_in) if talk.review_in else None,
            loops=self.loops(talk),
        )
        return keep(draft, by=self.ines, at=at).conversation_id

    def plan(self, talk: Talk, draft: Draft) -> tuple[PlanStep, ...]:
        """Return the lines of the plan: those of last time as they read now, then new ones."""
        known = {step.option: step for step in draft.steps if step.option}
        for code, rated in talk.steps.items():
            new = PlanStep(step_id=self.id(), domain=draft.cards.steps[code].domain, option=code)
            known[code] = replace(known.get(code, new), **vars(rated))
        kept = tuple(known.get(step.option or "", step) for step in draft.steps)
        steps = added(kept, *(known[code] for code in talk.steps))
        if talk.own_idea:
            idea = PlanStep(step_id=self.id(), domain=draft.cards.steps["someone_checks"].domain, words=talk.own_idea)
            steps = added(steps, idea)
        return steps

    def loops(self, talk: Talk) -> tuple[Loop, ...]:
        """Return what was agreed on for today."""
        if not talk.follow_up:
            return ()
        loop = Loop(loop_id=self.id(), kind=LoopKind.FOLLOW_UP, words=talk.follow_up)
        return (replace(loop, due_on=today(self.zone, self.at)),)
