"""What a programme decided, one row a setting."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base

KEPT = classified(Sensitivity.OPERATIONAL, Retention.UNTIL_REPLACED)
HIDDEN = classified(Sensitivity.SECRET, Retention.UNTIL_REPLACED)


class Setting(Base):
    """One decision of the programme, as text; what is not decided has a default in `rules.py`."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True, info=KEPT)
    value: Mapped[str] = mapped_column(String(400), info=HIDDEN)
