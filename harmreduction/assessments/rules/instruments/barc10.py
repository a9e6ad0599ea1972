"""BARC-10, edition 1: ten sentences about recovery. The wording is paraphrased, and nobody has validated it."""

from harmreduction.assessments.rules.instruments.base import (
    About,
    Answers,
    Code,
    Gate,
    Instrument,
    Item,
    Reading,
    Section,
    add_points,
    not_computed,
)
from harmreduction.core.messages import message

EDITION = 1
MARK = 47  # the only mark that the paper gives
LOWEST, HIGHEST = 10, 60

REPLIES = {
    1: message("Strongly disagree"),
    2: message("Disagree"),
    3: message("Disagree a little"),
    4: message("Agree a little"),
    5: message("Agree"),
    6: message("Strongly agree"),
}
PROMPTS = (
    ("priorities", message("Some things in my life matter more to me than using.")),
    ("happiness", message("I am happy with my life as a whole.")),
    ("energy", message("I have the energy for what I want to get done.")),
    ("community", message("I am proud of my community and feel part of it.")),
    ("friends", message("My friends are there for me.")),
    ("fulfilment", message("My life feels full without drugs or alcohol.")),
    ("living_space", message("The place where I live helps my recovery.")),
    ("responsibility", message("I take responsibility for what I do.")),
    ("professionals", message("I feel fine when I deal with professionals.")),
    ("progress", message("I am getting ahead on my recovery journey.")),
)
ITEMS = tuple(
    Item(code=code, ask=prompt, replies=REPLIES, points={value: value for value in REPLIES}) for code, prompt in PROMPTS
)
UNVALIDATED = message("The wording is paraphrased and was not validated, so totals from elsewhere may not compare.")
MEANING = message(
    "In the paper, among 123 people, a total of %(mark)s or more went with more than a year of remission. "
    "That was a group: it says nothing certain about one person.",
    mark=MARK,
)


def total(answers: Answers) -> int | None:
    """Return the total, 10 to 60, or None until all ten have an answer."""
    return add_points(ITEMS, answers)


def read(answers: Answers) -> Reading:
    """Say the total and what the paper says of it; there are no bands."""
    points = total(answers)
    if points is None:
        unanswered = sum(item.code not in answers for item in ITEMS)
        return Reading(lines=(not_computed(unanswered),), beside=(UNVALIDATED,))
    line = message(
        "%(points)s, on a scale from %(lowest)s to %(highest)s", points=points, lowest=LOWEST, highest=HIGHEST
    )
    return Reading(lines=(line,), beside=(MEANING, message("It is not a diagnosis."), UNVALIDATED))


BARC10 = Instrument(
    code=Code.BARC10,
    edition=EDITION,
    name=message("BARC-10"),
    purpose=message("Ten sentences about what somebody can lean on in recovery"),
    notices=(
        message("It talks about recovery in a way that may not fit you. Leave out whatever does not."),
        UNVALIDATED,
    ),
    gate=Gate(
        ask=message("Does the participant want to do this?"),
        otherwise=message("Then it is left out. Nothing else depends on it."),
    ),
    sections=(Section(title=message("How far do you agree?"), items=ITEMS),),
    read=read,
    about=About(
        sources=(
            "Vilsaint CL et al. Drug and Alcohol Dependence 2017. Brief Assessment of Recovery Capital. α = .90.",
            "PhenX Toolkit, protocol 590502.",
        ),
        origin=message("The ten topics and the scale come from public descriptions; the wording is our own."),
        licence=message("PhenX says: freely available, no permission needed."),
        to_verify=(
            message("The words of the six answers, and the details of the paper's mark of 47."),
            message(
                "Some websites print 0 to 6, or bands such as 30 to 44. Neither is in the paper, and we show none."
            ),
        ),
    ),
)
