"""Whoever finds a phone reads nothing on it, and whoever looks over a shoulder sees nothing."""

import secrets

MARKED = 500
KITS = "Nasal naloxone"


def places_of(word, phone):
    """Return the files of a phone in which a word stands, as browsers write text."""
    as_written = (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"))
    return [file.name for file, content in phone.files() if any(text in content for text in as_written)]


def test_after_the_browser_was_killed_its_whole_profile_tells_nothing_of_what_was_saved(server, phone):
    maya = phone(on_disk=True)
    maya.set_up("maya")
    maya.go_offline()
    mark, control = f"marked{secrets.token_hex(6)}", f"control{secrets.token_hex(6)}"
    maya.do(f"outbox.remember('control', '{control}')")
    maya.save_many(MARKED, note=mark)
    assert len(maya.queue()) == MARKED
    maya.kill()

    # What was stored as it is, is found: so the search works, and the marks are nowhere.
    assert places_of(control, maya)
    assert places_of(mark, maya) == []
    for thing in ("Naloxone", "hand_out", "Maya"):  # what a page says stands in its cache; a record's words do not
        assert [file for file in places_of(thing, maya) if "IndexedDB" in file] == []

    # All of it was on the disk all the same.
    maya.switch_on()
    maya.open()
    assert len(maya.queue()) == MARKED
    maya.go_online()
    maya.send_all()
