"""Where conversations lie while they run: sealed, in memory, open to one person, at rest after a silence."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import given, settings

from harmreduction.assessments import drafts, shelf
from harmreduction.assessments.drafts import GoneDraft, Resting, TooManyDrafts
from harmreduction.assessments.packing import packed, unpacked
from harmreduction.assessments.rules.talks import GONE_AFTER, WIPED_AFTER, Draft, Earlier, Loop, LoopKind, Typed, Wish
from harmreduction.assessments.shelf import FolderShelf, ProcessShelf, is_in_memory
from harmreduction.core.clock import now
from harmreduction.core.db import new_id
from harmreduction.core.errors import NotSaved
from tests.assessments.talks import CARDS, a_draft, say, talks
from tests.factories import days_from_now, make_actor, make_site

WORD = "quetzal-feather"


@pytest.fixture
def me(database):
    return make_actor("clinician", sites=(make_site().id,))


def begun(by, **said):
    return drafts.begin_draft(a_draft(by=by, **said), by=by)


@settings(max_examples=30)
@given(talks())
def test_a_conversation_comes_back_from_memory_as_it_was(draft):
    draft = replace(
        draft,
        earlier=Earlier(conversation_id=new_id(), held_on=days_from_now(0), answers=draft.answers, steps=draft.steps),
        loops=(Loop(loop_id=new_id(), kind=LoopKind.FOLLOW_UP, due_on=days_from_now(0)),),
        typed=(Typed(page_id=new_id(), card="alone", words="…"),),
        wishes=frozenset({Wish.PICTURES}),
    )
    assert unpacked(Draft, packed(draft, without="cards"), cards=draft.cards) == draft
    older = packed(draft, without="cards") | {"unheard_of": 1}
    del older["typed"]  # the app was brought up to date meanwhile
    assert unpacked(Draft, older, cards=draft.cards) == replace(draft, typed=())


def test_nobody_else_opens_it_and_nothing_readable_lies_anywhere(me):
    draft = begun(me)
    drafts.change_draft(draft.draft_id, lambda draft: say(draft, "alone", "most", words=WORD), by=me)
    assert drafts.open_draft(draft.draft_id, me).answers["alone"].words == WORD
    stranger = make_actor("clinician")
    for deed in (drafts.open_draft, drafts.wake):
        with pytest.raises(GoneDraft):
            deed(draft.draft_id, stranger)
    assert drafts.list_drafts(stranger) == []
    there = shelf.shelf()
    lying = b"".join(there.read(name) or b"" for name in there.names()) + "".join(there.names()).encode()
    assert len(lying) > 1000
    for word in (WORD, "alone", "answers"):
        assert word.encode() not in lying, word


def test_after_a_silence_it_rests_and_after_a_long_one_it_is_gone(me):
    with time_machine.travel(now(), tick=False) as clock:
        draft, slow = begun(me), begun(me, wishes=frozenset({Wish.MORE_TIME}))
        clock.shift(WIPED_AFTER - timedelta(seconds=1))
        drafts.open_draft(draft.draft_id, me)  # a sign of life
        clock.shift(WIPED_AFTER)
        with pytest.raises(Resting) as resting:
            drafts.change_draft(draft.draft_id, lambda draft: draft, by=me)
        assert resting.value.since == now()
        drafts.open_draft(slow.draft_id, me)  # they asked for more time
        assert [each.is_resting for each in drafts.list_drafts(me)].count(True) == 1
        assert drafts.wake(draft.draft_id, me).answers == draft.answers
        drafts.rest_draft(draft.draft_id, by=me)  # Hide
        with pytest.raises(Resting):
            drafts.open_draft(draft.draft_id, me)
        clock.shift(GONE_AFTER)
        with pytest.raises(GoneDraft):
            drafts.wake(draft.draft_id, me)
        assert drafts.list_drafts(me) == []
        assert shelf.shelf().names() == []
        newest = begun(me)
        drafts.finish_draft(newest.draft_id, lambda draft: draft, by=me)
        with pytest.raises(GoneDraft):
            drafts.finish_draft(newest.draft_id, lambda draft: draft, by=me)  # tapped twice


def test_what_fails_changes_nothing(me, monkeypatch):
    draft = begun(me)
    assert begun(me, draft_id=draft.draft_id).version_id == draft.version_id  # the page was sent twice

    def fail(_draft):
        raise ValueError

    for deed in (drafts.change_draft, drafts.finish_draft):
        with pytest.raises(ValueError):
            deed(draft.draft_id, fail, by=me)
    assert drafts.open_draft(draft.draft_id, me).revision == 0
    monkeypatch.setattr(drafts, "MOST_AT_ONCE", 1)
    with pytest.raises(TooManyDrafts):
        begun(me)
    assert drafts.finish_draft(draft.draft_id, lambda draft: draft.version_id, by=me) == draft.version_id
    with pytest.raises(GoneDraft):
        drafts.open_draft(draft.draft_id, me)


@pytest.mark.parametrize("kind", [FolderShelf, lambda _folder: ProcessShelf()])
def test_a_shelf_holds_what_is_put_there(kind, tmp_path):
    there = kind(tmp_path / "shelf")
    assert there.names() == []
    with there.locked():
        there.write("a", b"one")
        there.write("a", b"two")
    assert (there.read("a"), there.read("b"), there.names()) == (b"two", None, ["a"])
    there.erase("a")
    there.erase("a")
    assert there.names() == []


def test_what_was_half_written_when_the_power_went_is_wiped(tmp_path):
    there = FolderShelf(tmp_path / "shelf")
    with there.locked():
        there.write("a", b"one")
    (there.folder / "a.new").write_bytes(b"half of tw")
    with there.locked():
        assert os.listdir(there.folder) == ["a"]


def test_a_folder_that_others_can_read_is_not_trusted(tmp_path):
    folder = tmp_path / "shelf"
    folder.mkdir(mode=0o755)
    with pytest.raises(NotSaved), FolderShelf(folder).locked():
        pass
    (tmp_path / "elsewhere").symlink_to(folder)
    with pytest.raises(NotSaved), FolderShelf(tmp_path / "elsewhere").locked():
        pass
    mounts = tmp_path / "mounts"
    mounts.write_text("disk / ext4 rw 0 0\ntmpfs /dev/shm tmpfs rw 0 0\n")
    assert is_in_memory(shelf.MEMORY, mounts)
    mounts.write_text("tmpfs /dev/shm tmpfs rw 0 0\ndisk /dev/shm ext4 rw 0 0\n")
    assert not is_in_memory(shelf.MEMORY, mounts)
    assert not is_in_memory(shelf.MEMORY, tmp_path / "nothing")


def test_memory_that_is_full_loses_nothing(tmp_path, monkeypatch):
    there = FolderShelf(tmp_path / "shelf")
    with there.locked():
        there.write("a", b"one")

    def is_full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", is_full)
    with pytest.raises(NotSaved), there.locked():
        there.write("a", b"two")
    assert (there.read("a"), there.names()) == (b"one", ["a"])


ANOTHER_PROCESS = """
import sys
from pathlib import Path
from harmreduction.assessments.shelf import FolderShelf
there = FolderShelf(Path(sys.argv[1]))
for _ in range(200):
    with there.locked():
        there.write("count", str(int(there.read("count") or 0) + 1).encode())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there are conversations shared by several processes")
def test_several_processes_change_it_one_after_the_other(tmp_path):
    command = [sys.executable, "-c", ANOTHER_PROCESS, str(tmp_path / "shelf")]
    running = [subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.getcwd()}) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert FolderShelf(tmp_path / "shelf").read("count") == b"600"


def test_the_set_of_cards_lies_there_once_and_goes_with_the_last_conversation(me):
    one, other = begun(me), begun(me)
    sets = [name for name in shelf.shelf().names() if name.startswith("set-")]
    assert len(sets) == 1
    assert drafts.open_draft(other.draft_id, me).cards == CARDS
    for draft in (one, other):
        drafts.finish_draft(draft.draft_id, lambda draft: draft, by=me)
    with time_machine.travel(now() + GONE_AFTER):
        changed = replace(CARDS, cards=CARDS.cards[:3])
        drafts.begin_draft(a_draft(by=me, cards=changed), by=me)
    assert len([name for name in shelf.shelf().names() if name.startswith("set-")]) == 1
