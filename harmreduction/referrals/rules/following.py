"""Making a referral and following it up: what can be told, where it stands, and when to ask again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.referrals.rules.kinds import ENDED, FOLLOWS, STATES, Channel, Handover, Need, State, ToldBy

ASK_AGAIN_AFTER = timedelta(days=7)
KEPT_AFTER = timedelta(days=30)
FURTHEST_AHEAD = timedelta(days=366)
TEXT_LENGTH = 280
HOURS_LENGTH = 80


class CannotRefer(DomainError):
    """Something about a referral that cannot be; `about` names what was entered wrong."""

    def __init__(self, message: Message, about: str = "") -> None:
        """Carry the sentence, and the field that it belongs to."""
        super().__init__(message)
        self.about = about


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whether and how somebody may be found again; None is "not asked". `finding` is sealed before it is stored."""

    is_allowed: bool | None = None
    channel: Channel | None = None
    hours: str = ""
    finding: str = ""


@dataclass(frozen=True, kw_only=True)
class NewReferral:
    """A referral as it is made; client_id (UUID) was made where it was first written down.

    participant_id is the row of somebody who wanted it with their code; None, as for most: anonymous.
    service_id and service_at_location_id are rows of the directory; without them it is a need only.
    follow_up_on is None when nobody will ask.
    """

    client_id: str
    site_id: int
    participant_id: int | None = None
    need: Need = Need.OTHER
    service_id: int | None = None
    service_at_location_id: int | None = None
    handover: Handover = Handover.COLD
    is_accompanied: bool | None = None
    follow_up_on: date | None = None
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that became of a referral; client_id (UUID) was made with the page that told it.

    appointment_at belongs to "has an appointment"; follow_up_on asks on another day than usual.
    """

    client_id: str
    state: State
    happened_on: date
    told_by: ToldBy = ToldBy.STAFF
    appointment_at: datetime | None = None
    follow_up_on: date | None = None


@dataclass(frozen=True)
class Standing:
    """Where a referral stands after its steps, and when the person got there."""

    state: State = State.PENDING
    arrived_on: date | None = None


def check_referral(referral: NewReferral, *, today: date) -> None:
    """Refuse a referral that nobody could follow up as told."""
    _check_follow_up(referral.follow_up_on, today=today)
    contact = referral.contact
    if contact.is_allowed is not True and (contact.channel or contact.hours or contact.finding):
        raise CannotRefer(
            message("Ask first whether you may contact them. Choose Yes, or empty how to find them."), "may_contact"
        )


def check_not_ended(state: State) -> None:
    """Refuse what only a referral under way has."""
    if state in ENDED:
        raise CannotRefer(message("This has ended: “%(state)s”.", state=STATES[state]))


def check_step(current: State, step: Step, *, made_on: date, today: date) -> None:
    """Refuse a step that cannot follow, or a day that cannot be."""
    if step.state not in FOLLOWS[current]:
        raise CannotRefer(
            message("“%(next)s” cannot follow “%(now)s”.", next=STATES[step.state], now=STATES[current]), "state"
        )
    if step.happened_on > today:
        raise CannotRefer(message("This day has not come yet. Choose today or a day before."), "day")
    if step.happened_on < made_on:
        raise CannotRefer(message("This is before the referral was made. Choose that day or a later one."), "day")
    if step.appointment_at is not None and step.state is not State.SCHEDULED:
        raise CannotRefer(
            message("Choose “%(state)s”, or empty its day and time.", state=STATES[State.SCHEDULED]), "appointment_day"
        )
    if step.appointment_at is not None and abs(step.appointment_at.date() - today) > FURTHEST_AHEAD:
        raise CannotRefer(message("Choose a day within a year for the appointment."), "appointment_day")
    _check_follow_up(step.follow_up_on, today=today)


def _check_follow_up(day: date | None, *, today: date) -> None:
    """Refuse to ask again in the past, or in some year to come."""
    if day is not None and not today <= day <= today + FURTHEST_AHEAD:
        raise CannotRefer(message("Choose today or a day within a year."), "follow_up_on")


def standing_after(before: Standing, state: State, happened_on: date) -> Standing:
    """Return where a referral stands after one more step.

    "Did not get there" right after "got there" takes the arrival back; after anything else between, it is about
    another appointment. Who has what they went for got there.
    """
    arrived_on = before.arrived_on
    if state is State.NO_SHOW and before.state in (State.ARRIVED, State.COMPLETED):
        arrived_on = None
    elif state in (State.ARRIVED, State.COMPLETED):
        arrived_on = arrived_on or happened_on
    return Standing(state, arrived_on)


def replay(steps: Iterable[tuple[State, date]]) -> Standing:
    """Return where a referral stands after all its steps, from the first."""
    standing = Standing()
    for state, happened_on in steps:
        standing = standing_after(standing, state, happened_on)
    return standing


def next_follow_up(
    standing: Standing, *, appointment_on: date | None, is_kept: bool | None, today: date
) -> date | None:
    """Return the day on which somebody should ask again, or None when nobody has to."""
    if standing.state in ENDED:
        return None
    if standing.state is State.ARRIVED:
        due = None if standing.arrived_on is None or is_kept is not None else standing.arrived_on + KEPT_AFTER
        return None if due is None else max(due, today)
    if standing.state is State.SCHEDULED and appointment_on is not None:
        return max(appointment_on, today) + timedelta(days=1)
    return today + ASK_AGAIN_AFTER


def asks_whether_kept(arrived_on: date | None, is_kept: bool | None, *, today: date) -> bool:
    """Say whether it is time to ask if they still go there."""
    return arrived_on is not None and is_kept is None and today >= arrived_on + KEPT_AFTER


def check_kept(arrived_on: date | None, *, today: date) -> None:
    """Refuse to say whether somebody still goes there before thirty days have passed."""
    if arrived_on is None:
        raise CannotRefer(message("Say first that they got there."))
    if today < arrived_on + KEPT_AFTER:
        raise CannotRefer(
            message("Ask this on %(day)s, thirty days after they got there.", day=arrived_on + KEPT_AFTER)
        )


def appointment_of(day: date | None, at: time | None, time_zone: str) -> datetime | None:
    """Return the moment of an appointment in an IANA time zone; midnight where only its day is known."""
    return None if day is None else datetime.combine(day, at or time(0), tzinfo=ZoneInfo(time_zone))
