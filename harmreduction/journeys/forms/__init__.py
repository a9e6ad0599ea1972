"""The forms of a participant's page: a visit, what is in place, steps; and those that shape and count the journey."""

from harmreduction.journeys.forms.connections import ConnectionsForm
from harmreduction.journeys.forms.journey import BarriersForm, MarkForm
from harmreduction.journeys.forms.steps import MoveForm, StepForm
from harmreduction.journeys.forms.visit import VisitForm

__all__ = ["BarriersForm", "ConnectionsForm", "MarkForm", "MoveForm", "StepForm", "VisitForm"]
