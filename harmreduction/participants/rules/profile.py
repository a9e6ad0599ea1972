"""The data dial: what a programme may ask a participant once, every question of it off until somebody needs it.

The catalogue follows the enrolment forms of syringe services and what funders ask most. Results of HIV and hepatitis
tests, insurance, immigration status and exact birth dates are left out on purpose: no supply and no help depends on
them, and they harm most in the wrong hands.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message

ASK_AGAIN_AFTER = timedelta(days=365)
MOST_MONTHS = 36
ASKED_FOR_LENGTH = 80
NOT_SAID = "not_said"
RATHER_NOT_SAY = message("Rather not say")
AREA = re.compile(r"[A-Z0-9]{3}")

STATE_REPORTS = message("Often asked by: state health departments and federal grants, for people counted once.")
SURVEYS = message("Often asked by: surveys of syringe services, and programmes that plan their own supplies.")
OWN_USE = message("Seldom asked by funders. Turn it on only if your team will act on it.")


class CannotAsk(DomainError):
    """A question is not in the catalogue, is off, or has no such answer."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of the catalogue: its answers by code, how long they stay unless the programme says otherwise.

    is_multiple: several answers at once. is_area: three letters or digits of a postal code in place of a list.
    who_asks: who typically wants to know.
    """

    field: str
    words: Message
    months: int
    who_asks: Message
    answers: Mapping[str, Message]
    is_multiple: bool = False
    is_area: bool = False


CATALOGUE: Mapping[str, Question] = {
    question.field: question
    for question in (
        Question(
            field="language",
            words=message("Which language is easiest?"),
            months=24,
            who_asks=OWN_USE,
            answers={
                "en": message("English"),
                "es": message("Spanish"),
                "pt": message("Portuguese"),
                "ht": message("Haitian Creole"),
                "fr": message("French"),
                "ru": message("Russian"),
                "zh": message("Chinese"),
                "vi": message("Vietnamese"),
                "ar": message("Arabic"),
                "sign": message("Sign language"),
                "other": message("Another language"),
            },
        ),
        Question(
            field="age_band",
            words=message("How old, about?"),
            months=24,
            who_asks=STATE_REPORTS,
            answers={
                "under_18": message("Under 18"),
                "18_24": message("18 to 24"),
                "25_34": message("25 to 34"),
                "35_44": message("35 to 44"),
                "45_54": message("45 to 54"),
                "55_64": message("55 to 64"),
                "65_plus": message("65 or older"),
            },
        ),
        Question(
            field="gender",
            words=message("Gender, in their words"),
            months=24,
            who_asks=STATE_REPORTS,
            is_multiple=True,
            answers={
                "woman": message("Woman"),
                "man": message("Man"),
                "nonbinary": message("Nonbinary"),
                "transgender": message("Transgender"),
                "two_spirit": message("Two-Spirit"),
                "another": message("Another word"),
            },
        ),
        Question(
            field="race_ethnicity",
            words=message("Race and ethnicity, in their words"),
            months=24,
            who_asks=STATE_REPORTS,
            is_multiple=True,
            answers={
                "native": message("American Indian or Alaska Native"),
                "asian": message("Asian"),
                "black": message("Black or African American"),
                "hispanic": message("Hispanic or Latino"),
                "mena": message("Middle Eastern or North African"),
                "pacific": message("Native Hawaiian or Pacific Islander"),
                "white": message("White"),
                "another": message("Another word"),
            },
        ),
        Question(
            field="housing",
            words=message("Where do they sleep these days?"),
            months=6,
            who_asks=STATE_REPORTS,
            answers={
                "own": message("A place of their own"),
                "with_others": message("With others, for now"),
                "hotel": message("Hotel or rented room"),
                "shelter": message("Shelter"),
                "outside": message("Outside"),
                "vehicle": message("Vehicle"),
                "residence": message("Treatment or recovery house"),
                "another": message("Somewhere else"),
            },
        ),
        Question(
            field="area",
            words=message("Which area, by the first three signs of its postal code?"),
            months=12,
            who_asks=STATE_REPORTS,
            is_area=True,
            answers={"none": message("No fixed place")},
        ),
        Question(
            field="drugs",
            words=message("Which drugs in the last 30 days?"),
            months=6,
            who_asks=SURVEYS,
            is_multiple=True,
            answers={
                "heroin": message("Heroin or dope"),
                "fentanyl": message("Fentanyl"),
                "opioid_pills": message("Opioid pills"),
                "methadone": message("Methadone"),
                "buprenorphine": message("Buprenorphine"),
                "tranq": message("Xylazine or medetomidine (tranq)"),
                "benzos": message("Benzos"),
                "gabapentin": message("Gabapentin or pregabalin"),
                "cocaine": message("Cocaine"),
                "crack": message("Crack"),
                "meth": message("Meth"),
                "ketamine": message("Ketamine"),
                "alcohol": message("Alcohol"),
                "other": message("Something else"),
                "none": message("None"),
            },
        ),
        Question(
            field="routes",
            words=message("How do they take them?"),
            months=6,
            who_asks=SURVEYS,
            is_multiple=True,
            answers={
                "inject": message("Inject"),
                "smoke": message("Smoke"),
                "snort": message("Snort"),
                "swallow": message("Swallow"),
                "boof": message("Boof"),
            },
        ),
        Question(
            field="overdose",
            words=message("Did they ever overdose?"),
            months=12,
            who_asks=SURVEYS,
            answers={
                "never": message("Never"),
                "longer_ago": message("Longer than a year ago"),
                "once": message("Once in the last year"),
                "more": message("More than once in the last year"),
            },
        ),
        Question(
            field="treatment",
            words=message("Are they in treatment now?"),
            months=6,
            who_asks=STATE_REPORTS,
            is_multiple=True,
            answers={
                "none": message("No treatment"),
                "wanted": message("Wants treatment"),
                "methadone": message("Methadone"),
                "buprenorphine": message("Buprenorphine"),
                "naltrexone": message("Naltrexone"),
                "counselling": message("Counselling or a day programme"),
                "residence": message("Treatment or recovery house"),
            },
        ),
        Question(
            field="recent_release",
            words=message("Back within the last month from a time with less use?"),
            months=3,
            who_asks=OWN_USE,
            is_multiple=True,
            answers={
                "jail": message("Jail or prison"),
                "detox": message("Detox or treatment"),
                "hospital": message("Hospital"),
                "own_choice": message("A pause of their own"),
                "none": message("No"),
            },
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question that is on: who wants to know, as the programme says, and for how many months an answer stays."""

    question: Question
    asked_for: str
    keep_months: int


