"""Places that a directory in HSDS calls private: their address is left out, and words that tell it are held back."""

from collections.abc import Iterable

from harmreduction.directory.hsds.bundle import Bundle, Record
from harmreduction.directory.hsds.privacy import ADDRESS_NOT_PUBLISHED
from harmreduction.directory.reading.hidden import HiddenAddress

PRIVATE_PLACES = frozenset({"redacted", "confidential", "private"})  # location types that some directories write
_FREE_WORDS = (
    "name", "alternate_name", "description", "url", "email", "alert", "application_process", "eligibility_description",
    "fees_description", "interpretation_services", "wait_time",
)  # fmt: skip


def redact(part: Bundle) -> tuple[set[str], set[str]]:
    """Take address and position off places that a directory calls private, and whatever tells them off their services.

    Return the ids of the places, and the names of the fields that told.
    """
    private = {key for key, place in part.locations.items() if place.document.get("location_type") in PRIVATE_PLACES}
    hidden = [
        HiddenAddress.of(str(address.get("address_1") or ""), str(address.get("postal_code") or ""))
        for key in private
        for address in part.locations[key].document.get("addresses") or []
    ]
    told = {name for service in part.services.values() for name in _hold_back(service, hidden)} if hidden else set()
    for key in private:
        place = part.locations[key]
        kept = ("id", "name", "organization_id", "phones", "schedules", "languages", "accessibility")
        place.document = {name: place.document[name] for name in kept if name in place.document}
        place.document["location_type"] = "virtual"
    return private, told


def _hold_back(service: Record, hidden: Iterable[HiddenAddress]) -> list[str]:
    """Keep the words of a service that tell a private address where they never leave in public; return their fields."""
    told = [name for name in _FREE_WORDS if any(it.is_told_in(_words(service, name)) for it in hidden)]
    held = {f"_{name}": service.document[name] for name in told}
    rest = {name: value for name, value in service.document.items() if name not in told}
    named = {"name": ADDRESS_NOT_PUBLISHED} if "name" in told else {}
    service.document = rest | named | held
    return told


def _words(service: Record, name: str) -> str:
    return str(service.document.get(name) or "")
