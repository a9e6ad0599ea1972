"""Read which open recalls touch what a code took earlier, so that somebody can offer a swap at the next visit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, Encounter
from harmreduction.encounters.queries.visits import is_void
from harmreduction.stock.models import Recall
from harmreduction.stock.queries.recalls import list_recalls_touching


@dataclass(frozen=True, kw_only=True)
class RecalledEarlier:
    """An open recall that touches what somebody took here, and when they took it last."""

    recall: Recall
    taken_at: datetime


def list_recalled_earlier(actor: Actor, participant_ids: Collection[int]) -> list[RecalledEarlier]:
    """Return the open recalls that touch what these participants (row ids of one person) took at the reader's sites."""
    rows = db.session.execute(
        select(Distribution.stock_transaction_id, Encounter.occurred_at, Encounter.site_id)
        .join(Encounter, Encounter.id == Distribution.encounter_id)
        .where(Encounter.participant_id.in_(participant_ids), ~is_void())
    ).all()
    taken = {row.stock_transaction_id: row.occurred_at for row in rows if actor.works_at(row.site_id)}
    latest: dict[int, RecalledEarlier] = {}
    for transaction_id, recalls in list_recalls_touching(taken.keys()).items():
        for recall in recalls:
            at = taken[transaction_id]
            if recall.id not in latest or latest[recall.id].taken_at < at:
                latest[recall.id] = RecalledEarlier(recall=recall, taken_at=at)
    return [latest[recall_id] for recall_id in sorted(latest)]
