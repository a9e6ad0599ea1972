"""What a participant takes home: one page and a card for the purse, with the lines that they want on it. Plain Python.

Nothing on it names anybody: no code, no staff, and the programme only where the participant wants it there.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import ceil

from harmreduction.assessments.rules.cards import CardSet, Domain, Layout, Offer, in_words
from harmreduction.assessments.rules.plan_words import find_menu_step, is_kept_up, step_more, step_words
from harmreduction.assessments.rules.plans import PlanStep, in_domains
from harmreduction.assessments.rules.talks import Draft, LoopKind
from harmreduction.core.messages import Message, message

MOST_CALLS = 4  # lines to call that fit on the card
USUAL_CALLS = 2

# How much a sheet holds, in lines of 12.5 points: measured on US Letter, the shorter one, with the card at its foot.
# In larger print the card has a sheet of its own.
ROW, SMALL_ROW, GOAL_ROW = 78, 92, 66  # characters in a row
ROW_GAP, HEADING, HEAD, FIRST_LINE, EMPTY = 0.9, 2.4, 4.0, 2.9, 9.0
USUAL_HEIGHT, TIGHT_HEIGHT, LARGE_HEIGHT = 32, 42, 36
# As close as it prints: small letters behind their line instead of under it, and less between the lines.
CLOSE_ROW, CLOSE_GAP, CLOSE_HEADING, CLOSE_HEAD, CLOSE_HEIGHT = 84, 0.35, 1.9, 3.2, 44

ALREADY = message("What I already do")
_BOTH = {
    Domain.TRANSITIONS: message("When things change"),
    Domain.CARE: message("Getting care"),
    Domain.PEOPLE: message("My people"),
    Domain.GO_OVER: message("If I go over"),
}
HEADINGS: dict[Layout, dict[Domain, Message]] = {
    Layout.USING: {
        Domain.PRACTICES: message("When I use"),
        Domain.SETTINGS: message("Where I use"),
        Domain.SUPPLY: message("What I use"),
        **_BOTH,
    },
    Layout.BREAK: {
        Domain.PRACTICES: message("If I use again"),
        Domain.SETTINGS: message("Where I am safer"),
        Domain.SUPPLY: message("What I watch out for"),
        **_BOTH,
    },
}
FIRST_LINES: dict[Layout, Message] = {
    Layout.BREAK: message(
        "After a break my body is not used to it. A small part of what I used before can be too much."
    ),
}


class Sheet(StrEnum):
    """What is printed: the page with the card at its foot, or the card alone."""

    PAGE = "page"
    CARD = "card"


@dataclass(frozen=True, kw_only=True)
class PaperChoices:
    """How somebody wants the paper. calls: public ids of the lines to call; None: the usual ones."""

    language: str = "en"
    sheet: Sheet = Sheet.PAGE
    is_large: bool = False
    has_goal: bool = True
    has_days: bool = True
    has_plan_number: bool = False
    has_programme: bool = False
    calls: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """A follow-up that was agreed: in the participant's words, on a day or when they come by next."""

    words: str
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Call:
    """A line to call, or to text, from the programme's own list; call_id is its public id."""

    call_id: str
    name: str
    number: str
    is_text: bool = False