@dataclass(frozen=True, kw_only=True)
class ProfileTold:
    """What a participant told at a site on a day, by question; a question that was skipped is not in it."""

    participant_id: str
    site_id: int
    told_on: date
    answers: Mapping[str, frozenset[str]]


def get_question(name: str) -> Question:
    """Return a question of the catalogue, or raise CannotAsk."""
    if name not in CATALOGUE:
        raise CannotAsk(message("There is no such question."))
    return CATALOGUE[name]


def check_told(told: ProfileTold, asked: Mapping[str, Asked]) -> None:
    """Raise CannotAsk unless every question is on and every answer is one of its own."""
    for name, answers in told.answers.items():
        if name not in asked:
            raise CannotAsk(message("This question is not asked any more. Open the page again."))
        if not all(is_answer(asked[name].question, answer) for answer in answers):
            raise CannotAsk(message("Choose from the answers on the page."))


def is_answer(question: Question, answer: str) -> bool:
    """Say whether a question has this answer."""
    is_listed = answer == NOT_SAID or answer in question.answers
    return is_listed or (question.is_area and AREA.fullmatch(answer) is not None)


def in_order(question: Question, answers: Iterable[str]) -> tuple[str, ...]:
    """Return answers in the order in which the question lists them."""
    listed = {code: place for place, code in enumerate(question.answers)}
    return tuple(sorted(answers, key=lambda answer: (listed.get(answer, len(listed)), answer)))


def answer_words(question: Question, answer: str) -> Message | str:
    """Return an answer as people read it; of an area, its own signs."""
    return RATHER_NOT_SAY if answer == NOT_SAID else question.answers.get(answer, answer)


def erased_on(told_on: date, *, keep_months: int) -> date:
    """Return the day on which an answer is erased: the same day of the month, or the first of the one after it."""
    years, month = divmod(told_on.year * 12 + told_on.month - 1 + keep_months, 12)
    try:
        return date(years, month + 1, told_on.day)
    except ValueError:  # the month is shorter
        years, month = divmod(years * 12 + month + 1, 12)
        return date(years, month + 1, 1)


def is_to_ask_again(told_on: date, *, today: date) -> bool:
    """Say whether a year has passed, so that it is fine to ask again."""
    return today - told_on >= ASK_AGAIN_AFTER
