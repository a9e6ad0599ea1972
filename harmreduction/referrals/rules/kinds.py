"""The words of a referral: needs, ways, states and what may follow which, barriers."""

from collections.abc import Iterable
from enum import StrEnum

from harmreduction.core.messages import Message, message


class Need(StrEnum):
    """What somebody wants from a service."""

    HOUSING = "housing"
    SHELTER = "shelter"
    FOOD = "food"
    DETOX = "detox"
    MOUD = "moud"
    METHADONE = "methadone"
    WOUND_CARE = "wound_care"
    PRIMARY_CARE = "primary_care"
    HEPATITIS_C = "hepatitis_c"
    HIV = "hiv"
    MENTAL_HEALTH = "mental_health"
    REPRODUCTIVE = "reproductive"
    LEGAL = "legal"
    ID_DOCUMENTS = "id_documents"
    WORK = "work"
    PHONE = "phone"
    SAFETY = "safety"
    PEER_SUPPORT = "peer_support"
    OTHER = "other"


NEEDS: dict[Need, Message] = {
    Need.HOUSING: message("Housing"),
    Need.SHELTER: message("A place to sleep"),
    Need.FOOD: message("Food"),
    Need.DETOX: message("Detox"),
    Need.MOUD: message("Buprenorphine or other medicine"),
    Need.METHADONE: message("Methadone"),
    Need.WOUND_CARE: message("Wound care"),
    Need.PRIMARY_CARE: message("A doctor or nurse"),
    Need.HEPATITIS_C: message("Hepatitis C"),
    Need.HIV: message("HIV care or PrEP"),
    Need.MENTAL_HEALTH: message("Mental health"),
    Need.REPRODUCTIVE: message("Reproductive health"),
    Need.LEGAL: message("Legal help"),
    Need.ID_DOCUMENTS: message("ID documents"),
    Need.WORK: message("Work or income"),
    Need.PHONE: message("A phone"),
    Need.SAFETY: message("Safety"),
    Need.PEER_SUPPORT: message("Peer support"),
    Need.OTHER: message("Something else"),
}


# What somebody most likely wants from a service that offers this, by the codes of `directory/rules/terms.py`.
NEED_OF_OFFER = {
    "wound_care": Need.WOUND_CARE,
    "moud": Need.MOUD,
    "food": Need.FOOD,
    "shelter": Need.SHELTER,
    "peer_support": Need.PEER_SUPPORT,
}


def usual_need(offers: Iterable[str]) -> Need | None:
    """Return the need that a service is for, or None where it is for several or for none of ours."""
    needs = {NEED_OF_OFFER[offer] for offer in offers if offer in NEED_OF_OFFER}
    return needs.pop() if len(needs) == 1 else None


class Handover(StrEnum):
    """How somebody is handed over: with a call or a walk there, or with a slip."""

    WARM = "warm"
    COLD = "cold"


HANDOVERS: dict[Handover, Message] = {
    Handover.COLD: message("They go with the slip"),
    Handover.WARM: message("We call the service or introduce them"),
}


class Channel(StrEnum):
    """The way by which somebody agreed to hear from us."""

    COMES_BY = "comes_by"
    OUTREACH_WORKER = "outreach_worker"
    PEER = "peer"
    SERVICE = "service"
    CALLS_US = "calls_us"


CHANNELS: dict[Channel, Message] = {
    Channel.COMES_BY: message("They come by"),
    Channel.OUTREACH_WORKER: message("Through an outreach worker"),
    Channel.PEER: message("Through a peer"),
    Channel.SERVICE: message("The service tells us"),
    Channel.CALLS_US: message("They call us"),
}


class State(StrEnum):
    """How far a referral is."""

    PENDING = "pending"
    CONTACTED = "contacted"
    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    SCHEDULED = "scheduled"
    ARRIVED = "arrived"
    NO_SHOW = "no_show"
    DECLINED_BY_PERSON = "declined_by_person"
    DECLINED_BY_PROVIDER = "declined_by_provider"
    COMPLETED = "completed"
    CLOSED = "closed"


