"""The way out of a broken phone: its sealed records in a file, which a lead brings in, once or twice."""

import io
import json

import pytest

from harmreduction.accounts.rules import Role
from harmreduction.encounters.models import Distribution
from tests.pages import text_of
from tests.sync.phones import sign
from tests.sync.team import count, record_of


def exported(phone, **told) -> bytes:
    """Return the file that a phone makes of what it holds."""
    made = {"format": "field-outbox", "v": 1, "device": phone.device, "made_at": 1, "records": phone.outbox, **told}
    return json.dumps(made).encode()


def bring_in(lead, content: bytes, *, status: int = 200) -> str:
    data = {"file": (io.BytesIO(content), "van-phone.json")}
    response = lead.post("/phones/import", data=data, content_type="multipart/form-data")
    assert response.status_code == status
    return text_of(response)


def test_a_file_saves_what_the_phone_held_once_also_when_the_phone_sends_it_later(field, browser, sign_in_as) -> None:
    phone, lead = field.phone, sign_in_as(Role.PROGRAMME_LEAD)
    sent = phone.hand_out(field.shelf)
    phone.send(browser)
    held = [phone.hand_out(field.shelf, visit=sent["id"]) for _ in range(103)]
    held.append(phone.save("weather"))
    phone.outbox.append(sent)
    words = bring_in(lead, exported(phone, records=[7, *phone.outbox, {"v": 1}]))
    assert "2 are no records of a phone and were left out" in words
    assert "103 records are new and saved" in words
    assert "1 was here before" in words
    assert "1 waits for review" in words
    assert count(Distribution) == 104
    assert record_of(held[0]).sender_id == lead.account.id
    assert record_of(held[0]).written_by_id == field.worker.id
    words = bring_in(lead, exported(phone))
    assert "Nothing new" in words
    assert "104 were here before" in words
    while phone.outbox:
        assert set(phone.send(browser).values()) <= {"duplicate", "review"}
    assert count(Distribution) == 104
    assert "never came" not in text_of(lead.page("/phones/"))
    assert "file" in text_of(lead.page("/audit"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "cut short on the way"),
        (b'{"format":"field-outbox","v":1,"records":[{"id"', "cut short on the way"),
        (b"\xff\xfe\x00", "cut short on the way"),
        (b"[" * 100_000, "no file from a phone"),
        (b"[]", "no file from a phone"),
        (b'{"format":"hsds"}', "no file from a phone"),
        (b'{"format":"field-outbox","v":"1","records":[]}', "no file from a phone"),
        (b'{"format":"field-outbox","v":2,"records":[]}', "A newer version of the app made this file"),
        (b'{"format":"field-outbox","v":1,"records":[]}', "no record in this file"),
        (b'{"format":"field-outbox","v":1,"records":[7]}', "no file from a phone"),
    ],
)
def test_any_other_file_is_refused_with_what_to_do(sign_in_as, content: bytes, sentence: str) -> None:
    assert sentence in bring_in(sign_in_as(Role.PROGRAMME_LEAD), content)


def test_no_file_is_said_and_a_changed_one_goes_to_review(field, sign_in_as) -> None:
    lead = sign_in_as(Role.PROGRAMME_LEAD)
    assert "Choose a file." in text_of(lead.post("/phones/import", data={}))
    envelope = field.phone.hand_out(field.shelf)
    field.phone.outbox = [sign(envelope, field.phone) | {"ct": envelope["ct"][:-8] + "AAAAAAA="}]
    assert "1 waits for review" in bring_in(lead, exported(field.phone))
    assert field.handed_out == 0
    assert bring_in(lead, b" " * (20 * 1024 * 1024 + 1), status=413)
