"""The form of what a programme decides about its directory and its map."""

from collections.abc import Callable

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import Length, ValidationError

from harmreduction.core.errors import DomainError
from harmreduction.directory.gazetteer import Place
from harmreduction.directory.geocoder import check_geocoder_url
from harmreduction.directory.rules.tiles import check_tile_url
from harmreduction.directory.where import Where, place_asked
from harmreduction.settings.rules import NO, YES, ProgrammeSettings
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say


class DirectorySettingsForm(Form):
    """Who may look for services, where searches begin, and what is asked of servers that the programme chose."""

    is_directory_public = BooleanField(
        _("Anybody may look for services"),
        description=_("Without an account, on the web. Otherwise only your team may."),
    )
    where = StringField(
        _("Where you work"), [Length(max=120)], description=_("A ZIP or a town. Maps and searches begin there.")
    )
    place = HiddenField()
    tile_url = StringField(
        _("Address of map tiles"),
        [Length(max=400)],
        description=_(
            "Empty: the map of this app, and nothing leaves. With an address, the phone of everybody who opens the map"
            " asks that server for the part that they look at, so it learns where they look and their network address."
        ),
    )
    tile_attribution = StringField(
        _("Credit for the tiles"), [Length(max=200)], description=_("As the server asks for it. It stands on the map.")
    )
    geocoder_url = StringField(
        _("Address of your Nominatim"),
        [Length(max=400)],
        description=_(
            "Empty: positions come from the list of ZIPs in this app, and nothing leaves. With an address, this server"
            " is sent the address of one service each time somebody presses “Find the position”. It is never sent a"
            " confidential address, and never anything about a participant."
        ),
    )

    def __init__(self, settings: ProgrammeSettings, **options: object) -> None:
        """Show what was decided."""
        home = place_asked(None, settings.home_place, "")
        super().__init__(obj=settings, data={"where": home.label, "place": home.key}, **options)

    @property
    def meant(self) -> Where:
        """Return the place that was typed or chosen."""
        return place_asked(self.where.data or "", self.place.data or "", "")

    @property
    def other_places(self) -> tuple[Place, ...]:
        """Return what else the name may mean."""
        return self.meant.others

    def validate_where(self, field: StringField) -> None:
        """Refuse a place that nobody knows."""
        if self.meant.is_unknown:
            raise ValidationError(str(_("This place is not known. Try a ZIP, or a town with its state.")))

    def validate_tile_url(self, field: StringField) -> None:
        """Refuse an address that no map can use."""
        _checked(field, check_tile_url)

    def validate_tile_attribution(self, field: StringField) -> None:
        """Ask for the credit where there are tiles."""
        if (self.tile_url.data or "").strip() and not (field.data or "").strip():
            raise ValidationError(str(_("Enter whose map it is.")))

    def validate_geocoder_url(self, field: StringField) -> None:
        """Refuse an address at which nothing can be asked."""
        _checked(field, check_geocoder_url)

    def values(self) -> dict[str, str]:
        """Return the settings as they were entered."""
        return {
            "is_directory_public": YES if self.is_directory_public.data else NO,
            "home_place": self.meant.key,
            "tile_url": (self.tile_url.data or "").strip(),
            "tile_attribution": (self.tile_attribution.data or "").strip(),
            "geocoder_url": (self.geocoder_url.data or "").strip().rstrip("/"),
        }


def _checked(field: StringField, check: Callable[[str], None]) -> None:
    """Show the sentence of a rule at the field of an address; an empty one is none."""
    try:
        if (field.data or "").strip():
            check(field.data.strip())
    except DomainError as problem:
        raise ValidationError(say(problem.message)) from problem
