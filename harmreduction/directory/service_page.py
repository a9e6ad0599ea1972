"""What the page of a service, its slip and a list on paper say about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from harmreduction.core import clock
from harmreduction.core.messages import Message, message
from harmreduction.directory.hours_words import state_words
from harmreduction.directory.results import names_of
from harmreduction.directory.rules.ages import checked_words
from harmreduction.directory.rules.links import call_link, map_link, safe_url, text_link
from harmreduction.directory.rules.terms import TermGroup, terms_of
from harmreduction.directory.view import Phone, PlaceView, ServiceView

FOR_TEXTS = {"text", "sms"}
NOT_TO_CALL = {"fax", "pager"}
ANY_STATUS = message("This service is not offered at the moment.")
STATUS_NOTICES = {
    "inactive": ANY_STATUS,
    "defunct": message("This service is not offered any more."),
    "temporarily closed": message("This service is closed for now."),
}


@dataclass(frozen=True, kw_only=True)
class PhonePage:
    """A number with what it is for; links are empty where the text holds no number to dial."""

    number: str
    about: str
    call: str
    text: str
    is_fax: bool


@dataclass(frozen=True, kw_only=True)
class PlacePage:
    """A place with its hours in words; `way` opens the map of the person's own phone.

    can_call: it or its service has a number; is_on_map: our own map shows it.
    """

    place: PlaceView
    state: Message
    is_open: bool
    phones: tuple[PhonePage, ...]
    way: str
    can_call: bool
    is_on_map: bool

    @property
    def has_address(self) -> bool:
        """Say whether there is anything to go to."""
        return bool(self.place.address_lines or self.place.name)


@dataclass(frozen=True, kw_only=True)
class ServicePage:
    """A service in words; is_confidential: its address was left out, or only staff see it."""

    view: ServiceView
    places: tuple[PlacePage, ...]
    phones: tuple[PhonePage, ...]
    url: str
    offers: tuple[Message, ...]
    access: tuple[Message, ...]
    recovery: tuple[Message, ...]
    checked: Message
    notice: Message | None
    is_confidential: bool
    can_call: bool

    @property
    def needs_no_id(self) -> bool:
        """Say whether the service says so itself; an empty list of documents does not."""
        return any(term.code == "no_id" for term in terms_of(self.view.terms))


def page_of_service(view: ServiceView, *, at: datetime) -> ServicePage:
    """Return what is said about a service at a moment."""
    terms = terms_of(view.terms)
    zone = view.places[0].time_zone if view.places else clock.UTC_ZONE
    phones = phones_of(view.phones)
    places = tuple(page_of_place(place, at=at, service_phones=phones) for place in view.places)
    return ServicePage(
        view=view,
        places=places,
        phones=phones,
        url=safe_url(view.url),
        offers=names_of(terms, TermGroup.OFFER),
        access=names_of(terms, TermGroup.ACCESS),
        recovery=names_of(terms, TermGroup.RECOVERY),
        checked=checked_words(view.verified_on, clock.today(zone, at)),
        notice=None if view.status == "active" else STATUS_NOTICES.get(view.status, ANY_STATUS),
        is_confidential=any(place.is_confidential for place in view.places),
        can_call=answers(phones) or any(place.can_call for place in places),
    )


def page_of_place(place: PlaceView, *, at: datetime, service_phones: tuple[PhonePage, ...] = ()) -> PlacePage:
    """Return what is said about a place; the way to a confidential one is on no map, not even for the team."""
    phones = phones_of(place.phones)
    can_call = answers(phones + service_phones)
    is_on_map = None not in (place.latitude, place.longitude) and not place.is_confidential
    has_way = is_on_map and not place.is_about_there
    return PlacePage(
        place=place,
        state=state_words(place.state, at, can_call=can_call),
        is_open=place.state.is_open,
        phones=phones,
        way=map_link(place.latitude or 0, place.longitude or 0) if has_way else "",
        can_call=can_call,
        is_on_map=is_on_map,
    )


def answers(phones: Iterable[PhonePage]) -> bool:
    """Say whether there is a number at which somebody may answer; a fax does not."""
    return any(not phone.is_fax for phone in phones)


def phones_of(phones: Iterable[Phone]) -> tuple[PhonePage, ...]:
    """Return numbers with the links that fit what each is for."""
    return tuple(map(_phone, phones))


def _phone(phone: Phone) -> PhonePage:
    kind = phone.kind.lower()
    takes_texts, takes_calls = kind in FOR_TEXTS, kind not in FOR_TEXTS | NOT_TO_CALL
    return PhonePage(
        number=f"{phone.number} ×{phone.extension}" if phone.extension else phone.number,
        about=phone.about,
        call=call_link(phone.number, phone.extension) if takes_calls else "",
        text=text_link(phone.number) if takes_texts or kind == "mobile" else "",
        is_fax=kind == "fax",
    )
