"""How the columns of supplies are classified."""

from harmreduction.core.classification import Retention, Sensitivity, classified

LISTED = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
LEDGER = classified(Sensitivity.OPERATIONAL, Retention.LEDGER)
