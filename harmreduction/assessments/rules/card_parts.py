"""One object of a card set's JSON: what is taken out of it has to be of its kind, or the place is named."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from harmreduction.assessments.rules.cards import Words
from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message

OneOf = TypeVar("OneOf", bound=StrEnum)
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")  # as long as its column


class UnusableCardSet(DomainError):
    """A set of cards that cannot be used, with the place in it that is to be put right."""

    def __init__(self, where: str, problem: Message) -> None:
        """Name the place before the problem."""
        super().__init__(message("%(where)s: %(problem)s", where=where, problem=problem))
        self.where, self.problem = where, problem


@dataclass(frozen=True)
class Part:
    """One object of the document, and where it stands, as a person finds it there. Each reader may raise."""

    node: Mapping[str, Any]
    where: str

    def refuse(self, key: str, problem: Message) -> UnusableCardSet:
        """Return the error that names the place."""
        return UnusableCardSet(f"{self.where} › {key}", problem)

    def take(self, key: str, kind: type, default: object = None) -> Any:
        """Return what stands under a key; without a default it has to be there."""
        found = self.node.get(key, default)
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self.refuse(key, message("this is missing, or not what belongs here."))
        return found

    def text(self, key: str) -> str:
        """Return a text that says something."""
        found = str(self.take(key, str)).strip()
        if not found:
            raise self.refuse(key, message("write something here."))
        return found

    def code(self) -> str:
        """Return the code by which everything else names this part."""
        found = self.text("code")
        if not CODE.fullmatch(found):
            raise self.refuse("code", message("use small letters, digits and _ only, 40 at most."))
        return found

    def words(self, key: str) -> Words:
        """Return a text in each language that it has; English it must have, because every other falls back to it."""
        part = Part(self.take(key, dict), f"{self.where} › {key}")
        if "en" not in part.node:
            raise part.refuse("en", message("write this in English; other languages fall back to it."))
        return MappingProxyType({language: part.text(language) for language in part.node})

    def words_or_none(self, key: str) -> Words | None:
        """Return a text that may be left out."""
        return self.words(key) if key in self.node else None

    def flag(self, key: str) -> bool:
        """Return a yes or no; left out is no."""
        return bool(self.take(key, bool, default=False))

    def day(self, key: str) -> str | None:
        """Return a day as ISO writes it, or None where there is none."""
        if self.node.get(key) is None:
            return None
        try:
            return date.fromisoformat(self.text(key)).isoformat()
        except ValueError:
            raise self.refuse(key, message("write the day like 2026-03-02.")) from None

    def codes(self, key: str) -> tuple[str, ...]:
        """Return a list of codes; left out is empty."""
        found = tuple(self.take(key, list, default=[]))
        if not all(isinstance(code, str) for code in found) or len(set(found)) < len(found):
            raise self.refuse(key, message("each code stands here once."))
        return found

    def one_of(self, key: str, kinds: type[OneOf]) -> OneOf:
        """Return a member of an enumeration."""
        return self._member(key, self.text(key), kinds)

    def several_of(self, key: str, kinds: type[OneOf]) -> tuple[OneOf, ...]:
        """Return members of an enumeration; left out is empty."""
        return tuple(self._member(key, code, kinds) for code in self.codes(key))

    def children(self, key: str, shape: type) -> Iterator["Part"]:
        """Yield the objects of a list, each with the fields of a dataclass and no other."""
        for number, node in enumerate(self.take(key, list, default=[]), start=1):
            code = node.get("code") if isinstance(node, dict) else None
            yield Part(node, f"{self.where} › {code or f'{key} {number}'}").of_shape(shape)

    def of_shape(self, shape: type, also: Collection[str] = ()) -> "Part":
        """Return the part again; a field that nobody reads is a typing slip and is refused."""
        if not isinstance(self.node, dict):
            raise UnusableCardSet(self.where, message("this is missing, or not what belongs here."))
        for unknown in sorted(set(self.node) - {field.name for field in fields(shape)} - set(also)):
            raise self.refuse(unknown, message("nobody reads a field of this name."))
        return self

    def _member(self, key: str, code: str, kinds: type[OneOf]) -> OneOf:
        if code not in set(kinds):
            known = ", ".join(kinds)
            raise self.refuse(key, message("“%(code)s” is unknown. Use one of: %(known)s.", code=code, known=known))
        return kinds(code)