STATES: dict[State, Message] = {
    State.PENDING: message("Nothing heard yet"),
    State.CONTACTED: message("Reached the service"),
    State.ACCEPTED: message("The service has room for them"),
    State.WAITLISTED: message("On a waiting list"),
    State.SCHEDULED: message("Has an appointment"),
    State.ARRIVED: message("Got there"),
    State.NO_SHOW: message("Did not get there"),
    State.DECLINED_BY_PERSON: message("Chose something else"),
    State.DECLINED_BY_PROVIDER: message("The service could not take them"),
    State.COMPLETED: message("Has what they went for"),
    State.CLOSED: message("Closed"),
}

ENDED = frozenset({State.DECLINED_BY_PERSON, State.DECLINED_BY_PROVIDER, State.COMPLETED, State.CLOSED})
UNDER_WAY = frozenset(
    {State.PENDING, State.CONTACTED, State.ACCEPTED, State.WAITLISTED, State.SCHEDULED, State.NO_SHOW}
)

# What may come after what. Generous, because life is messy: whatever is under way may go anywhere but back to "nothing
# heard yet", or back behind what the service said; what has ended opens again, or is corrected by what really happened.
_ANYWHERE = frozenset(State) - {State.PENDING}
_OPENS_AGAIN = frozenset(
    {State.PENDING, State.CONTACTED, State.ACCEPTED, State.WAITLISTED, State.SCHEDULED, State.ARRIVED}
)
FOLLOWS: dict[State, frozenset[State]] = {
    **dict.fromkeys((State.PENDING, State.CONTACTED, State.NO_SHOW), _ANYWHERE),
    **dict.fromkeys((State.ACCEPTED, State.WAITLISTED, State.SCHEDULED), _ANYWHERE - {State.CONTACTED}),
    State.ARRIVED: _ANYWHERE - {State.ARRIVED, State.CONTACTED},
    State.DECLINED_BY_PERSON: _OPENS_AGAIN | {State.CLOSED},
    State.DECLINED_BY_PROVIDER: _OPENS_AGAIN | {State.DECLINED_BY_PERSON, State.CLOSED},
    State.COMPLETED: frozenset({State.PENDING, State.SCHEDULED, State.NO_SHOW, State.CLOSED}),
    State.CLOSED: _OPENS_AGAIN | {State.COMPLETED},
}


class ToldBy(StrEnum):
    """Who said what became of a referral."""

    STAFF = "staff"
    PERSON = "person"
    PARTNER = "partner"


TELLERS: dict[ToldBy, Message] = {
    ToldBy.STAFF: message("We know it ourselves"),
    ToldBy.PERSON: message("They told us"),
    ToldBy.PARTNER: message("The service told us"),
}


class Barrier(StrEnum):
    """Something that stands between a person and a service."""

    ID = "id"
    INSURANCE = "insurance"
    COST = "cost"
    TRANSPORT = "transport"
    HOURS = "hours"
    WAITING_LIST = "waiting_list"
    STIGMA = "stigma"
    LANGUAGE = "language"
    PHONE = "phone"
    PET = "pet"
    CHILDCARE = "childcare"
    SAFETY = "safety"
    NOT_NOW = "not_now"
    OTHER = "other"


BARRIERS: dict[Barrier, Message] = {
    Barrier.ID: message("No ID"),
    Barrier.INSURANCE: message("Insurance"),
    Barrier.COST: message("Cost"),
    Barrier.TRANSPORT: message("Getting there"),
    Barrier.HOURS: message("Opening hours"),
    Barrier.WAITING_LIST: message("Waiting list"),
    Barrier.STIGMA: message("How people are treated there"),
    Barrier.LANGUAGE: message("Language"),
    Barrier.PHONE: message("No phone"),
    Barrier.PET: message("A pet"),
    Barrier.CHILDCARE: message("Childcare"),
    Barrier.SAFETY: message("Not safe for them"),
    Barrier.NOT_NOW: message("Not the right time"),
    Barrier.OTHER: message("Something else"),
}
