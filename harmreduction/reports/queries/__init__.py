"""Read past totals, the files they came from, and what everything adds up to."""

from harmreduction.reports.queries.files import (
    ColumnLook,
    StagedLook,
    compare_with_stored,
    get_staged_of,
    item_ids_by_code,
    list_imports,
    list_refused,
    look_at_staged,
    preview_history,
    site_finder,
)
from harmreduction.reports.queries.totals import (
    get_report,
    list_monthly_totals,
    list_places,
    list_totals,
    list_years,
)

__all__ = [
    "ColumnLook",
    "StagedLook",
    "compare_with_stored",
    "get_report",
    "get_staged_of",
    "item_ids_by_code",
    "list_imports",
    "list_monthly_totals",
    "list_places",
    "list_refused",
    "list_totals",
    "list_years",
    "look_at_staged",
    "preview_history",
    "site_finder",
]
