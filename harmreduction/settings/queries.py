"""Read what the programme decided."""

from dataclasses import fields
from typing import Any

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.settings.models import Setting
from harmreduction.settings.rules import FIRST_RUN_CODE, YES, ProgrammeSettings


def current_settings() -> ProgrammeSettings:
    """Return the decisions in force."""
    decided = find_values(*(setting.name for setting in fields(ProgrammeSettings)))
    values: dict[str, Any] = {
        setting.name: decided[setting.name] == YES if setting.type is bool else decided[setting.name]
        for setting in fields(ProgrammeSettings)
        if setting.name in decided
    }
    return ProgrammeSettings(**values)


def awaits_first_run() -> bool:
    """Say whether this is a real programme that nobody has set up yet."""
    return FIRST_RUN_CODE in find_values(FIRST_RUN_CODE)


def find_values(*names: str) -> dict[str, str]:
    """Return the stored values of these settings; what was not decided is absent."""
    rows = db.session.execute(select(Setting.name, Setting.value).where(Setting.name.in_(names)))
    return {name: value for name, value in rows}
