"""Languages: which one a person reads, and how sentences, numbers and days look in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from babel import Locale
from babel.dates import format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations
from flask import Flask, request
from flask_babel import (
    Domain,
    force_locale,
    format_date,
    format_timedelta,
    get_domain,
    get_locale,
    gettext,
    ngettext,
    npgettext,
    pgettext,
)
from flask_babel import format_time as babel_time

from harmreduction.core.clock import in_zone, now
from harmreduction.core.messages import Message

LANGUAGE_COOKIE = "language"
LANGUAGES = {"en": "English", "es": "Español"}
# Spanish here is American: 12,345 and 0.4 as on the packs, where plain Spanish would print 12.345.
NUMBERS_AS_IN = {"es": "es_419"}
DOMAIN = "messages"


class WordsOfAPage(Domain):  # type: ignore[misc]  # Flask-Babel says nothing of its types
    """The words of the reader's language, looked up once: a page asks for hundreds of them."""

    found: NullTranslations | None = None

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the language in which this request is answered."""
        if self.found is None:
            self.found = super().get_translations()
        return self.found


def say(message: Message) -> str:
    """Return a marked sentence in the language of the person reading."""
    values = {name: _as_read(value) for name, value in message.values.items()}
    if message.plural is not None and message.count is not None:
        return str(ngettext(message.text, message.plural, message.count, **values))
    return str(gettext(message.text, **values)) if values else str(gettext(message.text))


def _as_read(value: object) -> object:
    """Return a value of a sentence as people read it: a sentence in it translated, a day written out."""
    if isinstance(value, Message):
        return say(value)
    return day(value) if isinstance(value, date) else value


def choose_language() -> str:
    """Return the language chosen by the person, else the best one that the browser asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "en"


def compile_catalogues(folder: Path) -> None:
    """Compile each catalogue whose source is newer, so that a fresh clone speaks every language."""
    for source in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parent.parent.name)
        partial = compiled.with_suffix(f".{os.getpid()}.mo")  # several processes may start at the same moment
        with partial.open("wb") as binary:
            write_mo(binary, catalogue)
        partial.replace(compiled)


def provide_languages(app: Flask) -> None:
    """Give templates the words, numbers and days of the reader's language."""
    catalogues: dict[tuple[str, str], NullTranslations] = {}
    app.jinja_env.filters.update(say=say, translated=translated)
    app.jinja_env.globals.update(
        _=gettext,
        gettext=gettext,
        ngettext=ngettext,
        pgettext=pgettext,
        npgettext=npgettext,
        number=number,
        money=money,
        day=day,
        month_name=month_name,
        clock_time=clock_time,
        ago=ago,
        in_zone=in_zone,
        unit_name=unit_name,
        units=units,
        languages=LANGUAGES,
    )

    @app.before_request
    def look_up_words_once() -> None:
        words = WordsOfAPage(domain=DOMAIN)
        words.cache = catalogues
        words.as_default()

    @app.context_processor
    def reader() -> dict[str, object]:
        locale = get_locale() or Locale("en")
        return {"locale": str(locale).replace("_", "-"), "text_direction": locale.text_direction}


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Say everything in the block in one language, whatever the person reads."""
    before = get_domain()
    words = WordsOfAPage(domain=DOMAIN)
    words.cache = before.cache
    words.as_default()
    try:
        with force_locale(code):
            yield
    finally:
        before.as_default()


def number(value: float) -> str:
    """Return a number as people write it: 3,644,444."""
    return _number_in(str(get_locale() or "en"), value)


@lru_cache(maxsize=10_000)  # a page of stock prints hundreds of small numbers
def _number_in(language: str, value: float) -> str:
    """Return a number as people of a language write it."""
    return str(format_decimal(value, locale=NUMBERS_AS_IN.get(language, language)))


def money(hundredths: float) -> str:
    """Return an amount in the programme's currency, given in hundredths, with two decimals: 1,234.50."""
    language = str(get_locale() or "en")
    return str(format_decimal(hundredths / 100, format="#,##0.00", locale=NUMBERS_AS_IN.get(language, language)))


def day(value: date, style: str = "medium") -> str:
    """Return a calendar day as people write it: Nov 21, 2026."""
    return str(format_date(value, style, rebase=False))


def month_name(of: date) -> str:
    """Return a month as people write it: November 2026, noviembre de 2026."""
    return str(format_skeleton("yMMMM", of, locale=get_locale()))


def clock_time(value: datetime, time_zone: str) -> str:
    """Return the time of day in an IANA zone: 22:41."""
    return str(babel_time(in_zone(value, time_zone), "HH:mm", rebase=False))


def ago(moment: datetime) -> str:
    """Return how long ago a moment was, as people say it: 5 minutes ago."""
    since = max(now() - moment, timedelta(seconds=1))
    return str(format_timedelta(-since, granularity="minute", add_direction=True))


class Counted(Protocol):
    """Something that is handed out in units, each of which may hold doses."""

    unit: str
    unit_plural: str
    doses_per_unit: int


def unit_name(thing: Counted, count: int) -> str:
    """Return what so many units are called: kits.

    The programme may have named them itself, so a percent sign in the name is one, and no place for a value.
    """
    return str(get_domain().get_translations().ungettext(thing.unit, thing.unit_plural, count))


def units(thing: Counted, count: int) -> str:
    """Return a number of units by name, doses counted apart: 2 kits (4 doses)."""
    named = f"{number(count)} {unit_name(thing, count)}"
    if not thing.doses_per_unit:
        return named
    doses = count * thing.doses_per_unit
    told = ngettext("%(doses)s dose", "%(doses)s doses", doses, doses=number(doses))
    return named if named == told else f"{named} ({told})"


def translated(text: str) -> str:
    """Return a word of the starting lists in the reader's language; the programme's own words stay as they are."""
    return str(gettext(text)) if text else ""
