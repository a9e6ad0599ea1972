"""The tables of the directory: its records, how the finder searches them, how they come in and are kept true."""

from harmreduction.directory.models.finder import FinderEntry, OpenHours
from harmreduction.directory.models.hotlines import Hotline
from harmreduction.directory.models.imports import DirectoryImport, DirectoryImportRow, DirectorySource
from harmreduction.directory.models.records import (
    LooseRecord,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceLocation,
    Taxonomy,
    TaxonomyTerm,
)
from harmreduction.directory.models.review import Closure, DirectoryChange, GeocodedAddress, NotDuplicate, Suggestion

__all__ = [
    "Closure",
    "DirectoryChange",
    "DirectoryImport",
    "DirectoryImportRow",
    "DirectorySource",
    "FinderEntry",
    "GeocodedAddress",
    "Hotline",
    "LooseRecord",
    "NotDuplicate",
    "OpenHours",
    "Organization",
    "Service",
    "ServiceAtLocation",
    "ServiceLocation",
    "Suggestion",
    "Taxonomy",
    "TaxonomyTerm",
]