@dataclass(frozen=True, kw_only=True)
class PlanToPrint:
    """A plan as paper needs it, whether it was kept or is only spoken of yet.

    plan_number: where it has one. printed_on: days before it are not printed any more; None: the day it was made.
    """

    cards: CardSet
    layout: Layout
    steps: tuple[PlanStep, ...]
    made_on: date
    goal: str = ""
    review_on: date | None = None
    agreed: tuple[Agreed, ...] = ()
    plan_number: str | None = None
    printed_on: date | None = None

    def is_to_come(self, day: date | None) -> bool:
        """Say whether a day has not passed when it is printed; one that was left open never passes."""
        return day is None or day >= (self.printed_on or self.made_on)

    @property
    def has_go_over(self) -> bool:
        """Say whether a line of the plan says what to do when somebody goes over."""
        return any(step.domain is Domain.GO_OVER for step in self.steps)

    def with_lines(self, step_ids: Collection[str]) -> "PlanToPrint":
        """Return the plan with only these lines on paper; the others stay in the plan."""
        return replace(self, steps=lines_chosen(self.steps, step_ids, offered=[step.step_id for step in self.steps]))


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line as it is printed, and in small letters how, or when, where and with whose help."""

    text: str
    small: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """The lines of one part of the plan, under a heading in the participant's words."""

    heading: Message
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class WalletCard:
    """The card for the purse. front: what to do, in order; back: whom to call, and where the kit is."""

    front: tuple[str, ...]
    calls: tuple[Call, ...] = ()
    kit_place: str = ""
    programme: str = ""
    plan_number: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Everything on the sheet, in one language. first_line: said before all others; None where nothing is."""

    language: str
    sheet: Sheet
    is_large: bool
    made_on: date | None
    review_on: date | None
    goal: str
    first_line: Message | None
    parts: tuple[Part, ...]
    agreed: tuple[Agreed, ...]
    card: WalletCard

    @property
    def height(self) -> float:
        """Return about how high the page is, its card aside, in lines of its usual print."""
        lines = [line for part in self.parts for line in part.lines]
        rows = sum(_rows(line.text, ROW) + 0.85 * _rows(line.small, SMALL_ROW) + ROW_GAP for line in lines)
        words = _rows(self.goal, GOAL_ROW) * 1.1 + bool(self.goal) * 2 + len(self.agreed) * (1 + ROW_GAP)
        headings = HEADING * (len(self.parts) + bool(self.agreed))
        return HEAD + rows + words + headings + bool(self.first_line) * FIRST_LINE + (not self.parts) * EMPTY

    @property
    def is_tight(self) -> bool:
        """Say whether it is printed closer together, so that one sheet holds it."""
        return not self.is_large and self.height > USUAL_HEIGHT

    @property
    def is_close(self) -> bool:
        """Say whether the small letters stand behind their line too, and less is between the lines."""
        return not self.is_large and self.height > TIGHT_HEIGHT

    @property
    def is_long(self) -> bool:
        """Say whether one sheet does not hold it, however close it is printed."""
        height, most = (self.height, LARGE_HEIGHT) if self.is_large else (self._close_height(), CLOSE_HEIGHT)
        return self.sheet is Sheet.PAGE and height > most

    def _close_height(self) -> float:
        """Return about how high the page is when it is printed as close as it can be."""
        lines = [line for part in self.parts for line in part.lines]
        rows = sum(_rows(f"{line.text} {line.small}", CLOSE_ROW) + CLOSE_GAP for line in lines)
        words = _rows(self.goal, GOAL_ROW) * 1.1 + bool(self.goal) + len(self.agreed) * (1 + CLOSE_GAP)
        headings = CLOSE_HEADING * (len(self.parts) + bool(self.agreed))
        return CLOSE_HEAD + rows + words + headings + bool(self.first_line) * FIRST_LINE + (not self.parts) * EMPTY


def lines_chosen(
    steps: Iterable[PlanStep], step_ids: Collection[str], *, offered: Collection[str]
) -> tuple[PlanStep, ...]:
    """Return the lines of a plan, with these of the offered ones on paper; one that was not offered stays as it is."""
    return tuple(
        replace(step, is_on_paper=step.step_id in step_ids) if step.step_id in offered else step for step in steps
    )


def plan_of_draft(draft: Draft, *, made_on: date) -> PlanToPrint:
    """Return the plan of a conversation that runs."""
    agreed = (loop for loop in draft.loops if loop.kind is LoopKind.FOLLOW_UP and loop.ended is None)
    return PlanToPrint(
        cards=draft.cards,
        layout=draft.layout,
        steps=draft.steps,
        made_on=made_on,
        goal=draft.goal,
        review_on=draft.review_on,
        agreed=tuple(Agreed(words=loop.words, on=loop.due_on) for loop in agreed),
    )


def paper_of(plan: PlanToPrint, choices: PaperChoices, *, calls: Iterable[Call] = (), programme: str = "") -> Paper:
    """Return the sheet as it is printed: only what was chosen for it, and nothing that names anybody."""
    language = choices.language
    steps = tuple(step for step in plan.steps if step.is_on_paper)
    return Paper(
        language=language,
        sheet=choices.sheet,
        is_large=choices.is_large,
        made_on=plan.made_on if choices.has_days else None,
        review_on=plan.review_on if choices.has_days and plan.is_to_come(plan.review_on) else None,
        goal=plan.goal.strip() if choices.has_goal else "",
        first_line=FIRST_LINES.get(plan.layout),
        parts=tuple(_parts(plan, steps, language)),
        agreed=tuple(each for each in plan.agreed if choices.has_days and plan.is_to_come(each.on)),
        card=WalletCard(
            front=tuple(in_words(line, language) for line in plan.cards.wallet),
            calls=calls_chosen(calls, choices.calls),
            kit_place=_kit_place(steps, plan.cards),
            programme=programme if choices.has_programme else "",
            plan_number=(plan.plan_number or "") if choices.has_plan_number else "",
        ),
    )


def calls_chosen(calls: Iterable[Call], chosen: frozenset[str] | None) -> tuple[Call, ...]:
    """Return the lines to call that the card holds; where none were chosen or left out, the usual ones."""
    listed = tuple(calls)
    if chosen is None:
        return listed[:USUAL_CALLS]
    return tuple(call for call in listed if call.call_id in chosen)[:MOST_CALLS]


def _parts(plan: PlanToPrint, steps: tuple[PlanStep, ...], language: str) -> Iterator[Part]:
    """Return the parts of the page: first what somebody does already, then what they chose."""
    kept_up = [step for step in steps if is_kept_up(step, plan.cards)]
    chosen = in_domains(step for step in steps if step not in kept_up)
    named = [(ALREADY, kept_up), *((HEADINGS[plan.layout][domain], lines) for domain, lines in chosen.items())]
    for heading, of_part in named:
        if lines := tuple(_lines(of_part, plan.cards, language)):
            yield Part(heading=heading, lines=lines)


def _lines(steps: Iterable[PlanStep], cards: CardSet, language: str) -> Iterator[Line]:
    """Return the lines of a part; one that says nothing is left out."""
    for step in steps:
        if text := step_words(step, cards, language).strip():
            yield Line(text=text, small=_details(step) or step_more(step, cards, language))


def _details(step: PlanStep) -> str:
    """Return when, where and with whose help, as far as it was said."""
    return " · ".join(said for words in (step.when, step.place, step.helper) if (said := words.strip()))


def _kit_place(steps: Iterable[PlanStep], cards: CardSet) -> str:
    """Return where the kit is, as it was said with a line about naloxone; empty where it was not."""
    about_kits = (
        step for step in steps if (of_menu := find_menu_step(step, cards)) and Offer.NALOXONE in of_menu.offers
    )
    return next((place for step in about_kits if (place := step.place.strip())), "")


def _rows(text: str, characters: int) -> int:
    """Return how many rows a text takes; none where it is empty."""
    return ceil(len(text) / characters)
