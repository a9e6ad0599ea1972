"""P11, P12: whatever happens between phones and server, every record is somewhere, once, and nothing is called sent
before the server named it.

`HR_LONG=1` tells longer stories.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update

from harmreduction.accounts.actions.sessions import end_sessions_of
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.encounters.models import Distribution, DistributionVoid
from harmreduction.stock.verification import find_differences
from harmreduction.sync.actions.again import StaysAsItIs, apply_with
from harmreduction.sync.models import FieldDevice, FieldRecord
from harmreduction.sync.rules.changes import Changes
from harmreduction.sync.rules.statuses import Status
from tests.factories import SYSTEM, make_session_cookie
from tests.pages import PageClient
from tests.stories import LONG
from tests.sync.phones import SYNC, Phone, close, make_phone
from tests.sync.team import count, make_outreach

CHOSEN = st.randoms(use_true_random=False)
PHONES = 2
DAY_AND_MORE = timedelta(hours=30)


class PhonesAndServer(RuleBasedStateMachine):
    """Two phones of one worker, a server, and the lead who looks at what waits."""

    app = None
    begin_again = None

    @initialize()
    def open_programme(self):
        """Begin with a shelf, a worker and phones that hold nothing."""
        self.begin_again()
        self.field = make_outreach()
        self.phones = [make_phone(self.field.worker) for _ in range(PHONES)]
        self.phones[1].clock_ahead = DAY_AND_MORE
        self.kind_of: dict[str, str] = {}
        self.ever_sent: list[tuple[Phone, dict]] = []
        self.gone: set[str] = set()
        self.sign_in()

    def sign_in(self):
        """Sign the worker in, on both phones."""
        self.browser = PageClient(self.app)
        self.browser.set_cookie(*make_session_cookie(self.field.worker))
        self.is_signed_in = True

    @rule(which=st.integers(0, PHONES - 1), units=st.integers(1, 9))
    def tap(self, which, units):
        """Hand out; it is kept on the phone."""
        self.keep(self.phones[which].hand_out(self.field.shelf, ("naloxone-nasal-4", units)), "hand_out")

    @rule(which=st.integers(0, PHONES - 1))
    def tap_in_a_newer_app(self, which):
        """Write a record of a kind that this server does not know yet."""
        self.keep(self.phones[which].save("weather"), "weather")

    @rule(which=st.integers(0, PHONES - 1))
    def tap_in_an_older_app(self, which):
        """Write a record with words that nobody uses any more."""
        self.keep(self.phones[which].hand_out(self.field.shelf, shoe_size=44, lists=None), "hand_out")

    @rule(which=st.integers(0, PHONES - 1))
    def undo(self, which):
        """Undo the last tap: a record that was never sent is sealed anew and empty, another one is taken back."""
        phone = self.phones[which]
        unsent = [each for each in phone.outbox if each["id"] not in self.sent_ids]
        taps = [each for each in self.mine(phone) if self.kind_of[each["id"]] == "hand_out"]
        if unsent and unsent[-1] is phone.outbox[-1]:
            self.empty(phone, phone.outbox[-1]["id"])
        elif taps:
            self.keep(phone.save("take_back", of=taps[-1]["id"]), "take_back")

    @rule(which=st.integers(0, PHONES - 1), fate=st.sampled_from(("heard", "request lost", "answer lost", "cut off")))
    def send(self, which, fate):
        """Send the oldest records; the request, the answer, or the second half of it may be lost."""
        phone = self.phones[which]
        if fate != "request lost":
            answer = self.post(phone, phone.outbox[:3])
            if answer is not None and fate == "heard":
                phone.take(answer)
            elif answer is not None and fate == "cut off":
                phone.take(answer | {"results": answer["results"][:1]})

    @precondition(lambda self: self.ever_sent)
    @rule(which=CHOSEN)
    def send_again_in_any_order(self, which):
        """Let an old phone or a file bring what came before, as it was."""
        phone = which.choice(self.phones)
        mine = self.mine(phone)
        which.shuffle(mine)
        self.post(phone, mine[:4])

    @precondition(lambda self: self.ever_sent)
    @rule(which=CHOSEN)
    def send_other_content_under_a_known_id(self, which):
        """Bring something else under an id that was used."""
        on_disk = set(db.session.scalars(select(FieldRecord.public_id)))
        known_here = [pair for pair in self.ever_sent if pair[1]["id"] in on_disk]
        if not known_here:
            return
        phone, known = which.choice(known_here)
        forged = phone.seal("undone", record_id=known["id"])
        answer = self.post(phone, [forged], notes=False)
        if answer is not None:
            assert answer["results"][0]["status"] in ("review", "gone")

    @rule()
    def session_ends(self):
        """Let the session run out; the phone keeps everything."""
        end_sessions_of(self.field.worker.public_id, by=SYSTEM)
        self.is_signed_in = False

    @precondition(lambda self: not self.is_signed_in)
    @rule()
    def signs_in_again(self):
        """Sign in, which touches nothing that waits."""
        self.sign_in()

    @rule(is_revoked=st.booleans())
    def lead_ends_or_gives_access(self, is_revoked):
        """End the access of the second phone, or give it back."""
        own = FieldDevice.public_id == self.phones[1].device
        with transaction():
            db.session.execute(update(FieldDevice).where(own).values(revoked_at=now() if is_revoked else None))

    @rule(which=CHOSEN)
    def lead_sets_aside(self, which):
        """Set a record aside for good."""
        if waiting := self.with_status(Status.REVIEW):
            public_id = which.choice(waiting)
            gone = {"status": Status.SET_ASIDE.value, "envelope_sealed": None}
            with transaction():
                db.session.execute(update(FieldRecord).where(FieldRecord.public_id == public_id).values(**gone))
            self.gone.add(public_id)

    @rule(which=CHOSEN)
    def lead_saves(self, which):
        """Save a record of a phone whose access was ended."""
        if waiting := self.with_status(Status.REVIEW):
            try:
                apply_with(which.choice(waiting), Changes(), by=SYSTEM, at=now())
            except StaysAsItIs as problem:
                assert str(problem)

    @invariant()
    def every_record_is_somewhere_and_what_a_phone_let_go_of_is_on_disk(self):
        """Created = waiting on phones, or on the server with a status that says what became of it."""
        db.session.rollback()
        on_phones = {each["id"] for phone in self.phones for each in phone.outbox}
        on_disk = {record.public_id: record for record in db.session.scalars(select(FieldRecord))}
        assert set(self.kind_of) == on_phones | set(on_disk)
        for record in on_disk.values():
            assert (record.status != "review") or (record.reason and record.problem and record.envelope_sealed)
            assert (record.status == "set_aside") == (record.public_id in self.gone)
            assert record.status != "received" or record.kind is None
        given = set(db.session.scalars(select(Distribution.public_id)))
        assert given == {key for key, each in on_disk.items() if (each.status, each.kind) == ("applied", "hand_out")}

    def teardown(self):
        """In the end every phone lets go of everything, and the book is balanced."""
        if self.begin_again is None or not hasattr(self, "field"):
            return
        self.sign_in()
        for phone in self.phones:
            while phone.outbox:
                answer = self.post(phone, phone.outbox[:100])
                phone.take(answer)
        self.every_record_is_somewhere_and_what_a_phone_let_go_of_is_on_disk()
        standing = count(Distribution) - count(DistributionVoid)
        assert standing >= 0
        assert list(find_differences()) == []

    @property
    def sent_ids(self):
        """Return the ids that ever left a phone."""
        return {envelope["id"] for _phone, envelope in self.ever_sent}

    def keep(self, envelope, kind):
        """Remember that a record was made."""
        self.kind_of[envelope["id"]] = kind

    def mine(self, phone):
        """Return what a phone ever sent."""
        return [envelope for owner, envelope in self.ever_sent if owner is phone]

    def empty(self, phone, record_id):
        """Put an empty record with the same number in the place of one that was never sent."""
        record = {"v": 1, "kind": "undone", "seq": phone.seq, "by": phone.by, "offset": 0}
        at = phone.clock().isoformat()
        phone.outbox[-1] = close({**record, "at": at}, phone, record_id)
        self.kind_of[record_id] = "undone"

    def post(self, phone, records, *, notes=True):
        """Post records and return the answer of the server, or None where it wants somebody to sign in."""
        if notes:
            known = self.sent_ids
            self.ever_sent += [(phone, each) for each in records if each["id"] not in known]
        answer = self.browser.post(SYNC, json=phone.message(records))
        if not self.is_signed_in:
            assert answer.status_code == 401
            return None
        assert answer.status_code == 200
        told = answer.get_json()
        assert {each["id"] for each in told["results"]} == {each["id"] for each in records}
        return told

    def with_status(self, status):
        """Return the records with a status, in an order that does not change."""
        wanted = select(FieldRecord.public_id).where(FieldRecord.status == status.value)
        return list(db.session.scalars(wanted.order_by(FieldRecord.id)))


@pytest.fixture
def stories():
    """How many stories are told, and how many things happen in each."""
    return (500, 50) if LONG else (12, 20)


def test_phones_and_server_lose_nothing_and_double_nothing_whatever_happens(app, start_over, stories):
    class Told(PhonesAndServer):
        """The machine with this test's application."""

    Told.app, Told.begin_again = app, staticmethod(start_over)
    run_state_machine_as_test(
        Told,
        settings=settings(
            max_examples=stories[0],
            stateful_step_count=stories[1],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
