"""Read what the programme decided."""

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.settings.models import Setting
from harmreduction.settings.rules import FIRST_RUN_CODE, ProgrammeSettings


def current_settings() -> ProgrammeSettings:
    """Return the decisions in force."""
    decided = find_values("programme_name", "time_zone", "is_demonstration")
    return ProgrammeSettings(
        programme_name=decided.get("programme_name", ProgrammeSettings.programme_name),
        time_zone=decided.get("time_zone", ProgrammeSettings.time_zone),
        is_demonstration=decided.get("is_demonstration") == "yes",
    )


def awaits_first_run() -> bool:
    """Say whether this is a real programme that nobody has set up yet."""
    return FIRST_RUN_CODE in find_values(FIRST_RUN_CODE)


def find_values(*names: str) -> dict[str, str]:
    """Return the stored values of these settings; what was not decided is absent."""
    rows = db.session.execute(select(Setting.name, Setting.value).where(Setting.name.in_(names)))
    return {name: value for name, value in rows}
