"""Read the directory: what the finder finds, a service as people read it, and records as they are stored."""

from harmreduction.directory.queries.closures import closures_of
from harmreduction.directory.queries.finder import Found, FoundPage, find_services, spans_by_entry
from harmreduction.directory.queries.views import find_place_row, get_service, get_service_view, list_service_views

__all__ = [
    "Found",
    "FoundPage",
    "closures_of",
    "find_place_row",
    "find_services",
    "get_service",
    "get_service_view",
    "list_service_views",
    "spans_by_entry",
]
