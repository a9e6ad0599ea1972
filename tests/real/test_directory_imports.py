"""Every real directory file comes in through the product's own steps, with exact counts, and again without a change.

The largest one comes again under `HR_LONG=1`; five others are tables like it.
"""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from harmreduction.core.db import db
from harmreduction.directory.models import FinderEntry, Service
from tests.directory.import_files import bring_in
from tests.stories import LONG

# File → rows that are new, repeated and refused; a row of another format than a plain table is one service.
FILES = {
    "nj_naloxone_pharmacies_geocoded.csv": (1043, 0, 0),
    "nj_syringe_exchange_geocoded.csv": (7, 0, 0),
    "ri_community_naloxboxes.csv": (49, 0, 0),
    "vancouver_naloxone_pharmacies.csv": (51, 0, 0),
    "ny_drug_takeback_sites.json": (594, 0, 0),
    "philly_ssp_sites.csv": (26, 0, 0),
    "philly_ssp_sites_geo.csv": (26, 0, 0),
    "haarrrvest_food_sites_raw.jsonl": (3162, 0, 7),
    "samhsa_sud_treatment_us.csv": (14030, 4, 0),
}
LARGEST = "samhsa_sud_treatment_us.csv"

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def directories(real_data: Path) -> Path:
    return real_data / "directories"


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("name", FILES)
def test_a_real_file_comes_in_and_again_changes_nothing(directories: Path, name: str) -> None:
    content = (directories / name).read_bytes()
    counts = bring_in(content, name).entry.counts
    assert tuple(counts.get(kind, 0) for kind in ("new", "repeated", "refused")) == FILES[name]
    assert count(Service) == FILES[name][0]
    assert count(FinderEntry) == FILES[name][0]
    if name == LARGEST and not LONG:
        return

    again = bring_in(content, name).entry.counts
    assert (again.get("new", 0), again.get("changed", 0), again.get("missing", 0)) == (0, 0, 0)
    assert again["unchanged"] == FILES[name][0]


def test_the_tables_of_miami_come_in_and_again_change_nothing(directories: Path) -> None:
    folder = directories / "miami-211-hsds1.1" / "data"
    bring_in(folder, "miami")
    assert count(Service) == 4089
    again = bring_in(folder, "miami").entry.counts
    assert (again.get("new", 0), again.get("changed", 0), again.get("missing", 0)) == (0, 0, 0)
