"""Tables of visits and everything that is told or done on them."""

from harmreduction.encounters.models.care import Activity, NaloxoneTalk, StatedNeed, TaughtAct, VisitActivity
from harmreduction.encounters.models.community import GroupEvent, PeerReport, SharpsCollection
from harmreduction.encounters.models.queue import QueueDay, QueueEntry
from harmreduction.encounters.models.visits import (
    Distribution,
    DistributionVoid,
    Encounter,
    SupplyLine,
    UsualHandout,
    UsualHandoutLine,
    WorkingPlace,
)

__all__ = [
    "Activity",
    "Distribution",
    "DistributionVoid",
    "Encounter",
    "GroupEvent",
    "NaloxoneTalk",
    "PeerReport",
    "QueueDay",
    "QueueEntry",
    "SharpsCollection",
    "StatedNeed",
    "SupplyLine",
    "TaughtAct",
    "UsualHandout",
    "UsualHandoutLine",
    "VisitActivity",
    "WorkingPlace",
]
