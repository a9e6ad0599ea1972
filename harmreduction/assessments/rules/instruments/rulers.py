"""Readiness rulers, edition 1: how important something is, how sure somebody feels, how ready; each 0 to 10."""

from harmreduction.assessments.rules.cards import Domain
from harmreduction.assessments.rules.instruments.base import About, Answers, Code, Instrument, Item, Reading, Section
from harmreduction.assessments.rules.plan_words import DOMAINS
from harmreduction.core.messages import Message, message

EDITION = 1
MOST = 10
SCALE = {value: message("%(value)s of %(most)s", value=value, most=MOST) for value in range(MOST + 1)}

TOPICS = {number: DOMAINS[domain] for number, domain in enumerate(Domain, start=1)}
TOPIC = Item(code="topic", ask=message("What is it about?"), replies=TOPICS)
IMPORTANCE = Item(code="importance", ask=message("How important is it to you now?"), replies=SCALE)
CONFIDENCE = Item(code="confidence", ask=message("How sure do you feel that you could do it?"), replies=SCALE)
READINESS = Item(code="readiness", ask=message("How ready do you feel to start?"), replies=SCALE)
RULERS = (IMPORTANCE, CONFIDENCE, READINESS)


def read(answers: Answers) -> Reading:
    """Say each number as it was given, with a question to go on with; they are never added up."""
    lines = [_line(ruler, answers) for ruler in RULERS]
    if "topic" in answers:
        lines.insert(0, message("About: %(topic)s", topic=TOPICS[answers["topic"]]))
    return Reading(lines=tuple(lines), beside=_questions(answers))


def _line(ruler: Item, answers: Answers) -> Message:
    """Return one ruler as it was rated."""
    if ruler.code not in answers:
        return message("%(ruler)s Not asked", ruler=ruler.ask)
    return message("%(ruler)s %(value)s of %(most)s", ruler=ruler.ask, value=answers[ruler.code], most=MOST)


def _questions(answers: Answers) -> tuple[Message, ...]:
    """Return what could be asked next: what speaks for it, then what would help."""
    questions = []
    if answers.get("importance", 0) > 0:
        questions.append(message("What makes it %(value)s, and not a lower number?", value=answers["importance"]))
    if answers.get("confidence", MOST) < MOST:
        questions.append(message("What would bring it up to %(value)s?", value=answers["confidence"] + 1))
    return (*questions, message("The numbers are the participant's own. They are not added up, and none is too low."))


READINESS_RULERS = Instrument(
    code=Code.RULERS,
    edition=EDITION,
    name=message("Readiness rulers"),
    purpose=message("How important, how sure, how ready, from 0 to 10"),
    notices=(
        message("The plan asks the first two for each step. Here they stand alone, for one part of a plan."),
        message("They open a talk. They are no test, and no number is too low."),
    ),
    sections=(
        Section(title=message("The topic"), items=(TOPIC,)),
        Section(title=message("From 0 to 10"), items=RULERS),
    ),
    read=read,
    about=About(
        sources=("Readiness ruler, as used in motivational interviewing.",),
        origin=message("The wording is our own."),
        licence=message("Free to use."),
        to_verify=(message("Who made it first and how they want it to be cited."),),
    ),
)
