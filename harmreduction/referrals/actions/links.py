"""End the links by which partners see a referral, and forget those that ended long ago."""

from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Table, delete, or_, update

from harmreduction.core.db import db
from harmreduction.referrals.models import ReferralConsent, ReferralLink
from harmreduction.referrals.rules.sharing import LINKS_KEPT_FOR

LINK = cast(Table, ReferralLink.__table__)


def end_links_of_referral(referral_id: int, *, at: datetime) -> None:
    """Let no link to a referral work any more."""
    agreed = db.select(ReferralConsent.id).where(ReferralConsent.referral_id == referral_id)
    _end(LINK.c.consent_id.in_(agreed), at=at)


def end_links_of_consent(consent_id: int, *, at: datetime) -> None:
    """Let no link of one agreement work any more."""
    _end(LINK.c.consent_id == consent_id, at=at)


def forget_old_links(*, at: datetime) -> None:
    """Erase the links that ended long ago; nothing runs at night that could."""
    long_ago = at - LINKS_KEPT_FOR
    db.session.execute(delete(LINK).where(or_(LINK.c.ends_at < long_ago, LINK.c.revoked_at < long_ago)))


def _end(which: ColumnElement[bool], *, at: datetime) -> None:
    """End links that did not end before."""
    db.session.execute(update(LINK).where(which, LINK.c.revoked_at.is_(None)).values(revoked_at=at))
