"""One of each thing that an address of the directory can name, for tests that walk all addresses."""

from sqlalchemy import select

from harmreduction.core.clock import now, today
from harmreduction.core.db import db
from harmreduction.directory.actions.closures import OtherDays, add_closure
from harmreduction.directory.actions.review import suggest
from harmreduction.directory.models import Hotline, Suggestion
from harmreduction.directory.rules.suggestions import Topic
from tests.directory.builders import make_service
from tests.directory.import_files import PANTRIES, stage
from tests.factories import SYSTEM, TIME_ZONE


def directory_things() -> dict[str, str]:
    """Return closed days, a suggestion, a line to call, a file, two services that look like one, by their names."""
    first, second = make_service("Listed twice").hsds_id, make_service("Listed twice").hsds_id
    suggest(first, Topic.HOURS, "They open at ten now.", by=SYSTEM, at=now())
    return {
        "closure_id": add_closure(first, OtherDays(from_day=today(TIME_ZONE)), by=SYSTEM, at=now()),
        "suggestion_id": db.session.scalars(select(Suggestion.public_id)).all()[-1],
        "hotline_id": db.session.scalars(select(Hotline.public_id).order_by(Hotline.position)).all()[0],
        "first_id": first,
        "second_id": second,
        "import_id": stage(PANTRIES.encode(), "pantries.csv", source="Example list").entry.public_id,
    }
