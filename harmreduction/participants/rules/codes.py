"""Codes as somebody types them and as they are looked for: typed for one request, then digests only."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message

LETTERS = "ABCDEFGHJKMNPRSTUWXYZ"  # of those who share a recipe, none like another; the first goes without
LIKELY = 2  # more near matches than these are no help


class CodeKind(StrEnum):
    """The kinds of codes that a participant may have."""

    CARD = "card"
    RECIPE = "recipe"
    PHRASE = "phrase"


CODE_KINDS: dict[CodeKind, Message] = {
    CodeKind.CARD: message("Card"),
    CodeKind.RECIPE: message("Code made of answers"),
    CodeKind.PHRASE: message("Own phrase"),
}


class UnusableCode(DomainError):
    """What was typed cannot be a code of this kind."""


class CodeNotOurs(DomainError):
    """No card that we printed, and that is in use or blank, has this code."""


class CodeTaken(DomainError):
    """A code that cannot be given to somebody else as well."""


class TooManyLookups(DomainError):
    """Somebody looked for more codes within an hour than the programme allows."""


class CannotMerge(DomainError):
    """Two participants who cannot be merged as asked."""


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What was begun: whose row it is, and the letter that they remember where somebody else has the same code.

    is_once_more: the same page was sent before.
    """

    participant_id: str
    letter: str = ""
    is_once_more: bool = False


@dataclass(frozen=True, kw_only=True)
class NewCard:
    """A card drawn for one person at a site; for somebody new, `client_id` (a UUID) becomes their public id.

    participant_id: the public id of somebody who has codes already, or None.
    """

    client_id: str
    site_id: int
    participant_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class TypedCode:
    """A code as it was typed, made alike; it lives as long as one request and shows itself to nobody.

    text: the signs of a card or the words of a phrase. parts: the answers of a recipe, (part, answer), as asked.
    """

    kind: CodeKind
    text: str = field(default="", repr=False)
    parts: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class KeyedCode:
    """A code as digests, which may travel through a page; each is made with today's key first, then with the old one.

    lettered: for each of those who may share the code, plain first. earlier: the same answers by earlier recipes.
    nearest: codes that differ from it by one slip. is_possible: no for a card whose check sign is wrong.
    """

    kind: CodeKind
    recipe_version: int | None = None
    lettered: tuple[tuple[str, ...], ...]
    earlier: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    is_possible: bool = True

    @property
    def digest(self) -> str:
        """Return the digest by which the code is stored."""
        return self.lettered[0][0]

    @property
    def plain(self) -> tuple[str, ...]:
        """Return the digests of the code without a letter."""
        return self.lettered[0]

    def all_lettered(self) -> Iterator[str]:
        """Return the digests of the code with each letter."""
        for digests in self.lettered:
            yield from digests

    def letter_of(self, digest: str) -> str:
        """Return the letter of who has this digest, or nothing where it is another code's."""
        letters = zip(LETTERS, self.lettered, strict=False)
        return next((letter for letter, digests in letters if digest in digests), "")


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """A code shown for the first time at a site; for somebody new, `client_id` (a UUID) becomes their public id.

    is_somebody_else: another person has the same recipe, so this one gets a letter to remember.
    """

    client_id: str
    site_id: int
    code: KeyedCode
    is_somebody_else: bool = False
