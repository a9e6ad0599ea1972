"""How long the stories are that Hypothesis makes up about supplies."""

import os

LONG = bool(os.environ.get("HR_LONG"))  # some thousand stories in place of a few dozen
