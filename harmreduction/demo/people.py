"""The made-up participants of the demonstration: what was told on each of their visits, and nothing of who they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harmreduction.encounters.rules.coverage import NeedTold
from harmreduction.encounters.rules.naloxone import Act, Fate, Training
from harmreduction.journeys.rules.connections import Part, Status
from harmreduction.referrals.rules.kinds import Barrier, Need, State
from harmreduction.reversals.rules.bank import Answer

SYRINGES = "syringe-1ml-28g-half"
PIPES, STRIPS, WOUND, HYGIENE = "kit-smoking", "strip-fentanyl", "wound-kit", "hygiene-kit"
PRACTISED = (Act.RECOGNISE, Act.CALL, Act.NALOXONE, Act.BREATHS, Act.STAY)


@dataclass(frozen=True, kw_only=True)
class Reversal:
    """What somebody told of a reversed overdose, so many days before they told it."""

    days_before: int = 0
    place: str = "street"
    doses: int = 2
    answers: Sequence[Answer] = (("gave", "teller"), ("called_911", "yes"))
    is_cut_loose: bool = False


@dataclass(frozen=True, kw_only=True)
class Came:
    """One visit: what was taken (item code, units) and what was told; what nobody asked is left out.

    fate begins a talk about naloxone, on which so many kits were taken.
    """

    days_ago: int
    took: Sequence[tuple[str, int]] = ()
    returned: int | None = None
    others: int | None = None
    fate: Fate | None = None
    kits: int = 0
    training: Training | None = None
    reversal: Reversal | None = None
    done: Sequence[str] = ()
    not_wanted: Sequence[str] = ()
    need: NeedTold | None = None


@dataclass(frozen=True, kw_only=True)
class Referred:
    """A referral that somebody wanted with their code, and what became of it: (days after, state) for each step."""

    days_ago: int
    service: str
    need: Need
    steps: Sequence[tuple[int, State]] = ()


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a code: their visits, the oldest first, and what they said of their life.

    took_recalled_kit: one visit that was anonymous at first is theirs too.
    """

    visits: Sequence[Came]
    comes_to_van: bool = False
    has_recipe: bool = False
    connections: Mapping[Part, Status] = field(default_factory=dict)
    referral: Referred | None = None
    barriers: Sequence[Barrier] = ()
    profile: Mapping[str, str] = field(default_factory=dict)
    took_recalled_kit: bool = False


