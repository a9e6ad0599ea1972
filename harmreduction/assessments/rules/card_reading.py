"""A set of cards out of its JSON document, and back into one."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from types import MappingProxyType
from typing import Any, TypeVar

from harmreduction.assessments.rules.card_parts import Part
from harmreduction.assessments.rules.cards import (
    Card,
    CardSet,
    Domain,
    Factor,
    Kind,
    Layout,
    Offer,
    Option,
    Situation,
    Step,
    WhatIf,
)
from harmreduction.core.messages import message

FORMAT = 1  # of the document; an older one is brought here by `card_sets.migrate`
ABOUT = ("format", "licence", "sources")  # beside the set itself, for whoever opens the file

Coded = TypeVar("Coded", Step, Factor)


def read_document(document: object) -> CardSet:
    """Return the set of cards of a document in today's format; raises UnusableCardSet, which names the place.

    Whether its parts fit each other is for `card_checks`.
    """
    root = Part(document if isinstance(document, dict) else {}, "set").of_shape(CardSet, also=ABOUT)
    return CardSet(
        edition=root.take("edition", int),
        cards=tuple(_card(part) for part in root.children("cards", Card)),
        steps=_by_code(root, "steps", [_step(part) for part in root.children("steps", Step)]),
        factors=_by_code(root, "factors", [_factor(part) for part in root.children("factors", Factor)]),
        wallet=tuple(Part({"line": line}, "set › wallet").words("line") for line in root.take("wallet", list)),
        put_away=tuple(_card(part) for part in root.children("put_away", Card)),
    )


def read_card(node: Mapping[str, Any]) -> Card:
    """Return one card out of its object; raises UnusableCardSet, which names the place."""
    return _card(Part(node, str(node.get("code", "card"))).of_shape(Card))


def read_step(node: Mapping[str, Any]) -> Step:
    """Return one step out of its object; raises UnusableCardSet, which names the place."""
    return _step(Part(node, str(node.get("code", "step"))).of_shape(Step))


def _card(part: Part) -> Card:
    return Card(
        code=part.code(),
        topic=part.words("topic"),
        ask=part.words("ask"),
        short=part.words("short"),
        why=part.words("why"),
        picture=part.text("picture"),
        kind=part.one_of("kind", Kind),
        options=tuple(_option(option) for option in part.children("options", Option)),
        steps=part.codes("steps"),
        situations=frozenset(part.several_of("situations", Situation)),
        notice=part.words_or_none("notice"),
        told_first=part.words_or_none("told_first"),
        is_strength=part.flag("is_strength"),
        is_core=part.flag("is_core"),
        was=part.codes("was"),
    )


def _option(part: Part) -> Option:
    return Option(code=part.code(), text=part.words("text"), is_concern=part.flag("is_concern"), was=part.codes("was"))


def _step(part: Part) -> Step:
    return Step(
        code=part.code(),
        domain=part.one_of("domain", Domain),
        text=part.words("text"),
        more=part.words_or_none("more"),
        layouts=frozenset(part.several_of("layouts", Layout)) or frozenset(Layout),
        what_if=_what_if(Part(part.node["what_if"], f"{part.where} › what_if")) if "what_if" in part.node else None,
        offers=part.several_of("offers", Offer),
        need=part.text("need") if "need" in part.node else None,
        was=part.codes("was"),
    )


def _what_if(part: Part) -> WhatIf:
    part.of_shape(WhatIf)
    return WhatIf(then=part.words("then"), but=part.words("but"), factors=part.codes("factors"))


def _factor(part: Part) -> Factor:
    return Factor(
        code=part.code(),
        finding=part.words("finding"),
        caveat=part.words("caveat"),
        source=part.text("source"),
        is_read=part.flag("is_read"),
        verified_on=part.day("verified_on"),
    )


def _by_code(root: Part, key: str, parts: Iterable[Coded]) -> Mapping[str, Coded]:
    """Return parts by their codes, in their order; raises UnusableCardSet for a code that stands there twice."""
    found: dict[str, Coded] = {}
    for part in parts:
        if part.code in found:
            raise root.refuse(part.code, message("another one has this code already."))
        found[part.code] = part
    return MappingProxyType(found)


def as_document(card_set: CardSet) -> dict[str, Any]:
    """Return the set as a document that reads as the same set; what a field leaves out by default is left out."""
    return {"format": FORMAT, **_plain(card_set)}


def as_part(part: Card | Step) -> dict[str, Any]:
    """Return one card or step as it stands in the document."""
    return dict(_plain(part))


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: sets in the order of their words, whatever has a code as a list."""
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value) if _says(value, field)}
    if isinstance(value, Mapping):
        items = list(value.values())
        return dict(value) if all(isinstance(item, str) for item in items) else [_plain(item) for item in items]
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _says(value: Any, field: Any) -> bool:
    """Say whether a field differs from what it is when it is left out."""
    return field.default is MISSING or getattr(value, field.name) != field.default
