"""The programme's own geocoder: a Nominatim at an address that it entered. Nothing else is ever asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from geopy.adapters import URLLibAdapter
from geopy.exc import GeopyError
from geopy.geocoders import Nominatim

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message

TIMEOUT = 3  # seconds
AGENT = "harm-reduction-tracker"


class GeocoderSilent(DomainError):
    """The programme's geocoder did not answer, or not in a way that can be understood."""


class WrongGeocoderAddress(DomainError):
    """At this address no geocoder can be asked."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Where an address is, as the geocoder says; `label` is what it took it for."""

    label: str
    latitude: float
    longitude: float


def check_geocoder_url(url: str) -> None:
    """Refuse an address that is none of the web, or that carries a name, a password or a question."""
    parts = urlsplit(url)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
    ):
        raise WrongGeocoderAddress(
            message("Enter the address of your Nominatim, like https://nominatim.example.org, and nothing behind it.")
        )


def ask_geocoder(url: str, address: Mapping[str, str]) -> Answer | None:
    """Ask the geocoder for an address in its parts (street, city, state, postalcode, country); None: not known.

    Raises GeocoderSilent.
    """
    parts = urlsplit(url)
    nominatim = Nominatim(
        user_agent=AGENT,
        scheme=parts.scheme,
        domain=f"{parts.netloc}{parts.path}".rstrip("/").removesuffix("/search"),
        timeout=TIMEOUT,
        adapter_factory=URLLibAdapter,
    )
    try:
        found = nominatim.geocode(dict(address), exactly_one=True)
        return None if found is None else _believable(str(found.address), float(found.latitude), float(found.longitude))
    except (GeopyError, ValueError, KeyError, TypeError, AttributeError, OSError) as problem:
        raise GeocoderSilent(
            message("Your geocoder did not answer. The place stays about where its ZIP is. Try again later.")
        ) from problem


def _believable(label: str, latitude: float, longitude: float) -> Answer | None:
    """Return a position that can be on the earth."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or (latitude, longitude) == (0, 0):
        return None
    return Answer(label=label[:300], latitude=latitude, longitude=longitude)
