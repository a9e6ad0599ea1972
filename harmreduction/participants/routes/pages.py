"""What several pages of codes do: the form, the usual site, and where to go with whom was found."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from harmreduction.core import clock
from harmreduction.participants.actions.people import note_seen
from harmreduction.participants.digests import current_recipe
from harmreduction.participants.forms.answers import AddForm, AnswerForm
from harmreduction.participants.forms.looking import AtSiteForm, LookUpForm
from harmreduction.participants.models import Participant
from harmreduction.participants.pending import Pending
from harmreduction.participants.queries.codes import Found, list_codes_seen_by
from harmreduction.participants.queries.people import list_merged
from harmreduction.participants.rules.cards import DEMONSTRATION_CARD
from harmreduction.participants.rules.codes import CODE_KINDS
from harmreduction.settings.queries import current_settings
from harmreduction.settings.rules import grouped_code
from harmreduction.sites.models import Site
from harmreduction.sites.queries import get_site_of, list_sites_of
from harmreduction.web.access import current_actor

USUAL_SITE = "site_of_codes"


def look_up_form() -> LookUpForm:
    """Return the form of a look-up, with the sites of whoever looks and the visit that it is for."""
    form = LookUpForm(current_recipe(current_settings()))
    offer_sites(form)
    return form


def offer_sites(form: AtSiteForm) -> None:
    """Offer the sites of whoever is signed in, the one of before first chosen, and keep the visit of the address."""
    form.offer(list_sites_of(current_actor()), session.get(USUAL_SITE, ""))
    if not form.is_submitted():
        form.visit.data = request.args.get("visit", "")


def site_of(form: AtSiteForm) -> Site:
    """Return the site that was chosen, and remember it for the next page."""
    site = get_site_of(current_actor(), form.site.data or "")
    session[USUAL_SITE] = site.public_id
    return site


def show_answer(template: str, found: Found, form: LookUpForm) -> str:
    """Show one of the pages that follow a look-up; the code is not on it.

    That somebody who may be meant is known here is a look at them, whether or not their page is opened then.
    """
    note_found(found)
    pending = Pending.of(found, site_id=site_of(form).public_id, visit_id=visit_named(form.visit.data))
    return render_template(
        template,
        found=found,
        form=AnswerForm(formdata=None, pending=pending.packed(by=current_actor(), at=clock.now())),
        **ways_on(pending.visit_id, pending.site_id),
    )


def note_found(found: Found) -> None:
    """Write down that whoever may be meant was seen."""
    for candidate in found.candidates:
        note_seen(candidate.participant, by=current_actor())


def ways_on(visit_id: str, site_id: str) -> dict[str, Any]:
    """Return what every page of codes offers beside its own: no code, and typing it again."""
    no_code = url_for("visits.show", visit_id=visit_id) if visit_id else url_for("encounters.hand_out")
    return {
        "no_code_url": no_code,
        "again_url": url_for("codes.look_up", visit=visit_id or None),
        "forgot_url": url_for("codes.forgot", visit=visit_id or None),
        "visit_id": visit_id,
        "site_id": site_id,
        "decided": current_settings(),
        "card_to_try": grouped_code(DEMONSTRATION_CARD) if current_settings().is_demonstration else "",
    }


def show_codes(participant: Participant, add: AddForm, other: LookUpForm) -> str:
    """Show the codes of a participant, by kind and day: the codes themselves are nowhere."""
    new_card = AtSiteForm(formdata=None)
    offer_sites(new_card)
    return render_template(
        "participants/manage.html",
        participant=participant,
        codes=list_codes_seen_by(current_actor(), participant),
        merged=list_merged(current_actor(), participant),
        kinds=CODE_KINDS,
        add=add,
        other=other,
        new_card=new_card,
        decided=current_settings(),
    )


def go_to(participant_id: str, visit_id: str = "") -> ResponseReturnValue:
    """Go to whom was found, or join them to the visit for which they were looked up."""
    if visit_id:
        return render_template("participants/join_visit.html", participant_id=participant_id, visit_id=visit_id)
    return redirect(url_for("journeys.show", participant_id=participant_id))


def visit_named(text: str | None) -> str:
    """Return the id of a visit, or nothing for what is none."""
    try:
        return str(UUID(text or ""))
    except ValueError:
        return ""
