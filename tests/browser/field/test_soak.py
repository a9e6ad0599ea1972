"""A thousand records through every trouble there is, in any order: none is lost, none is doubled.

HR_SEED=… runs the same evening again; HR_LONG=1 makes it ten times as long.
"""

import os
import random
import secrets

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.sync.models import FieldDevice, FieldRecord
from tests.browser.field.server import FAULTS
from tests.stories import LONG

ROUNDS = 100 if LONG else 10
EACH = 104  # records a round
SEED = int(os.environ.get("HR_SEED", secrets.randbelow(10**6)))


def numbers_of(server, device):
    """Return the numbers of all records that came from a phone."""
    with server.app.app_context():
        wanted = select(FieldRecord.seq).join(FieldDevice).where(FieldDevice.public_id == device)
        return sorted(db.session.scalars(wanted))


class Evening:
    """What happens to one phone with two tabs, as the dice fall."""

    def __init__(self, server, maya, dice):
        """Begin with a phone that is set up."""
        self.server, self.maya, self.dice = server, maya, dice
        self.saved = set()
        self.other = None
        self.open_tabs()

    def open_tabs(self):
        """Open the page twice."""
        self.open()
        self.other = self.maya.context.new_page()
        self.other.goto("/hand-out")
        self.maya.wait_until("ready", self.other)

    def open(self):
        """Open the page; who is not known any more (browsers write cookies to the disk late) signs in again."""
        self.maya.page.goto("/hand-out")
        if "/sign-in" in self.maya.page.url:
            self.maya.sign_in("maya")
            self.maya.page.goto("/hand-out")
        self.maya.wait_until("ready")  # the server may go at once

    def save(self):
        """Save in both tabs at once; what comes back as saved counts."""
        for page in (self.maya.page, self.other):
            self.saved.update(self.maya.save_many(EACH // 4, page))

    def bad_luck(self):
        """Meet with one kind of trouble."""
        self.server.fault = lambda: self.dice.choice((None, None, *FAULTS))
        self.dice.choice((self.no_signal, self.no_server, self.battery, self.storage_pressure, self.nothing))()

    def nothing(self):
        """Only the faults of the hour."""

    def no_signal(self):
        """Lose the signal while it sends."""
        self.maya.send_in(self.maya.page, self.other)
        self.maya.go_offline()
        self.save()
        self.maya.go_online()

    def no_server(self):
        """Lose the server while it sends, and load the page while it is gone."""
        self.maya.send_in(self.maya.page, self.other)
        self.server.stop()
        self.save()
        self.maya.page.reload()
        self.maya.wait_until("usable")
        self.server.start()

    def battery(self):
        """Lose the browser while it saves and sends."""
        self.maya.send_in(self.other)
        self.maya.do("void Array.from({ length: 9 }, () => outbox.save('undone', {}, { hold: 0 }))")
        self.maya.kill()
        self.maya.switch_on()
        self.open_tabs()

    def storage_pressure(self):
        """Lose the pages that were kept, as browsers may when the disk is full."""
        forget = "caches.keys().then(names => Promise.all(names.map(name => caches.delete(name))))"
        self.maya.page.evaluate(forget)
        self.open()

    def end(self):
        """Let everything be sent."""
        self.server.fault = None
        self.maya.sign_in("maya")
        self.maya.open()
        self.maya.send_all()


def test_a_thousand_records_through_every_trouble_arrive_once(server, phone):
    print(f"the same evening again: HR_SEED={SEED}")  # pytest shows it beside a failure
    maya = phone(on_disk=True)
    maya.set_up("maya")
    before = server.handed_out()
    evening = Evening(server, maya, random.Random(SEED))  # noqa: S311  # dice
    while len(evening.saved) < ROUNDS * EACH:
        evening.save()
        evening.bad_luck()
    evening.end()

    arrived = server.handed_out() - before
    assert len(evening.saved) >= ROUNDS * EACH
    assert arrived == dict.fromkeys(evening.saved, 1)
    numbers = numbers_of(server, maya.remembered("device"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert server.resent_otherwise() == []
    assert "Balanced" in server.verify()
