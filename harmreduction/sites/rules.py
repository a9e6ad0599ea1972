"""What a site is."""

from enum import StrEnum

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message


class SiteKind(StrEnum):
    """How a site meets people."""

    OFFICE = "office"
    DROP_IN = "drop_in"
    MOBILE = "mobile"
    STREET = "street"
    CLINIC = "clinic"
    PARTNER = "partner"


SITE_KINDS = {
    SiteKind.OFFICE: message("Office"),
    SiteKind.DROP_IN: message("Drop-in"),
    SiteKind.MOBILE: message("Mobile: a van or a bike"),
    SiteKind.STREET: message("Street or camp outreach"),
    SiteKind.CLINIC: message("Clinic"),
    SiteKind.PARTNER: message("At a partner's place"),
}


class SiteNameTaken(DomainError):
    """Two sites with one name could not be told apart."""
