"""Every sentence speaks every language, with its values in place, and of people as people."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from harmreduction.config import HOUSE
from harmreduction.web.i18n import LANGUAGES
from scripts import translate

SOURCE_LANGUAGE = "en"
TARGETS = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]
PLACE = re.compile(r"%(?:\(\w+\))?[sd]|%%")
SHOWN = 25

# What the product never calls a person or what they do; on the right, what it says instead.
AVOIDED = {
    "en": {
        r"addicts?|addicted|junkies?|drug users?|abusers?|users?": "person who uses drugs",
        r"(drug|substance) (abuse|misuse|habits?)|abuse|misuse": "use",
        r"alcoholics?|drunks?": "person who drinks",
        r"clean(?!-ups?\b)|dirty": "sterile or used; negative or positive",
        r"relapses?|relapsed": "return to use",
        r"substitution|replacement therapy|MAT": "medication for opioid use disorder",
        r"overdose victims?|victims?": "survivor; person who overdosed",
        r"non-?compliant|refused service": "chose not to",
        r"high-risk (person|people|client)s?": "person with … right now",
        r"clients?|patients?|customers?|recipients?|beneficiar(y|ies)": "participant",
        r"felons?|inmates?|offenders?": "person returning from incarceration",
        r"the homeless|homeless (person|people|man|woman)": "person experiencing homelessness",
        r"needle exchanges?|one-for-one": "syringe services",
        r"narc'?d|narcan'?d": "given naloxone",
        r"please|oops|sorry|uh-oh|invalid|illegal|forbidden": "say what is true and what to do",
    },
    "es": {
        r"adict[oa]s?|drogadict[oa]s?|yonquis?|drogodependientes?|toxicóman[oa]s?": "persona que usa drogas",
        r"usuari[oa]s? de drogas|usuari[oa]s?": "persona que usa drogas; participante",
        r"abus[oa]r?|abusador(a|es|as)?": "uso",
        r"alcohólic[oa]s?|borrach[oa]s?": "persona que bebe",
        r"(jeringas?|agujas?|personas?) (limpi[oa]s?|suci[oa]s?)": "estéril, usada",
        r"recaídas?|recaer": "volver a usar",
        r"víctimas?": "sobreviviente",
        r"pacientes?|clientes?|beneficiari[oa]s?": "participante",
        r"vagabund[oa]s?|indigentes?|los sin techo": "persona sin hogar",
        r"por favor|lo sentimos|ups|inválid[oa]s?": "decir qué pasa y qué hacer",
    },
}


@pytest.fixture(scope="session")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every sentence of code, templates and starting lists."""
    template = tmp_path_factory.mktemp("sentences") / "messages.pot"
    translate.extract(template)
    with template.open("rb") as file:
        return read_po(file)


def catalogue_of(language: str) -> Catalog:
    """Return the catalogue of a language; one that is not there yet is empty."""
    path = HOUSE / "translations" / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def texts(entry: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return a text, or all its plural forms."""
    return (entry,) if isinstance(entry, str) else tuple(entry)


def is_sentence(entry: Message) -> bool:
    """Say whether an entry is a sentence, and not the head of its catalogue."""
    return bool(entry.id)


def key_of(entry: Message) -> tuple[str, str | None]:
    """Return by what a catalogue knows a sentence."""
    return texts(entry.id)[0], entry.context


def named(found: list[str]) -> str:
    """Return a readable list of what was found, cut where it grows long."""
    more = [f"… and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return "\n".join(["", *found[:SHOWN], *more])


def test_sentences_are_found_in_code_templates_and_starting_lists(sentences: Catalog) -> None:
    for text in ("Hand out", "Enter a whole number, like 3.", "The key does not open the database. Put back the file"):
        assert any(texts(entry.id)[0].startswith(text) for entry in filter(is_sentence, sentences)), text
    with (HOUSE / "harmreduction" / "data" / "supplies.csv").open(newline="") as file:
        missing = [row["name"] for row in csv.DictReader(file) if row["name"] not in sentences]
    assert missing == []


@pytest.mark.parametrize("language", TARGETS)
def test_every_sentence_is_translated(sentences: Catalog, language: str) -> None:
    catalogue = catalogue_of(language)
    waiting = []
    for entry in filter(is_sentence, sentences):
        known = catalogue.get(*key_of(entry))
        if known is None or known.fuzzy or not all(texts(known.string)):
            waiting.append(f"{'guessed' if known is not None and known.fuzzy else 'missing'}: {key_of(entry)[0]!r}")
    assert waiting == [], f"{len(waiting)} wait for {LANGUAGES[language]}; run: make translate{named(waiting)}"


@pytest.mark.parametrize("language", TARGETS)
def test_no_translation_is_left_of_what_nobody_says_any_more(sentences: Catalog, language: str) -> None:
    catalogue = catalogue_of(language)
    left = [key_of(entry)[0] for entry in filter(is_sentence, catalogue) if sentences.get(*key_of(entry)) is None]
    assert left == [], f"run: make translate{named(left)}"


@pytest.mark.parametrize("language", TARGETS)
def test_every_translation_puts_the_same_values_in_place(language: str) -> None:
    wrong = []
    for entry in filter(is_sentence, catalogue_of(language)):
        wanted = [Counter(PLACE.findall(text)) for text in texts(entry.id)]
        for number, text in enumerate(texts(entry.string)):
            if text and Counter(PLACE.findall(text)) != wanted[min(number, len(wanted) - 1)]:
                wrong.append(f"{texts(entry.id)[0]!r} → {text!r}")
    assert wrong == [], named(wrong)


@pytest.mark.parametrize("language", TARGETS)
def test_a_translation_begins_and_ends_as_its_sentence_does(language: str) -> None:
    """Spaces at the ends join a sentence to its neighbour."""
    wrong = [
        key_of(entry)[0]
        for entry in filter(is_sentence, catalogue_of(language))
        for text in texts(entry.string)
        if text and (text[0].isspace(), text[-1].isspace()) != ends(key_of(entry)[0])
    ]
    assert wrong == [], named(wrong)


def ends(text: str) -> tuple[bool, bool]:
    """Say whether a text begins, and whether it ends, with a space."""
    return text[0].isspace(), text[-1].isspace()


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_put_the_person_first(sentences: Catalog, language: str) -> None:
    spoken = [
        text
        for entry in filter(is_sentence, sentences if language == SOURCE_LANGUAGE else catalogue_of(language))
        for text in texts(entry.id if language == SOURCE_LANGUAGE else entry.string)
    ]
    found = [
        f"“{match[0]}” in {text!r}: {instead}"
        for text in spoken
        for words, instead in AVOIDED[language].items()
        if (match := re.search(rf"\b(?:{words})\b", text, re.IGNORECASE))
    ]
    assert found == [], named(found)


def test_words_put_the_person_first_in_addresses_and_names_too(app) -> None:
    """Also where no translator looks: addresses, tables, columns, names of files."""
    avoided = re.compile(r"\b(?:addict|abus|client|patient|junkie|drug_?user|victim|offender)", re.IGNORECASE)
    names = [rule.rule for rule in app.url_map.iter_rules()]
    names += [f"{path.relative_to(HOUSE)}" for folder in ("harmreduction", "templates") for path in files(folder)]
    assert [name for name in names if avoided.search(name.replace("_", " "))] == []


def files(folder: str) -> list[Path]:
    """Return the source files of a folder."""
    return [path for path in (HOUSE / folder).rglob("*.*") if path.suffix in {".py", ".html", ".csv"}]
