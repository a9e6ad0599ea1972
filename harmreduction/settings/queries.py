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
        setting.name: _as_decided(decided[setting.name], setting.type)
        for setting in fields(ProgrammeSettings)
        if setting.name in decided
    }
    return ProgrammeSettings(**values)


def _as_decided(text: str, kind: object) -> str | bool | int:
    """Return a stored value as what it is: a text, a yes or no, a whole number."""
    if kind is bool:
        return text == YES
    return int(text) if kind is int else text


def awaits_first_run() -> bool:
    """Say whether this is a real programme that nobody has set up yet."""
    return FIRST_RUN_CODE in find_values(FIRST_RUN_CODE)


def find_values(*names: str) -> dict[str, str]:
    """Return the stored values of these settings; what was not decided is absent."""
    rows = db.session.execute(select(Setting.name, Setting.value).where(Setting.name.in_(names)))
    return {name: value for name, value in rows}
