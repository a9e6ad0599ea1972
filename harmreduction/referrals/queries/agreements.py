"""Read what was agreed to be shared, and the one referral that a partner's link shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from harmreduction.accounts.queries import digest_of
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.referrals.models import Referral, ReferralConsent, ReferralLink, ReferralNote, ReferralStep
from harmreduction.referrals.queries.referrals import find_reach, read_note
from harmreduction.referrals.rules.kinds import Channel, Need
from harmreduction.referrals.rules.sharing import Shared, SharingEnded, items_of


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """One agreement as staff see it, with how often its links were opened and when last; None: they are erased."""

    consent: ReferralConsent
    items: Sequence[Shared]
    note: str
    times_opened: int | None
    opened_at: datetime | None
    is_live: bool


@dataclass(frozen=True, kw_only=True)
class SharedReferral:
    """What a partner sees: one referral, and of it only what was agreed to."""

    link_id: int
    referral_public_id: str
    site_id: int
    need: Need
    slip_number: str
    made_at: datetime
    items: Sequence[Shared]
    reach_by: Channel | None
    reach_hours: str
    reach: str
    note: str
    shared_with: str
    agreed_at: datetime
    ends_on: date


def get_consent(referral: Referral, public_id: str) -> ReferralConsent:
    """Return an agreement about a referral."""
    consent = db.session.scalar(
        select(ReferralConsent).where(
            ReferralConsent.public_id == public_id, ReferralConsent.referral_id == referral.id
        )
    )
    if consent is None:
        raise NotFound(message("There is no such agreement."))
    return consent


def list_sharing(referral: Referral, *, now: datetime) -> list[Sharing]:
    """Return what was agreed to about a referral, newest first."""
    consents = db.session.scalars(
        select(ReferralConsent)
        .where(ReferralConsent.referral_id == referral.id)
        .order_by(ReferralConsent.agreed_at.desc(), ReferralConsent.id.desc())
    )
    return [_sharing(consent, now) for consent in consents]


def find_link(token: str, *, now: datetime) -> ReferralLink:
    """Return a partner's link that still works; raises SharingEnded with what to do instead."""
    link = db.session.scalar(select(ReferralLink).where(ReferralLink.token_digest == digest_of(token)))
    if link is None:
        raise SharingEnded(message("This link does not work. It may be cut off, or a newer one took its place."))
    consent = db.session.get_one(ReferralConsent, link.consent_id)
    if consent.withdrawn_at is not None or link.revoked_at is not None:
        raise SharingEnded(message("This is not shared with you any more."))
    if link.ends_at <= now:
        raise SharingEnded(message("This link has ended with the time that was agreed to."))
    return link


def find_answered(token: str, client_id: str) -> Referral | None:
    """Return the referral of a link, whether it works or not, if this answer to it is written down."""
    return db.session.scalar(
        select(Referral)
        .join(ReferralConsent, ReferralConsent.referral_id == Referral.id)
        .join(ReferralLink, ReferralLink.consent_id == ReferralConsent.id)
        .join(ReferralStep, ReferralStep.referral_id == Referral.id)
        .where(ReferralLink.token_digest == digest_of(token), ReferralStep.client_id == client_id)
    )


def get_shared(token: str, *, now: datetime) -> SharedReferral:
    """Return the referral that a partner's link shows; raises SharingEnded."""
    link = find_link(token, now=now)
    consent = db.session.get_one(ReferralConsent, link.consent_id)
    referral = db.session.get_one(Referral, consent.referral_id)
    items = items_of(consent.items)
    shows_reach = Shared.REACH in items
    return SharedReferral(
        link_id=link.id,
        referral_public_id=referral.public_id,
        site_id=referral.site_id,
        need=Need(referral.need),
        slip_number=referral.slip_number,
        made_at=referral.made_at,
        items=items,
        reach_by=Channel(referral.reach_by) if shows_reach and referral.reach_by else None,
        reach_hours=referral.reach_hours if shows_reach else "",
        reach=find_reach(referral) if shows_reach else "",
        note=_note_of(consent) if Shared.NOTE in items else "",
        shared_with=consent.shared_with,
        agreed_at=consent.agreed_at,
        ends_on=consent.ends_on,
    )


def _sharing(consent: ReferralConsent, now: datetime) -> Sharing:
    """Return one agreement with what became of its links."""
    links = db.session.scalars(select(ReferralLink).where(ReferralLink.consent_id == consent.id)).all()
    is_live = consent.withdrawn_at is None and any(link.revoked_at is None and link.ends_at > now for link in links)
    return Sharing(
        consent=consent,
        items=items_of(consent.items),
        note=_note_of(consent) if is_live else "",
        times_opened=sum(link.times_opened for link in links) if links else None,
        opened_at=max((link.opened_at for link in links if link.opened_at is not None), default=None),
        is_live=is_live,
    )


def _note_of(consent: ReferralConsent) -> str:
    """Return the note for the partner, which has the id of the consent that it travels with."""
    note = db.session.scalar(select(ReferralNote).where(ReferralNote.public_id == consent.public_id))
    return "" if note is None else read_note(note)
