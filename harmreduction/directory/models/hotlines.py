"""Lines that somebody can call at any hour."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, new_id

LISTED = classified(Sensitivity.PUBLIC, Retention.PERMANENT)


class Hotline(Base):
    """A line to call, text or open; verified_on is when somebody last tried it.

    kind: `never_use_alone`, `crisis`, `poison`, `treatment`, `local` or `other`.
    """

    __tablename__ = "hotline"

    id: Mapped[int] = mapped_column(primary_key=True, info=LISTED)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LISTED)
    name: Mapped[str] = mapped_column(String(120), info=LISTED)
    kind: Mapped[str] = mapped_column(String(20), info=LISTED)
    about: Mapped[str] = mapped_column(String(300), default="", info=LISTED)
    phone: Mapped[str] = mapped_column(String(40), default="", info=LISTED)
    text_number: Mapped[str] = mapped_column(String(40), default="", info=LISTED)
    url: Mapped[str] = mapped_column(String(300), default="", info=LISTED)
    hours: Mapped[str] = mapped_column(String(160), default="", info=LISTED)
    languages: Mapped[str] = mapped_column(String(120), default="", info=LISTED)
    source: Mapped[str] = mapped_column(String(200), default="", info=LISTED)
    verified_on: Mapped[date | None] = mapped_column(info=LISTED)
    position: Mapped[int] = mapped_column(default=100, info=LISTED)
    is_active: Mapped[bool] = mapped_column(default=True, info=LISTED)
