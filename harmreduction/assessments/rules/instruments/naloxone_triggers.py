"""When the CDC says to offer naloxone with a prescribed opioid, edition 1. It opens a door and never closes one."""

from harmreduction.assessments.rules.instruments.base import (
    YES,
    About,
    Answers,
    Code,
    Instrument,
    Item,
    Reading,
    Section,
)
from harmreduction.core.messages import message

EDITION = 1
TRIGGERS = (
    Item(code="prior_overdose", ask=message("An overdose before")),
    Item(code="substance_use_disorder", ask=message("A substance use disorder")),
    Item(code="dose_50", ask=message("50 MME a day or more of prescribed opioids")),
    Item(code="benzodiazepine", ask=message("A benzodiazepine at the same time")),
)
FOR_ANYONE = message("Anyone can have a kit here, whatever the answers. No answer is needed for one.")


def read(answers: Answers) -> Reading:
    """Say what the CDC says, what is not known, and that anyone can have a kit all the same."""
    named = tuple(message("Named: %(trigger)s", trigger=item.ask) for item in TRIGGERS if answers.get(item.code) == YES)
    unknown = tuple(
        message("Not known: %(trigger)s", trigger=item.ask) for item in TRIGGERS if item.code not in answers
    )
    if named:
        first = message("CDC says: offer naloxone.")
    elif unknown:
        first = message("What was asked names no reason of the CDC. Not everything was asked.")
    else:
        first = message("None of the CDC's four reasons was named.")
    return Reading(lines=(first, *named, *unknown), beside=(FOR_ANYONE,))


NALOXONE_TRIGGERS = Instrument(
    code=Code.NALOXONE,
    edition=EDITION,
    name=message("Naloxone with a prescribed opioid (CDC 2022)"),
    purpose=message("Four reasons for which the CDC says to offer naloxone"),
    notices=(FOR_ANYONE,),
    sections=(Section(title=message("What is so now"), items=TRIGGERS),),
    read=read,
    about=About(
        sources=(
            "CDC Clinical Practice Guideline for Prescribing Opioids for Pain, 2022, recommendation 8. "
            "MMWR Recomm Rep 2022;71(3):1–95.",
            "build.fhir.org/ig/cqframework/opioid-cds-r4",
        ),
        origin=message("The four come from the CDC's guide for programs; the wording is our own."),
        licence=message("A work of the United States government, in the public domain."),
        to_verify=(
            message(
                "In the guideline itself: its text names more reasons, such as tolerance that was lost after "
                "a release. Whoever thinks of one offers a kit."
            ),
        ),
    ),
)
