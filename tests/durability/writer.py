"""A process of its own that logs hand-outs and prints the id of each when it is acknowledged.

`python -m tests.durability.writer PLACE [HOW_MANY]` hands out at the stock place with that id, without end
unless it is told how many.
"""

import itertools
import sys

from harmreduction.core.db import db
from harmreduction.factory import create_app
from harmreduction.stock.models import StockLocation
from tests.factories import hand_out


def main(place_id: int, how_many: int | None) -> None:
    """Log one hand-out after another."""
    with create_app().app_context():
        place = db.session.get_one(StockLocation, place_id)
        for number in itertools.count(1):
            logged = hand_out(place, ("naloxone-nasal-4", 1), ("syringe-1ml-28g-half", 10))
            print(logged.distribution_id, flush=True)  # one line is one write: whole or not there
            if number == how_many:
                return


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
