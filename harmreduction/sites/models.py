"""The places where a programme works."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, new_id

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)


class Site(Base):
    """A place, or a route, where the programme meets people."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    name: Mapped[str] = mapped_column(String(80), unique=True, info=KEPT)
    kind: Mapped[str] = mapped_column(String(20), info=KEPT)
    time_zone: Mapped[str] = mapped_column(String(64), info=KEPT)
    is_active: Mapped[bool] = mapped_column(default=True, info=KEPT)
