"""How long ago a service was checked, in words."""

from datetime import date

from harmreduction.core.messages import Message, counted_message, message

DAYS_OF_MONTH = 30.44
MONTHS_OF_YEAR = 12
STILL_DAYS, STILL_MONTHS = 60, 24


def checked_words(checked_on: date | None, today: date) -> Message:
    """Return when somebody last checked it; a day that is still to come counts as today."""
    if checked_on is None:
        return message("Not checked yet")
    days = (today - checked_on).days
    if days <= 0:
        return message("Checked today")
    if days < STILL_DAYS:
        return counted_message("Checked %(count)s day ago", "Checked %(count)s days ago", days)
    months = round(days / DAYS_OF_MONTH)
    if months < STILL_MONTHS:
        return counted_message("Checked %(count)s month ago", "Checked %(count)s months ago", months)
    years = round(months / MONTHS_OF_YEAR)
    return counted_message("Checked %(count)s year ago", "Checked %(count)s years ago", years)
