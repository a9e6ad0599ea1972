"""The forms of hand-outs and visits."""

from harmreduction.encounters.forms.hand_out import (
    DayForm,
    DetailsForm,
    HandOutForm,
    ItemsForm,
    PlaceForm,
    TilesForm,
    VoidForm,
)

__all__ = ["DayForm", "DetailsForm", "HandOutForm", "ItemsForm", "PlaceForm", "TilesForm", "VoidForm"]
