"""RIOSORD, edition 1: what answers come to, its limits and where it comes from.

For people who are prescribed opioids, and nobody else. VHA is the veterans' version, CIP the one for people with
commercial insurance.
"""

from dataclasses import dataclass
from functools import partial

from harmreduction.assessments.rules.instruments.base import (
    NO,
    YES,
    About,
    Answers,
    Code,
    Gate,
    Instrument,
    Reading,
    add_points,
    not_computed,
)
from harmreduction.assessments.rules.instruments.riosord_points import (
    CASES_OF_100,
    CLASSES,
    HIGHEST,
    RiskClass,
    Version,
    items_of,
    sections_of,
)
from harmreduction.core.messages import Message, message

EDITION = 1


@dataclass(frozen=True)
class Score:
    """What the answers come to, while every item has one."""

    points: int
    risk_class: RiskClass


def class_of(version: Version, points: int) -> RiskClass:
    """Return the class that points fall into."""
    return next(each for each in CLASSES[version] if each.lowest <= points <= each.highest)


def score(version: Version, answers: Answers) -> Score | None:
    """Return points and class, or None while an item is unanswered.

    Methadone is long-acting, so a yes to it counts in its own row and in that of long-acting opioids.
    """
    points = add_points(items_of(version), _with_methadone(answers))
    return None if points is None else Score(points, class_of(version, points))


def _with_methadone(answers: Answers) -> Answers:
    """Return the answers with what follows from methadone."""
    return {**answers, "er_la": YES} if answers.get("methadone") == YES else answers


def read(version: Version, answers: Answers) -> Reading:
    """Say what the answers come to, with what has to stand beside it."""
    found = score(version, answers)
    if found is None:
        known = _with_methadone(answers)
        unanswered = sum(item.code not in known for item in items_of(version))
        return Reading(lines=(not_computed(unanswered),), beside=_limits(version)[1:])
    of_class = found.risk_class
    lines = (
        message("%(points)s points of %(most)s", points=found.points, most=HIGHEST[version]),
        message(
            "Class %(number)s of %(classes)s: %(lowest)s to %(highest)s points",
            number=of_class.number,
            classes=len(CLASSES[version]),
            lowest=of_class.lowest,
            highest=of_class.highest,
        ),
        message(
            "The paper's average predicted probability for this class: %(of_100)s of 100 people in its sample",
            of_100=f"{of_class.per_thousand / 10:g}",
        ),
    )
    return Reading(lines=lines, beside=(*_limits(version), *_about_methadone(answers)))


def _limits(version: Version) -> tuple[Message, ...]:
    """Return what has to be known to read the figures, the first of them about the probability."""
    return (
        message(
            "This is not this person's chance. People were picked for the paper so that %(cases)s of 100 had had an "
            "overdose or dangerously slow breathing. Among all people it is far fewer.",
            cases=CASES_OF_100[version],
        ),
        message("It was made from records of prescriptions and health care claims, not from talking with people."),
        message(
            "It does not ask about alcohol, the unregulated supply, using alone or a recent release. "
            "The conversation does."
        ),
        message("It is only for people who are prescribed opioids. For anybody else it says nothing."),
    )


def _about_methadone(answers: Answers) -> tuple[Message, ...]:
    """Say why the points are higher than the ticks, where they are."""
    if answers.get("methadone") != YES or answers.get("er_la", NO) == YES:
        return ()
    return (message("Methadone is long-acting, so it counts in that row too."),)


GATE = Gate(
    ask=message("Is this person prescribed an opioid?"),
    otherwise=message(
        "RIOSORD is only for people who are prescribed an opioid, so it says nothing here. "
        "The conversation is for everybody."
    ),
)
CODES = (
    ("866024000", message("Assessment of risk for accidental opioid overdose")),
    ("459741000124104", message("Assessment with RIOSORD")),
    ("454111000124101", message("Heads a set in the CDC's guide of 2022; its term is to verify")),
    ("454281000124100", message("Used in the CDC's guide of 2016 for assessing risk")),
    ("460831000124102", message("Counseling about opioid safety")),
)
ORIGIN = message(
    "Points and classes come from a public specification that copies the papers' tables; we added the totals up again. "
    "The wording of the items is our own."
)
LICENCE = message(
    "Both papers are under CC BY-NC-ND. Points and classes are facts. The name may be a mark of its makers (Venebio)."
)
NOTICES = (
    message("For people who are prescribed opioids. It is no part of the conversation, and nobody needs it."),
    message("What was not asked stays “not asked”: it is never counted as a no."),
)
UNREAD = message("Nobody has compared the points and classes with the paper itself yet.")

VHA = Instrument(
    code=Code.RIOSORD_VHA,
    edition=EDITION,
    name=message("RIOSORD, veterans' version (VHA)"),
    purpose=message("An index from records of veterans who were prescribed opioids"),
    notices=NOTICES,
    gate=GATE,
    sections=sections_of(Version.VHA),
    read=partial(read, Version.VHA),
    about=About(
        sources=(
            "Zedler B et al. Pain Medicine 2015;16(8):1566–79. doi:10.1111/pme.12777. PMC4744747. "
            "817 cases, 8,170 controls; C = 0.88.",
        ),
        origin=ORIGIN,
        licence=LICENCE,
        to_verify=(
            UNREAD,
            message(
                "In Table 4 of PMC4744747: handouts that go round print 3, 14, 23, 37, 51, 55, 60, 79, 75 "
                "and 86 for the ten classes. That row goes up and down, so it is most likely what was observed, and "
                "not what was predicted. We show what was predicted."
            ),
        ),
        codes=CODES,
    ),
)
CIP = Instrument(
    code=Code.RIOSORD_CIP,
    edition=EDITION,
    name=message("RIOSORD, version for commercial insurance (CIP)"),
    purpose=message("An index from claims of people with commercial insurance who were prescribed opioids"),
    notices=NOTICES,
    gate=GATE,
    sections=sections_of(Version.CIP),
    read=partial(read, Version.CIP),
    about=About(
        sources=(
            "Zedler BK et al. Pain Medicine 2018;19(1):68–78. PMC5939826. 7,234 cases, 28,932 controls; C = 0.90.",
        ),
        origin=ORIGIN,
        licence=LICENCE,
        to_verify=(UNREAD,),
        codes=CODES,
    ),
)
