"""Share one referral with a partner as agreed, end that, and let the partner answer."""

import secrets
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import Table, delete, update

from harmreduction.accounts.queries import digest_of
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor, SystemActor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.messages import message
from harmreduction.referrals import queries
from harmreduction.referrals.actions.following import add_step
from harmreduction.referrals.actions.links import LINK, end_links_of_consent, forget_old_links
from harmreduction.referrals.actions.making import keep_note
from harmreduction.referrals.models import Referral, ReferralConsent, ReferralLink, ReferralNote
from harmreduction.referrals.rules.following import CannotRefer, Step, check_not_ended
from harmreduction.referrals.rules.kinds import ENDED, FOLLOWS, State
from harmreduction.referrals.rules.sharing import (
    CURRENT_WORDING,
    PARTNER_ANSWERS,
    Agreement,
    check_agreement,
    stored_items,
)
from harmreduction.settings.queries import current_settings

CONSENT = cast(Table, ReferralConsent.__table__)
TOKEN_BYTES = 32
ONE_DAY = timedelta(days=1)
PARTNER = SystemActor(label="not signed in")


def share_referral(public_id: str, agreement: Agreement, *, by: Actor, at: datetime) -> str:
    """Write down what was agreed to, and return the token of the partner's link, which nobody can read again.

    The same page sent again has one agreement, and one link that works: the newest. Notes of agreements that have run
    out since go now, and links that ended long ago.
    """
    zone = current_settings().time_zone
    token, today = secrets.token_urlsafe(TOKEN_BYTES), clock.today(zone, at)
    with transaction():
        _forget_notes_that_ran_out(today)
        forget_old_links(at=at)
        referral = queries.get_referral(by, public_id, for_change=True)
        check_not_ended(State(referral.state))
        check_agreement(agreement, today=today, can_be_reached=bool(referral.reach_by or referral.reach_sealed))
        consent = _agree(referral, agreement, by=by, at=at)
        end_links_of_consent(consent.id, at=at)
        db.session.add(
            ReferralLink(
                consent_id=consent.id,
                token_digest=digest_of(token),
                made_at=at,
                ends_at=clock.start_of_day(consent.ends_on + ONE_DAY, zone),
            )
        )
        record(Event.REFERRAL_SHARED, by=by, subject=public_id, site_id=referral.site_id)
        return token


def end_sharing(public_id: str, consent_id: str, *, by: Actor, at: datetime) -> None:
    """Take an agreement back: its links stop working at once, and its note is erased; said twice, it ends once."""
    with transaction():
        referral = queries.get_referral(by, public_id)
        consent = queries.get_consent(referral, consent_id)
        if consent.withdrawn_at is not None:
            return
        consent.withdrawn_at = at
        end_links_of_consent(consent.id, at=at)
        db.session.execute(delete(ReferralNote).where(ReferralNote.public_id == consent_id))
        record(Event.REFERRAL_UNSHARED, by=by, subject=public_id, site_id=referral.site_id)


def open_link(token: str, *, at: datetime) -> queries.SharedReferral:
    """Return what a partner's link shows, and count that it was opened; raises SharingEnded."""
    with transaction():
        shared = queries.get_shared(token, now=at)
        opened = {"times_opened": LINK.c.times_opened + 1, "opened_at": at}
        db.session.execute(update(LINK).where(LINK.c.id == shared.link_id).values(opened))
        record(Event.REFERRAL_SEEN, by=PARTNER, subject=shared.referral_public_id, site_id=shared.site_id)
        return shared


def answer_as_partner(token: str, step: Step, *, at: datetime) -> bool:
    """Write down what a partner says, and say whether the referral goes on; raises SharingEnded.

    The same page sent again counts once, also when its answer ended the referral, and with it the link.
    What the programme knows already is not told: an answer that does not fit gets the same sentence whatever stands.
    """
    with transaction():
        referral = queries.find_answered(token, step.client_id) or _take_answer(token, step, at=at)
        return State(referral.state) not in ENDED


def _take_answer(token: str, step: Step, *, at: datetime) -> Referral:
    """Add a partner's answer to the one referral that their link shows, and return it."""
    shared = queries.get_shared(token, now=at)
    referral = queries.get_referral(PARTNER, shared.referral_public_id, for_change=True)
    state = State(referral.state)
    if step.state not in PARTNER_ANSWERS or (step.state not in FOLLOWS[state] and step.state is not state):
        raise CannotRefer(message("This was answered before. If something changed since, call us."))
    if step.state in FOLLOWS[state] and add_step(referral, step, by=PARTNER, at=at):
        record(Event.REFERRAL_CHANGED, by=PARTNER, subject=referral.public_id, site_id=referral.site_id)
    return referral


def _agree(referral: Referral, agreement: Agreement, *, by: Actor, at: datetime) -> ReferralConsent:
    """Write the agreement down once, with its note for the partner."""
    row = {
        "public_id": agreement.client_id,
        "referral_id": referral.id,
        "shared_with": agreement.shared_with,
        "items": stored_items(agreement.items),
        "wording": CURRENT_WORDING,
        "agreed_at": at,
        "recorded_by": by.label,
        "ends_on": agreement.ends_on,
    }
    is_new = db.session.scalar(insert_if_new(CONSENT).returning(CONSENT.c.id), row) is not None
    consent = queries.get_consent(referral, agreement.client_id)
    if not is_new and (consent.withdrawn_at is not None or not _says_the_same(consent, agreement)):
        raise CannotRefer(
            message("This page was sent before, and what it said then was saved. Open it again for more.")
        )
    if is_new and agreement.note:
        keep_note(referral, client_id=agreement.client_id, text=agreement.note, by=by, at=at)
    return consent


def _forget_notes_that_ran_out(today: date) -> None:
    """Erase the notes for partners whose time is over; nothing runs at night that could."""
    over = db.select(ReferralConsent.public_id).where(ReferralConsent.ends_on < today)
    db.session.execute(delete(ReferralNote).where(ReferralNote.public_id.in_(over)))


def _says_the_same(consent: ReferralConsent, agreement: Agreement) -> bool:
    """Say whether an agreement is the one that was written down."""
    written = (consent.shared_with, consent.items, consent.ends_on)
    return written == (agreement.shared_with, stored_items(agreement.items), agreement.ends_on)
