"""A process of its own that answers phones as a server does, one line for each message, until it is killed.

`python -m tests.sync.server COOKIE` takes messages from its input, one JSON text a line, and prints the answers.
"""

import json
import sys

from harmreduction.factory import create_app
from tests.sync.phones import SYNC


def main(cookie: str) -> None:
    """Answer every message."""
    app = create_app()
    browser = app.test_client()
    browser.set_cookie("session", cookie)
    for line in sys.stdin:
        answer = browser.post(SYNC, json=json.loads(line), headers={"Sec-Fetch-Site": "same-origin"})
        said = answer.get_json() if answer.status_code == 200 else {"ok": False, "status": answer.status_code}
        print(json.dumps(said), flush=True)  # one line is one write: whole or not there


if __name__ == "__main__":
    main(*sys.argv[1:])
