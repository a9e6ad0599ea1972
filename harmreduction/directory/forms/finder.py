"""What somebody asks of the finder, as an address or a form holds it."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput

from harmreduction.directory.rules.distances import (
    REACHES,
    USUAL_REACH,
    counts_in_miles,
    longest_way,
    reach_in_kilometres,
)
from harmreduction.directory.rules.finder import Point, Question
from harmreduction.directory.rules.terms import BY_CODE, TERMS, TermGroup
from harmreduction.directory.where import Where
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say

LONGEST_WORDS = 100
ASKED_FOR = (TermGroup.OFFER, TermGroup.ACCESS)


class Asked(Form):
    """What is looked for; `where` is what was typed, `place` the key of what was chosen, `far` any distance."""

    where = StringField(_("Town or ZIP"))
    place = HiddenField()
    words = StringField(_("Words in the name or the description"))
    open = BooleanField(_("Open now"))
    offers = SelectMultipleField(option_widget=CheckboxInput(), validate_choice=False)
    lang = SelectField(_("Language"), validate_choice=False)
    far = BooleanField()

    def offer(self, languages: Iterable[str]) -> None:
        """Offer our terms, and the languages (codes) in which services are offered."""
        self.offers.choices = {term.code: say(term.name) for term in TERMS if term.group in ASKED_FOR}
        self.offers.data = [code for code in self.offers.choices if code in (self.offers.data or ())]
        names = sorted((language_name(code), code) for code in languages)
        self.lang.choices = {"": gettext("Any language")} | {code: name for name, code in names}
        if self.lang.data not in self.lang.choices:
            self.lang.data = ""

    def around(self, where: Where) -> None:
        """Show the place that is searched from, so that it goes along when the form is sent again."""
        self.where.data = self.where.data if where.is_unknown else where.label
        self.place.data = where.key

    def options(self, group: TermGroup) -> Iterator[Any]:
        """Return the boxes to tick of one group of terms."""
        return (option for option in self.offers if BY_CODE[option.data].group is group)

    def chosen(self) -> list[str]:
        """Return what is asked for in words, so that it can be read while the boxes are folded away."""
        asked = [self.offers.choices[code] for code in self.offers.data]
        words = (self.words.data or "").strip()[:LONGEST_WORDS]
        return asked + [text for text in (words, self.lang.data and self.lang.choices[self.lang.data]) if text]

    def question(self, where: Where, *, within_km: float | None = None) -> Question:
        """Return what is asked, around a place."""
        return Question(
            words=(self.words.data or "").strip()[:LONGEST_WORDS],
            near=where.point,
            within_km=within_km if where.point is not None else None,
            prefer=where.home,
            is_open_now=bool(self.open.data),
            terms=frozenset(self.offers.data),
            language=self.lang.data,
        )

    def way(self, where: Where) -> int | None:
        """Return how far what is found may be, in the unit of the country there; None for any distance."""
        return None if self.far.data or where.point is None else longest_way(where.country)

    def reach(self, where: Where) -> float | None:
        """Return the same in kilometres."""
        way = self.way(where)
        return None if way is None else reach_in_kilometres(where.country, way)

    def in_address(self) -> dict[str, Any]:
        """Return what is asked, place aside, as the addresses of list, map and print have it."""
        return {
            "words": (self.words.data or "").strip()[:LONGEST_WORDS] or None,
            "open": 1 if self.open.data else None,
            "offers": self.offers.data,
            "lang": self.lang.data or None,
            "far": 1 if self.far.data else None,
        }


class FinderForm(Asked):
    """Asking by an address, which can be kept and shared."""

    class Meta:
        """Asking changes nothing, so it needs no token."""

        csrf = False


class NearForm(Asked):
    """Asking from where the phone is: it is sent as a form, so that no address and no log holds the position."""

    latitude = HiddenField()
    longitude = HiddenField()

    def point(self) -> Point | None:
        """Return the position to about a hundred metres, or None for what is no position."""
        try:
            latitude, longitude = float(self.latitude.data or ""), float(self.longitude.data or "")
        except ValueError:
            return None
        is_on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180
        return Point(latitude=latitude, longitude=longitude).rounded if is_on_earth else None


class AreaForm(FinderForm):
    """An area to print or to keep: a place and how far around it."""

    km = SelectField(_("How far around"), validate_choice=False)

    def offer_reaches(self, country: str) -> None:
        """Offer distances, said in the unit of a country and sent in kilometres."""
        self.km.choices = {str(round(reach_in_kilometres(country, reach))): _reach(country, reach) for reach in REACHES}
        if self.km.data not in self.km.choices:
            self.km.data = str(round(reach_in_kilometres(country, USUAL_REACH)))


def _reach(country: str, reach: int) -> str:
    """Return a distance in words."""
    return str(gettext("%(n)s miles", n=reach) if counts_in_miles(country) else gettext("%(n)s km", n=reach))


def language_name(code: str) -> str:
    """Return a language in the reader's language; one that is not known there by its code."""
    locale = get_locale()
    name = locale.languages.get(code, code) if locale is not None else code
    return str(name[:1].upper() + name[1:])
