"""Our own terms as HSDS attributes: how a document says "naloxone" or "no ID needed", and how that is read back."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from harmreduction.directory.rules.terms import (
    BY_CODE,
    BY_CROSSWALK,
    TAXONOMY_ID,
    TAXONOMY_NAME,
    TERM_URI,
    TERMS,
    Term,
)

NAMESPACE = UUID(TAXONOMY_ID)
YES = frozenset({"true", "yes", "y", "1"})

TAXONOMY = {"id": TAXONOMY_ID, "name": TAXONOMY_NAME, "description": TAXONOMY_NAME, "uri": TERM_URI}


def term_id(code: str) -> str:
    """Return the id (UUID) of one of our terms in every HSDS file."""
    return _TERM_IDS[code]


def term_document(term: Term) -> dict[str, Any]:
    """Return one of our terms as an HSDS taxonomy term, in English."""
    name = str(term.name)
    return {
        "id": term_id(term.code),
        "code": term.code,
        "name": name,
        "description": name,
        "term_uri": TERM_URI + term.code,
        "taxonomy": TAXONOMY_NAME,
        "taxonomy_detail": dict(TAXONOMY),
    }


def term_attribute(service_id: str, code: str) -> dict[str, Any]:
    """Return the attribute by which a service says that one of our terms is true of it."""
    term = BY_CODE[code]
    return {
        "id": str(uuid5(NAMESPACE, f"{service_id}|{code}")),
        "label": str(term.name),
        "value": "true",
        "link_type": "taxonomy_term",
        "taxonomy_term": term_document(term),
    }


def codes_in(document: Mapping[str, Any]) -> set[str]:
    """Return the codes of our terms that a document says are true of it."""
    return {
        code
        for attribute, term in _attributed(document)
        if is_ours(term) and (code := str(term.get("code"))) in BY_CODE and _is_true(attribute)
    }


def crosswalk_codes(document: Mapping[str, Any]) -> set[str]:
    """Return the codes of our terms that the terms of other taxonomies in a document mean."""
    found = (term_meant_by(str(term.get("code", ""))) for _, term in _attributed(document) if not is_ours(term))
    return {term.code for term in found if term is not None}


def term_meant_by(code: str) -> Term | None:
    """Return our term for a code of another taxonomy, or for the widest code above it that we know.

    "LF-4900.2400-150" is below "LF-4900.2400".
    """
    code = code.strip().upper()
    while code:
        if code in BY_CROSSWALK:
            return BY_CROSSWALK[code]
        code = re.sub(r"(^|[.-])[^.-]*$", "", code)
    return None


def with_terms(document: dict[str, Any], codes: Iterable[str]) -> dict[str, Any]:
    """Return a service document that says these terms besides its own; unchanged if it says them all.

    A term that the document denies ("false") stays denied.
    """
    told = {str(term.get("code")) for _, term in _attributed(document) if is_ours(term)}
    wanted = set(codes) - told
    new = [term_attribute(str(document["id"]), term.code) for term in TERMS if term.code in wanted]
    return document | {"attributes": [*document.get("attributes", []), *new]} if new else document


def with_only_terms(document: dict[str, Any], codes: Iterable[str], *, may_add: bool = True) -> dict[str, Any]:
    """Return a document whose terms of ours are these and no others; attributes of other taxonomies stay.

    may_add False: terms are only taken away.
    """
    wanted, said = set(codes), codes_in(document)
    adds = (wanted - said) & BY_CODE.keys() if may_add else set()
    dropped = (said - wanted) | adds  # a term that was denied is said anew
    if not dropped:
        return document
    kept = [attribute for attribute in document.get("attributes") or [] if _own_code(attribute) not in dropped]
    new = [term_attribute(str(document["id"]), term.code) for term in TERMS if term.code in adds]
    without = {name: value for name, value in document.items() if name != "attributes"}
    return without | {"attributes": [*kept, *new]} if kept or new else without


def _own_code(attribute: Any) -> str | None:
    """Return the code of our term that an attribute is about, if it is about one."""
    term = attribute.get("taxonomy_term") if isinstance(attribute, Mapping) else None
    return str(term.get("code")) if isinstance(term, Mapping) and is_ours(term) else None


def _attributed(document: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield each attribute of a document that names a taxonomy term, with the term."""
    attributes = document.get("attributes")
    for attribute in attributes if isinstance(attributes, list) else []:
        term = attribute.get("taxonomy_term") if isinstance(attribute, Mapping) else None
        if isinstance(term, Mapping):
            yield attribute, term


def is_ours(term: Mapping[str, Any]) -> bool:
    """Say whether a term is of our taxonomy: by its address, its id, or the taxonomy around it."""
    detail = term.get("taxonomy_detail")
    inside = detail.get("id") if isinstance(detail, Mapping) else None
    return (
        str(term.get("term_uri", "")).startswith(TERM_URI)
        or term.get("id") in _OUR_IDS
        or TAXONOMY_ID in (inside, term.get("taxonomy_id"))
    )


def _is_true(attribute: Mapping[str, Any]) -> bool:
    """Say whether an attribute holds; one without any value does, for then the term alone is what it says."""
    value = attribute.get("value")
    return value is None or str(value).strip().lower() in YES


_TERM_IDS = {term.code: str(uuid5(NAMESPACE, term.code)) for term in TERMS}
_OUR_IDS = frozenset(_TERM_IDS.values())
OUR_RECORD_IDS = _OUR_IDS | {TAXONOMY_ID}