# The first of them has the card that anybody may try.
PEOPLE: tuple[Person, ...] = (
    Person(
        visits=(
            Came(
                days_ago=40,
                took=((SYRINGES, 20),),
                fate=Fate.FIRST_KIT,
                kits=1,
                training=Training.FIRST_TIME,
                need=NeedTold(injections=3, injection_days=1, people_around=2),
            ),
            Came(days_ago=31, took=((SYRINGES, 30), (WOUND, 1)), returned=20, done=("Wound care",)),
            Came(
                days_ago=18,
                took=((SYRINGES, 30),),
                returned=30,
                fate=Fate.USED_ON_SOMEONE,
                kits=2,
                training=Training.REFRESHER,
                reversal=Reversal(days_before=1, place="friends_home"),
            ),
            Came(days_ago=12, took=((SYRINGES, 40),), returned=35, others=1, done=("Hepatitis C test",)),
            Came(days_ago=2, took=((SYRINGES, 30), (STRIPS, 5)), returned=30, not_wanted=("Vaccination",)),
        ),
        connections={
            Part.HOUSING: Status.WANTED_NOW,
            Part.PHONE: Status.IN_PLACE,
            Part.PEOPLE: Status.WORKING_ON_IT,
            Part.DOCUMENTS: Status.NOT_YET,
        },
        referral=Referred(
            days_ago=12,
            service="Mobile HIV and hepatitis testing",
            need=Need.HEPATITIS_C,
            steps=((2, State.ARRIVED),),
        ),
        profile={"language": "en", "housing": "with_others"},
        took_recalled_kit=True,
    ),
    Person(
        visits=(
            Came(days_ago=37, took=((PIPES, 1), (STRIPS, 5)), fate=Fate.FIRST_KIT, kits=1),
            Came(days_ago=16, took=((PIPES, 2),), fate=Fate.STILL_HAVE, done=("Using test strips",)),
        ),
        comes_to_van=True,
        profile={"language": "es"},
    ),
    Person(
        visits=(
            Came(days_ago=34, took=((SYRINGES, 10),), done=("Safer injection",)),
            Came(
                days_ago=27,
                took=((SYRINGES, 20),),
                returned=10,
                fate=Fate.LOST,
                kits=1,
                need=NeedTold(supplies_units=20, supplies_days=7, people_around=1),
            ),
        ),
        connections={Part.MEDICINE: Status.WANTED_NOW, Part.HOUSING: Status.IN_PLACE},
        referral=Referred(
            days_ago=27,
            service="Low-barrier buprenorphine",
            need=Need.MOUD,
            steps=((0, State.CONTACTED), (1, State.ACCEPTED), (3, State.ARRIVED)),
        ),
        profile={"housing": "own"},
    ),
    Person(
        visits=(Came(days_ago=30, took=((HYGIENE, 1),), done=("Food or drink", "Shower or laundry")),),
        connections={Part.HOUSING: Status.WANTED_NOW, Part.FOOD: Status.NOT_YET, Part.DOCUMENTS: Status.WANTED_NOW},
        referral=Referred(
            days_ago=30,
            service="Night shelter",
            need=Need.SHELTER,
            steps=((0, State.DECLINED_BY_PROVIDER),),
        ),
        barriers=(Barrier.WAITING_LIST, Barrier.ID),
        profile={"housing": "outside"},
    ),
    Person(
        visits=(
            Came(days_ago=26, took=((SYRINGES, 50),), returned=60, others=3, need=NeedTold(people_around=4)),
            Came(
                days_ago=12,
                took=((SYRINGES, 60),),
                returned=40,
                others=3,
                fate=Fate.GAVE_AWAY,
                kits=4,
            ),
        ),
        comes_to_van=True,
    ),
    Person(
        visits=(
            Came(
                days_ago=24,
                fate=Fate.USED_ON_ME,
                kits=1,
                training=Training.ALREADY_KNOWS,
                reversal=Reversal(days_before=2, place="own_home", doses=1, answers=(("gave", "partner"),)),
            ),
            Came(days_ago=5, took=((STRIPS, 10),), done=("Drug checking",)),
        ),
    ),
    Person(
        visits=(Came(days_ago=21, took=((WOUND, 1), (SYRINGES, 10)), done=("Wound care", "Caring for wounds")),),
        comes_to_van=True,
        referral=Referred(days_ago=21, service="Westside Wound Clinic", need=Need.WOUND_CARE),
        barriers=(Barrier.TRANSPORT,),
    ),
    Person(
        visits=(
            Came(days_ago=19, took=((PIPES, 1),), fate=Fate.TAKEN_AWAY, kits=1, not_wanted=("HIV test",)),
            Came(days_ago=6, took=((PIPES, 2),), done=("HIV test", "Legal rights")),
        ),
        profile={"language": "en"},
    ),
    Person(
        visits=(
            Came(
                days_ago=14,
                took=((SYRINGES, 20),),
                fate=Fate.USED_ON_SOMEONE,
                kits=2,
                reversal=Reversal(
                    place="toilet",
                    answers=(("gave", "teller"), ("called_911", "no"), ("why_not_911", "police")),
                ),
            ),
        ),
        comes_to_van=True,
    ),
    Person(
        visits=(Came(days_ago=11, took=((SYRINGES, 10),), fate=Fate.RATHER_NOT_SAY, kits=1),),
        has_recipe=True,
        connections={Part.PEOPLE: Status.IN_PLACE, Part.INCOME: Status.NOT_WANTED},
    ),
    Person(
        visits=(
            Came(
                days_ago=8,
                took=((SYRINGES, 30),),
                fate=Fate.USED_ON_SOMEONE,
                kits=2,
                reversal=Reversal(days_before=3, place="vehicle", doses=3, is_cut_loose=True),
            ),
        ),
    ),
    Person(
        visits=(Came(days_ago=3, took=((PIPES, 1), (HYGIENE, 1)), fate=Fate.FIRST_KIT, kits=1),),
        comes_to_van=True,
    ),
)
