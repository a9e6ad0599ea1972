"""The set of cards that comes with a release, and how any set is read, written and told from another."""

import json
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from hashlib import sha256
from importlib import resources
from typing import Any

from harmreduction.assessments.rules.card_checks import check
from harmreduction.assessments.rules.card_parts import UnusableCardSet
from harmreduction.assessments.rules.card_reading import FORMAT, as_document, read_document
from harmreduction.assessments.rules.cards import CardSet
from harmreduction.core.messages import message

Document = Mapping[str, Any]
WAYS: Mapping[int, Callable[[Document], Document]] = {}  # a format → what makes a document of the next one of it


@cache
def release_set() -> CardSet:
    """Return the set of cards of this release."""
    return read_card_set(resources.files("harmreduction").joinpath("data", "conversation.json").read_text("utf-8"))


@lru_cache(maxsize=8)  # a few sets are in use at once, and each page reads one
def read_card_set(contents: str) -> CardSet:
    """Return the set that a JSON text holds, of this format or an earlier one; raises UnusableCardSet."""
    try:
        document = json.loads(contents)
    except ValueError:
        raise UnusableCardSet("set", message("this is not JSON.")) from None
    return check(read_document(migrate(document)))


def as_json(card_set: CardSet) -> str:
    """Return the set as JSON that is the same for the same set, to the letter."""
    return json.dumps(as_document(card_set), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(card_set: CardSet) -> str:
    """Return the fingerprint of everything that the set says: SHA-256, as hexadecimal digits."""
    return sha256(as_json(card_set).encode()).hexdigest()


def migrate(document: object, ways: Mapping[int, Callable[[Document], Document]] = WAYS, to: int = FORMAT) -> Document:
    """Return a document in the newest format, step by step from its own; raises UnusableCardSet for an unknown one."""
    if not isinstance(document, dict):
        raise UnusableCardSet("set", message("this is missing, or not what belongs here."))
    while (number := document.get("format")) != to:
        if not isinstance(number, int) or number not in ways:
            raise UnusableCardSet("set › format", message("this release cannot read it. Update the app first."))
        document = {**ways[number](document), "format": number + 1}
    return document
