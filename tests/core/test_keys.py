"""Key files: made once, for their owner's eyes, and a sentence for each way in which they can be wrong."""

import os
import stat
from dataclasses import replace

import pytest

from harmreduction.core.keys import (
    NAMES,
    PHONES,
    KeyProblem,
    Keys,
    make_keys,
    make_phones_key,
    read_keys,
    rotate_codes_key,
    rotate_phones_key,
)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "programme-keys"
    make_keys(folder)
    return folder


def test_new_keys_are_random_and_only_their_owner_can_read_them(folder, tmp_path):
    make_keys(tmp_path / "another")
    both = [read_keys(folder), read_keys(tmp_path / "another")]
    assert {(keys.codes_old, keys.phones_old) for keys in both} == {("", ())}  # no key was changed yet
    secrets = {getattr(keys, name) for keys in both for name in NAMES}
    assert len(secrets) == 2 * len(NAMES)
    assert all(len(bytes.fromhex(secret)) == 32 for secret in secrets)
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_keys_that_are_there_are_never_touched(folder):
    before = read_keys(folder)
    (folder / "web.key").unlink()
    make_keys(folder)
    after = read_keys(folder)
    assert after != before
    assert replace(after, web=before.web) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_key_is_named_with_what_to_do(folder, name):
    (folder / f"{name}.key").unlink()
    with pytest.raises(KeyProblem, match=f"{name}.key is missing. Put it back .* without it the data cannot be read"):
        read_keys(folder)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_can_read_is_refused_with_the_command_that_helps(folder, mode):
    path = folder / "database.key"
    path.chmod(mode)
    with pytest.raises(KeyProblem, match=f"Others on this machine can read {path}. Run: chmod 600 {path}"):
        read_keys(folder)


@pytest.mark.parametrize("content", ["", "abc", "g" * 64, "0" * 63, "0" * 65, "0" * 32 + "\n" + "0" * 32])
def test_a_damaged_key_is_named_with_what_to_do(folder, content):
    (folder / "fields.key").write_text(content)
    with pytest.raises(KeyProblem, match=r"fields.key is damaged. Put back the one from where you keep your keys"):
        read_keys(folder)


def test_a_key_of_other_bytes_is_damaged_too(folder):
    (folder / "fields.key").write_bytes(bytes(range(128, 192)))
    with pytest.raises(KeyProblem, match=r"fields.key is damaged"):
        read_keys(folder)


def test_a_key_with_a_line_end_is_the_same_key(folder):
    key = read_keys(folder).web
    (folder / "web.key").write_text(f"{key}\r\n")
    assert read_keys(folder).web == key


def test_a_cut_while_a_key_is_written_leaves_no_damaged_one_and_the_next_start_makes_it(folder, monkeypatch):
    (folder / "web.key").unlink()

    def cut(_handle):
        raise OSError("the power went")

    with monkeypatch.context() as without_power:
        without_power.setattr(os, "fsync", cut)
        with pytest.raises(OSError, match="power"):
            make_keys(folder)
    assert {file.name for file in folder.iterdir()} == {f"{name}.key" for name in NAMES if name != "web"}
    make_keys(folder)
    assert read_keys(folder).web


def test_the_names_of_new_keys_are_on_the_disk_too(tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr(os, "fsync", lambda handle: kept.append(stat.S_ISDIR(os.fstat(handle).st_mode)))
    make_keys(tmp_path / "keys")
    assert kept == [False, True] * len(NAMES)


def test_a_stick_that_knows_no_links_takes_keys_as_well(tmp_path, monkeypatch):
    def no_links(*_paths):
        raise PermissionError("this file system knows no links")

    monkeypatch.setattr(os, "link", no_links)
    make_keys(tmp_path / "stick")
    before = read_keys(tmp_path / "stick")
    make_keys(tmp_path / "stick")
    assert read_keys(tmp_path / "stick") == before
    assert len(list((tmp_path / "stick").iterdir())) == len(NAMES)


def test_the_key_of_codes_is_changed_and_the_one_before_stays_beside_it(folder, monkeypatch):
    before = read_keys(folder)
    rotate_codes_key(folder)
    after = read_keys(folder)
    assert (after.codes_old, replace(after, codes=before.codes, codes_old="")) == (before.codes, before)
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}

    def cut(_handle):
        raise OSError("the power went")

    with monkeypatch.context() as without_power:
        without_power.setattr(os, "fsync", cut)
        with pytest.raises(OSError, match="power"):
            rotate_codes_key(folder)
    assert read_keys(folder) == after
    assert len(list(folder.iterdir())) == len(NAMES) + 1


def test_keys_of_phones_are_changed_as_often_as_needed_and_none_is_ever_thrown_away(folder):
    used = [read_keys(folder).phones]
    for _ in range(3):
        rotate_phones_key(folder)
        used.append(read_keys(folder).phones)
    after = read_keys(folder)
    assert (*after.phones_old, after.phones) == tuple(used)
    assert len(set(used)) == len(used)
    assert {file.name for file in folder.glob("phones*")} == {
        "phones.key",
        *(f"phones-old-00{number}.key" for number in (1, 2, 3)),
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    (folder / "phones-old-001.key").unlink()  # somebody tidied up
    rotate_phones_key(folder)
    assert read_keys(folder).phones_old == tuple(used[1:])


@pytest.mark.parametrize("steps", [0, 1])
def test_a_cut_while_the_key_of_phones_is_changed_loses_none_and_the_next_try_goes_on(folder, monkeypatch, steps):
    before = read_keys(folder)
    keep, done = os.fsync, []

    def cut(handle):
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            done.append(handle)
        if len(done) > steps:
            raise OSError("the power went")
        keep(handle)

    with monkeypatch.context() as without_power:
        without_power.setattr(os, "fsync", cut)
        with pytest.raises(OSError, match="power"):
            rotate_phones_key(folder)
    between = read_keys(folder)
    assert between.phones == before.phones
    assert set(between.phones_old) <= {before.phones}
    rotate_phones_key(folder)
    after = read_keys(folder)
    assert (after.phones_old, after.phones != before.phones) == ((before.phones,), True)


def test_an_instance_from_before_there_were_phones_gets_its_key_and_keeps_it(folder, tmp_path):
    before = read_keys(folder)
    (folder / f"{PHONES}.key").unlink()
    make_phones_key(folder)
    made: Keys = read_keys(folder)
    make_phones_key(folder)
    assert read_keys(folder) == made
    assert replace(made, phones=before.phones) == before
    assert made.phones != before.phones
    make_phones_key(tmp_path)  # where no programme has its keys, it makes none
    assert list(tmp_path.glob("*.key")) == []
