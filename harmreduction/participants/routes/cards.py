"""Print cards with codes, each told once: blank ones to take along, or one for one person."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.core.qr import QrCode, qr_code
from harmreduction.participants.actions.cards import give_card, print_blank_cards
from harmreduction.participants.forms.answers import PrintForm
from harmreduction.participants.forms.looking import AtSiteForm
from harmreduction.participants.routes.pages import offer_sites, site_of, visit_named
from harmreduction.participants.rules.codes import Begun, NewCard
from harmreduction.settings.queries import current_settings
from harmreduction.settings.rules import grouped_code
from harmreduction.web.access import current_actor, requires

bp = Blueprint("cards", __name__, url_prefix="/codes/cards")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.LOOK_UP_PARTICIPANTS)
def blank() -> ResponseReturnValue:
    """Print blank cards; the answer is the only place where their codes ever stand."""
    form = PrintForm()
    if not form.validate_on_submit():
        return render_template("participants/print_cards.html", form=form, decided=current_settings())
    codes = print_blank_cards(form.count.data or 0, by=current_actor(), at=clock.now())
    return render_template("participants/cards.html", cards=_cards(codes), decided=current_settings())


@bp.post("/new")
@requires(Permission.LOOK_UP_PARTICIPANTS)
def new() -> ResponseReturnValue:
    """Give somebody new a card, shown once."""
    form = AtSiteForm()
    offer_sites(form)
    card = NewCard(client_id=form.form_id.data, site_id=site_of(form).id)
    begun, code = give_card(card, by=current_actor(), at=clock.now())
    visit_id = visit_named(form.visit.data)
    return show_card(code, begun, visit_id)


def show_card(code: str, begun: Begun, visit_id: str = "") -> str:
    """Show one card, once."""
    return render_template(
        "participants/card.html",
        cards=_cards([code]),
        participant_id=begun.participant_id,
        is_once_more=begun.is_once_more,
        visit_id=visit_id,
        decided=current_settings(),
    )


def _cards(codes: Sequence[str]) -> list[tuple[str, QrCode]]:
    """Return each code as it is printed, with the picture that a phone reads: the signs and nothing else."""
    return [(grouped_code(code), qr_code(code)) for code in codes]
