"""What may be pressed: an address to open, a number to call or text. Everything else is shown as text."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

WEB = {"http", "https"}
BLANK_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f]")
WITHOUT_SCHEME = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
# What comes after the first of these is for people: an extension, who to ask for.
NUMBER = re.compile(r"\+?\(?\d(?:[\s().\-/\u2013]*\d){2,14}")
IN_LETTERS = re.compile(r"(?:\+?1[\s.\-]*)?\(?8\d\d\)?[\s.\-]*(?=[A-Z0-9\s.\-]*[A-Z]{2})(?:[A-Z0-9][\s.\-]*){7,}")
KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
NORTH_AMERICAN = 10  # digits, without the 1 before them
LONGEST_ADDRESS = 2000


def safe_url(text: str) -> str:
    """Return an address of the web that can be opened, or nothing if the text is anything else.

    Sources write "example.org" as well; a `javascript:` or `data:` address is text and stays text.
    """
    address = text.strip()
    if not address or len(address) > LONGEST_ADDRESS or BLANK_OR_CONTROL.search(address):
        return ""
    if WITHOUT_SCHEME.fullmatch(address):
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:  # "https://[": brackets that do not close
        return ""
    return address if parts.scheme.lower() in WEB and host and "\\" not in address else ""


def call_link(number: str, extension: str = "") -> str:
    """Return the address that calls a number, or nothing if the text holds none."""
    digits = digits_of(number)
    dialled = extension if extension.isdigit() else ""
    return f"tel:{digits}{f';ext={dialled}' if dialled else ''}" if digits else ""


def text_link(number: str) -> str:
    """Return the address that writes a text message to a number, or nothing if the text holds none."""
    digits = digits_of(number)
    return f"sms:{digits}" if digits else ""


def digits_of(number: str) -> str:
    """Return the digits to dial, with the + before them if there is one: 1-800-662-HELP is 18006624357."""
    text = number.upper()
    if (lettered := IN_LETTERS.search(text)) is not None:
        digits = _digits(lettered[0].translate(KEYPAD))
        return digits[: NORTH_AMERICAN + digits.startswith("1")]
    found = NUMBER.search(text)
    if found is None:
        return ""
    return ("+" if found[0].startswith("+") else "") + _digits(found[0])


def opens_here_alone(address: str) -> bool:
    """Say whether an address of ours leads nobody here from another device: this very computer, as in 127.0.0.1."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost" or host.endswith(".localhost")


def map_link(latitude: float, longitude: float) -> str:
    """Return the address that a phone opens in whatever map it has; no host is asked."""
    position = f"{latitude:.5f},{longitude:.5f}"
    return f"geo:{position}?q={position}"


def _digits(text: str) -> str:
    """Return the digits of a text."""
    return re.sub(r"[^0-9]", "", text)
