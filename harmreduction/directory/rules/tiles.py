"""Map tiles of a server that a programme chose for itself."""

import re
from urllib.parse import urlsplit

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message

ANY_MIRROR = "{s}."  # what Leaflet writes for servers a, b and c
PLACEHOLDERS = {"{z}", "{x}", "{y}"}
KNOWN_PLACEHOLDERS = PLACEHOLDERS | {"{r}"}  # {r}: "@2x" on sharp screens
HOST = re.compile(r"(\{s\}\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:\d{1,5})?")
PATH = re.compile(r"[A-Za-z0-9/_.@{}?=&%~+-]+")


class WrongTileAddress(DomainError):
    """This is no address from which a map can take tiles."""


def check_tile_url(url: str) -> None:
    """Refuse an address that could not work, or that would say more than where the tiles lie."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise WrongTileAddress(message("The address must begin with https://."))
    if "@" in parts.netloc:
        raise WrongTileAddress(message("Leave the name and the password out of the address. Everybody could read it."))
    if not HOST.fullmatch(parts.netloc.lower()):
        raise WrongTileAddress(message("The address names no server, such as tiles.example.org."))
    rest = url[len("https://") + len(parts.netloc) :]
    used = set(re.findall(r"\{[^}]*\}", rest))
    if not used >= PLACEHOLDERS or used - KNOWN_PLACEHOLDERS or not PATH.fullmatch(rest):
        raise WrongTileAddress(message("The address must hold {z}, {x} and {y}, as in /tiles/{z}/{x}/{y}.png."))


def tile_origin(url: str) -> str:
    """Return the server of a checked address as a content security policy names it: https://*.example.org."""
    host = urlsplit(url).netloc.lower()
    return f"https://*.{host.removeprefix(ANY_MIRROR)}" if host.startswith(ANY_MIRROR) else f"https://{host}"
