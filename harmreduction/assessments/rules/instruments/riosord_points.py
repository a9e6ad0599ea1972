"""The points and classes of RIOSORD, edition 1, as both papers print them; the wording of the items is our own."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from harmreduction.assessments.rules.instruments.base import YES, YES_OR_NO, Item, Section
from harmreduction.core.messages import Message, message


class Version(StrEnum):
    """The two versions of the index."""

    VHA = "vha"
    CIP = "cip"


@dataclass(frozen=True)
class Row:
    """One row of the papers' tables, with its points in each version; None where the version does not ask it."""

    code: str
    ask: Message
    vha: int | None
    cip: int | None

    def points(self, version: Version) -> int | None:
        """Return what a yes adds in a version."""
        return self.vha if version is Version.VHA else self.cip


CONDITIONS = (
    Row("opioid_dependence", message("Opioid dependence"), 15, None),
    Row("substance_use_disorder", message("Any substance use disorder"), None, 25),
    Row("liver", message("Chronic hepatitis or cirrhosis"), 9, None),
    Row("bipolar", message("Bipolar disorder or schizophrenia"), 7, 10),
    Row("lung", message("Chronic lung disease"), 5, 5),
    Row("kidney", message("Kidney disease with significant impairment"), 5, 8),
    Row("injury", message("An active injury (not burns)"), 4, None),
    Row("sleep_apnoea", message("Sleep apnoea"), 3, None),
    Row("stroke", message("Stroke or another disease of the vessels of the brain"), None, 9),
    Row("heart_failure", message("Heart failure"), None, 7),
    Row("pancreas", message("Disease of the pancreas that is not cancer"), None, 7),
    Row("headache", message("Headache that comes back"), None, 5),
)
MEDICINES = (
    Row("er_la", message("An extended-release or long-acting opioid"), 9, 5),
    Row("methadone", message("Methadone"), 9, 10),
    Row("oxycodone", message("Oxycodone"), 3, None),
    Row("fentanyl", message("Fentanyl"), None, 13),
    Row("morphine", message("Morphine"), None, 11),
    Row("hydromorphone", message("Hydromorphone"), None, 7),
    Row("antidepressant", message("A prescribed antidepressant"), 7, 8),
    Row("benzodiazepine", message("A prescribed benzodiazepine"), 4, 9),
)
CARE = (
    Row("emergency_visit", message("One visit or more to an emergency department"), 11, None),
    Row("hospital_day", message("One day or more in hospital"), 8, None),
)
DOSE = message("Highest prescribed dose in a day, as morphine milligram equivalents (MME)")
DOSES = {  # one band only
    Version.VHA: Item(
        code="dose",
        ask=DOSE,
        replies={
            0: message("Under 20"),
            1: message("20 to under 50"),
            2: message("50 to under 100"),
            3: message("100 or more"),
        },
        points={1: 5, 2: 9, 3: 16},
    ),
    Version.CIP: Item(
        code="dose", ask=DOSE, replies={0: message("Under 100"), 3: message("100 or more")}, points={3: 7}
    ),
}
HIGHEST = {Version.VHA: 115, Version.CIP: 146}


@dataclass(frozen=True)
class RiskClass:
    """A class of the index. per_thousand: the paper's average predicted probability, as people of 1,000."""

    number: int
    lowest: int
    highest: int
    per_thousand: int


def _classes(highest: int, *classes: tuple[int, int]) -> tuple[RiskClass, ...]:
    """Return the classes from (lowest points, people of 1,000), each as high as the next one lets it be."""
    ends = [lowest - 1 for lowest, _ in classes[1:]] + [highest]
    numbered = enumerate(zip(classes, ends, strict=True), start=1)
    return tuple(RiskClass(number, lowest, end, share) for number, ((lowest, share), end) in numbered)


CLASSES = {
    Version.VHA: _classes(
        HIGHEST[Version.VHA],
        *((0, 30), (25, 140), (33, 240), (38, 340), (43, 460)),
        *((47, 550), (50, 640), (55, 760), (60, 850), (67, 940)),
    ),
    Version.CIP: _classes(HIGHEST[Version.CIP], (0, 19), (5, 48), (8, 68), (10, 151), (18, 298), (26, 551), (42, 834)),
}
CASES_OF_100 = {Version.VHA: 9, Version.CIP: 20}  # how many people of the paper's sample had had what it looks for


def items_of(version: Version) -> tuple[Item, ...]:
    """Return the items of a version."""
    return tuple(item for section in sections_of(version) for item in section.items)


def sections_of(version: Version) -> tuple[Section, ...]:
    """Return the items of a version under their headings."""
    sections = (
        Section(title=message("A health care visit in the past 6 months for"), items=_items(CONDITIONS, version)),
        Section(title=message("Takes now"), items=(*_items(MEDICINES, version), DOSES[version])),
        Section(title=message("In the past 6 months"), items=_items(CARE, version)),
    )
    return tuple(section for section in sections if section.items)


def _items(rows: Iterable[Row], version: Version) -> tuple[Item, ...]:
    """Return the rows that a version asks."""
    asked = ((row, row.points(version)) for row in rows)
    return tuple(
        Item(code=row.code, ask=row.ask, replies=YES_OR_NO, points={YES: points})
        for row, points in asked
        if points is not None
    )
