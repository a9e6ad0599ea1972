"""The forms of referrals: make one, say what became of it, share it, and what to list."""

from harmreduction.referrals.forms.asking import AskedForm, SlipForm
from harmreduction.referrals.forms.following import BarriersForm, NoteForm, QuickForm, StepForm
from harmreduction.referrals.forms.making import NewForm
from harmreduction.referrals.forms.sharing import PartnerForm, ShareForm

__all__ = [
    "AskedForm",
    "BarriersForm",
    "NewForm",
    "NoteForm",
    "PartnerForm",
    "QuickForm",
    "ShareForm",
    "SlipForm",
    "StepForm",
]
