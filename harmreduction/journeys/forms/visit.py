"""The form that begins a visit."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import SelectField

from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.sites.models import Site
from harmreduction.web.forms import Form, OnceField


class VisitForm(Form):
    """A visit of somebody with a code, begun by one tap."""

    form_id = OnceField()
    site = SelectField(_("Where?"), validate_choice=False)

    def offer(self, sites: Sequence[Site], usual: Site | None) -> None:
        """Offer the person's sites, the one where they work now first chosen."""
        self.site.choices = {site.public_id: site.name for site in sites}
        if self.site.data not in self.site.choices and usual is not None:
            self.site.data = usual.public_id

    def start(self, sites: Sequence[Site], participant_id: int) -> VisitStart | None:
        """Return the visit as it begins, or None for a person without a site."""
        site = next((site for site in sites if site.public_id == self.site.data), None)
        if site is None:
            return None
        return VisitStart(
            visit_id=self.form_id.data, site_id=site.id, time_zone=site.time_zone, participant_id=participant_id
        )
