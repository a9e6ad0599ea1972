"""Ask the programme's own geocoder where a service's address is: once a second at most, and each address once."""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, func, select, update

from harmreduction.core.db import db, insert_or_change, transaction
from harmreduction.core.errors import DomainError
from harmreduction.core.keyed import keyed_digest
from harmreduction.core.messages import message
from harmreduction.directory.editing import PlaceEntry
from harmreduction.directory.geocoder import Answer, ask_geocoder
from harmreduction.directory.models import GeocodedAddress
from harmreduction.settings.queries import current_settings

GEOCODED = cast(Table, GeocodedAddress.__table__)
PAUSE = timedelta(seconds=1)


class CannotAskGeocoder(DomainError):
    """This address is not asked about, or not now."""


def find_position(place: PlaceEntry, *, at: datetime) -> Answer | None:
    """Return where the address of a place is, from what was answered before or from the geocoder; None: not known.

    Raises CannotAskGeocoder for a confidential place, which never leaves, for no address, without a geocoder, or
    within a second of the question before; GeocoderSilent where it does not answer.
    """
    url = current_settings().geocoder_url
    address = _checked(place, url)
    digest = keyed_digest("geocoded address", "\n".join(f"{name} {part}" for name, part in address.items()))
    known = _known(digest)
    if known is not None:
        return known
    _take_turn(digest, at)
    answer = ask_geocoder(url, address)  # outside of any transaction, so that nobody waits for it
    if answer is not None:
        _keep(digest, answer)
    return answer


def _checked(place: PlaceEntry, url: str) -> dict[str, str]:
    """Return the parts of an address that may be asked about."""
    if not url:
        raise CannotAskGeocoder(message("This programme has no geocoder. The place is about where its ZIP is."))
    if place.is_confidential:
        raise CannotAskGeocoder(message("The address of a confidential place is never sent to a geocoder."))
    if not place.address_1 or not (place.city or place.postal_code):
        raise CannotAskGeocoder(message("Enter the street with its number, and the town or the ZIP."))
    parts = {
        "street": place.address_1,
        "city": place.city,
        "state": place.state_province,
        "postalcode": place.postal_code,
        "country": place.country,
    }
    return {name: part for name, part in parts.items() if part}


def _known(digest: str) -> Answer | None:
    """Return what was answered before."""
    found = db.session.scalar(select(GeocodedAddress).where(GeocodedAddress.digest == digest))
    if found is None or found.latitude is None or found.longitude is None:
        return None
    return Answer(label=found.label, latitude=found.latitude, longitude=found.longitude)


def _take_turn(digest: str, at: datetime) -> None:
    """Write down that the geocoder is asked now; refuse if somebody else asked it within the second."""
    with transaction():
        last = db.session.scalar(select(func.max(GEOCODED.c.asked_at)))
        if last is not None and timedelta() <= at - last < PAUSE:
            raise CannotAskGeocoder(message("The geocoder is asked once a second. Press the button again."))
        statement = insert_or_change(GEOCODED).values(digest=digest, label="", asked_at=at)
        again = statement.on_conflict_do_update(index_elements=["digest"], set_={"asked_at": at})
        db.session.execute(again)


def _keep(digest: str, answer: Answer) -> None:
    """Keep what was answered."""
    found = {"label": answer.label, "latitude": answer.latitude, "longitude": answer.longitude}
    with transaction():
        db.session.execute(update(GEOCODED).where(GEOCODED.c.digest == digest).values(**found))
