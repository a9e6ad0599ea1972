"""What stands in single cells: text without signs of other programs, phone numbers, yes and no."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_BREAKS = re.compile(r"</?(br|tr|p|li|div|table)\b[^<>]{0,200}>", re.IGNORECASE)
_CELL_END = re.compile(r"</t[dh]>", re.IGNORECASE)
_ENTITY = re.compile(r"&(#\d+|#x[0-9a-f]+|[a-z]+\d*);", re.IGNORECASE)

# A number that can be called: North American, or with a plus; then perhaps an extension.
_PHONE = re.compile(
    r"(?P<number>\+?\d{0,3}[\s.-]?\(?\d{3}\)?[\s.\-/–]{0,3}\d{3}[\s.\-–]{0,3}\d{4}(?!\d)|\+\d[\d\s().-]{6,18}\d)"
    r"(?:\s*,?\s*\(?(?:ext(?:ension)?\.?|x)\s*[.:#]?\s*(?P<extension>\d{1,8})\)?)?",
    re.IGNORECASE,
)
_SHORT_NUMBER = re.compile(r"\s*(\d{3}|\d-\d{3})\s*")  # 211, 988
_BEFORE_A_PHONE = re.compile(r"\b(?:phone|tel(?:ephone)?|call|ph)\b\s*[.:#]*", re.IGNORECASE)
_YES = frozenset({"1", "true", "t", "yes", "y", "x", "si", "sí", "private", "confidential", "redacted"})


@dataclass(frozen=True)
class Phone:
    """A number as it was written, its extension, and what else was said about it."""

    number: str
    extension: int | None = None
    description: str = ""


@dataclass(frozen=True)
class Cleaned:
    """A cell as text, and what was taken off it."""

    text: str
    had_blanks: bool = False
    had_markup: bool = False


def clean(cell: str) -> Cleaned:
    """Return the text of a cell without blanks around it, HTML signs and tags."""
    text = cell.strip()
    had_blanks = text != cell
    if "&" not in text and "<" not in text:
        return Cleaned(text, had_blanks)
    plain = without_markup(text)
    return Cleaned(plain, had_blanks, plain != text)


def without_markup(text: str) -> str:
    """Return text without HTML: entities as letters, lines for rows, tags gone."""
    if _ENTITY.search(text):
        text = html.unescape(text)
    if _TAGS.search(text):
        text = _CELL_END.sub(" ", _BREAKS.sub("\n", text))
        text = _TAGS.sub("", text)
        text = "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    return text.strip()


def phones_in(text: str) -> list[Phone]:
    """Return the phone numbers in a text; what stands around a single one describes it."""
    found = list(_PHONE.finditer(text))
    if not found and (short := _SHORT_NUMBER.fullmatch(text)):
        return [Phone(short[1])]
    rest = " ".join(_BEFORE_A_PHONE.sub(" ", _PHONE.sub(" ", text)).split()).strip(" ,;:/-–")
    about = "" if rest.lower() in ("or", "and", "&", "") else rest
    return [
        Phone(match["number"].strip(), int(match["extension"]) if match["extension"] else None, about)
        for match in found
    ]


def is_only_a_phone(text: str) -> bool:
    """Say whether a text is a phone number and nothing else."""
    found = phones_in(text)
    return len(found) > 0 and not any(phone.description for phone in found)


def says_yes(text: str) -> bool:
    """Say whether a cell answers yes."""
    return text.strip().lower() in _YES


def joined(texts: Iterable[str], between: str = "\n") -> str:
    """Return texts put together, each once."""
    return between.join(dict.fromkeys(text for text in texts if text))
