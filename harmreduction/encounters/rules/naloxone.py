"""The talk about naloxone: what became of the kit before, what was taken now, what was practised. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.messages import Message, message
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.encounters.rules.visits import Distribution, NotBelievable

MOST_TIMES_USED = 20


class Fate(StrEnum):
    """What happened to the kit before, as it was told."""

    FIRST_KIT = "first_kit"
    USED_ON_ME = "used_on_me"
    USED_ON_SOMEONE = "used_on_someone"
    GAVE_AWAY = "gave_away"
    LOST = "lost"
    STOLEN = "stolen"
    TAKEN_AWAY = "taken_away"
    EXPIRED = "expired"
    DAMAGED = "damaged"
    STILL_HAVE = "still_have"
    ANOTHER_PLACE = "another_place"
    OTHER_KIND = "other_kind"
    RATHER_NOT_SAY = "rather_not_say"


FATES: dict[Fate, Message] = {
    Fate.FIRST_KIT: message("This is the first kit"),
    Fate.USED_ON_SOMEONE: message("Used on someone else"),
    Fate.USED_ON_ME: message("Used on this person"),
    Fate.GAVE_AWAY: message("Given to someone"),
    Fate.LOST: message("Lost"),
    Fate.STOLEN: message("Stolen"),
    Fate.TAKEN_AWAY: message("Taken by police or others"),
    Fate.EXPIRED: message("Past its date"),
    Fate.DAMAGED: message("Heat, frost or broken"),
    Fate.STILL_HAVE: message("They still have it"),
    Fate.ANOTHER_PLACE: message("For another place"),
    Fate.OTHER_KIND: message("Wants another kind"),
    Fate.RATHER_NOT_SAY: message("Rather not say"),
}
USED = frozenset({Fate.USED_ON_ME, Fate.USED_ON_SOMEONE})


class SupplyType(StrEnum):
    """What the kit now is for the person who takes it."""

    FIRST_EVER = "first_ever"
    FIRST_HERE = "first_here"
    REFILL = "refill"
    REPLACEMENT = "replacement"
    EXTRA = "extra"


SUPPLY_TYPES: dict[SupplyType, Message] = {
    SupplyType.FIRST_EVER: message("First kit ever"),
    SupplyType.FIRST_HERE: message("First kit from here"),
    SupplyType.REFILL: message("Refill"),
    SupplyType.REPLACEMENT: message("In place of one that is no good"),
    SupplyType.EXTRA: message("One more"),
}

# What follows from what was told; "rather not say" says nothing about it.
TYPE_OF_FATE: dict[Fate, SupplyType] = {
    Fate.FIRST_KIT: SupplyType.FIRST_EVER,
    Fate.USED_ON_ME: SupplyType.REFILL,
    Fate.USED_ON_SOMEONE: SupplyType.REFILL,
    Fate.GAVE_AWAY: SupplyType.REFILL,
    Fate.LOST: SupplyType.REFILL,
    Fate.STOLEN: SupplyType.REFILL,
    Fate.TAKEN_AWAY: SupplyType.REFILL,
    Fate.EXPIRED: SupplyType.REPLACEMENT,
    Fate.DAMAGED: SupplyType.REPLACEMENT,
    Fate.OTHER_KIND: SupplyType.REPLACEMENT,
    Fate.STILL_HAVE: SupplyType.EXTRA,
    Fate.ANOTHER_PLACE: SupplyType.EXTRA,
}


class Reply(StrEnum):
    """What somebody said to the offer of a kit."""

    TAKEN = "taken"
    ALREADY_HAS = "already_has"
    DECLINED = "declined"


REPLIES: dict[Reply, Message] = {
    Reply.TAKEN: message("Takes it"),
    Reply.ALREADY_HAS: message("Already has enough"),
    Reply.DECLINED: message("Chose not to"),
}


class Recipient(StrEnum):
    """For whom the kit is, as far as told."""

    AT_RISK = "at_risk"
    FRIEND_FAMILY = "friend_family"
    PEER_DISTRIBUTOR = "peer_distributor"
    SERVICE_WORKER = "service_worker"
    FIRST_RESPONDER = "first_responder"


RECIPIENTS: dict[Recipient, Message] = {
    Recipient.AT_RISK: message("Somebody who could overdose"),
    Recipient.FRIEND_FAMILY: message("A friend or family"),
    Recipient.PEER_DISTRIBUTOR: message("A peer who passes kits on"),
    Recipient.SERVICE_WORKER: message("Staff of a service"),
    Recipient.FIRST_RESPONDER: message("A first responder"),
}


class Source(StrEnum):
    """Where the kit before came from."""

    THIS_PROGRAMME = "this_programme"
    OTHER_PROGRAMME = "other_programme"
    PHARMACY = "pharmacy"
    HOSPITAL = "hospital"
    JAIL = "jail"
    MAIL = "mail"
    VENDING = "vending"
    FRIEND = "friend"
    OTHER = "other"


SOURCES: dict[Source, Message] = {
    Source.THIS_PROGRAMME: message("From us"),
    Source.OTHER_PROGRAMME: message("From other syringe services"),
    Source.PHARMACY: message("A pharmacy"),
    Source.HOSPITAL: message("A hospital"),
    Source.JAIL: message("Jail or prison"),
    Source.MAIL: message("By mail"),
    Source.VENDING: message("A machine or a box"),
    Source.FRIEND: message("A friend"),
    Source.OTHER: message("Somewhere else"),
}


class Training(StrEnum):
    """Whether responding to an overdose was practised now."""

    FIRST_TIME = "first_time"
    REFRESHER = "refresher"
    ALREADY_KNOWS = "already_knows"
    DECLINED = "declined"


TRAININGS: dict[Training, Message] = {
    Training.FIRST_TIME: message("For the first time"),
    Training.REFRESHER: message("Once more"),
    Training.ALREADY_KNOWS: message("Already knows"),
    Training.DECLINED: message("Chose not to"),
}


class Act(StrEnum):
    """One act of responding to an overdose, in the order in which they come."""

    RECOGNISE = "recognise"
    CALL = "call"
    NALOXONE = "naloxone"
    BREATHS = "breaths"
    STAY = "stay"


ACTS: dict[Act, Message] = {
    Act.RECOGNISE: message("See that it is an overdose"),
    Act.CALL: message("Call for help"),
    Act.NALOXONE: message("Give naloxone"),
    Act.BREATHS: message("Give breaths, or lay them on their side"),
    Act.STAY: message("Stay with them"),
}


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A talk about naloxone as one record; None is "not asked", never "no".

    client_id (a UUID) was made where it was written down. acts: what was talked about, with whether it was shown back
    (None: not asked). hand_out: what was taken; it belongs to the same visit. given_before: the hand-out of the visit
    (public id) that was logged already and that the talk is about, where nothing more was taken.
    """

    client_id: str
    visit: VisitStart
    reply: Reply | None = None
    supply_type: SupplyType | None = None
    previous_fate: Fate | None = None
    previous_source: Source | None = None
    times_used: int | None = None
    recipient: Recipient | None = None
    training: Training | None = None
    acts: Mapping[Act, bool | None] = field(default_factory=dict)
    hand_out: Distribution | None = None
    given_before: str | None = None

    @property
    def answers(self) -> dict[str, object]:
        """Return what was told by the names of its columns."""
        return {
            "reply": self.reply,
            "supply_type": self.supply_type,
            "previous_fate": self.previous_fate,
            "previous_source": self.previous_source,
            "times_used": self.times_used,
            "recipient": self.recipient,
            "training": self.training,
        }

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint over what was told; what was handed out has its own."""
        acts = {act.value: shown_back for act, shown_back in self.acts.items()}
        given = self.hand_out and self.hand_out.fingerprint
        return fingerprint({**self.answers, "acts": acts, "hand_out": given, "given_before": self.given_before})


def check_talk(talk: Talk) -> None:
    """Refuse a number that cannot be, and a hand-out of another visit."""
    if talk.times_used is not None and not 1 <= talk.times_used <= MOST_TIMES_USED:
        raise NotBelievable(
            message(
                "Enter how many times, from 1 to %(most)s; leave it empty if it was not said.", most=MOST_TIMES_USED
            ),
            "times_used",
        )
    if talk.hand_out is not None and talk.hand_out.visit_id != talk.visit.visit_id:
        raise ValueError("What is handed out in a talk belongs to the visit of the talk.")


def usual_type(fate: Fate | None, *, is_known_here: bool | None) -> SupplyType | None:
    """Return what the kit now is, as far as it follows from what was told.

    is_known_here: whether this code took naloxone here before (None: anonymous). A refill of a kit from elsewhere is
    the first one from here.
    """
    if fate is None:
        return None
    derived = TYPE_OF_FATE.get(fate)
    if derived is SupplyType.REFILL and is_known_here is False:
        return SupplyType.FIRST_HERE
    return derived
