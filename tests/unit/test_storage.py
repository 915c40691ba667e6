"""Bytes by their SHA-256 in a folder."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from inspector.storage import Damaged, Folder, Missing, storage

DATA = b"a photo"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "not-yet-there")


def files(folder: Folder) -> list[Path]:
    return [path for path in folder.root.rglob("*") if path.is_file()]


def test_what_was_put_can_be_got_by_its_hash(folder: Folder) -> None:
    assert not folder.has(SHA256)
    assert folder.put(DATA) == SHA256
    assert folder.has(SHA256)
    assert folder.get(SHA256) == DATA


def test_files_fan_out_over_two_levels_and_no_part_is_left(folder: Folder) -> None:
    folder.put(DATA)
    assert files(folder) == [folder.root / SHA256[:2] / SHA256[2:4] / SHA256]


def test_putting_the_same_again_changes_nothing(folder: Folder) -> None:
    folder.put(DATA)
    before = files(folder)[0].stat()
    assert folder.put(DATA) == SHA256
    assert files(folder)[0].stat().st_mtime_ns == before.st_mtime_ns
    assert files(folder)[0].stat().st_ino == before.st_ino


def test_changed_bytes_are_noticed_and_healed_by_putting_again(folder: Folder) -> None:
    folder.put(DATA)
    files(folder)[0].write_bytes(b"a phot0")
    with pytest.raises(Damaged):
        folder.get(SHA256)
    folder.put(DATA)
    assert folder.get(SHA256) == DATA


def test_what_is_not_there_is_missing(folder: Folder) -> None:
    with pytest.raises(Missing):
        folder.get(SHA256)


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", SHA256.upper(), SHA256 + "0", SHA256[:63]]
)
def test_only_a_hash_is_a_name(folder: Folder, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        folder.get(name)


def test_a_failed_write_leaves_nothing(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(_descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space"):
        folder.put(DATA)
    assert not folder.has(SHA256)
    assert files(folder) == []


def test_what_a_process_that_died_had_begun_is_removed_and_what_one_writes_now_is_not(
    folder: Folder,
) -> None:
    folder.put(DATA)
    now = datetime.now(UTC)
    for where in (folder.root, folder.root / "ab" / "cd"):
        where.mkdir(parents=True, exist_ok=True)
        for name, begun in ((".part-old", now - timedelta(days=2)), (".part-new", now)):
            (where / name).write_bytes(b"half")
            os.utime(where / name, (begun.timestamp(), begun.timestamp()))
    assert folder.remove_unfinished(now - timedelta(days=1)) == 2
    assert sorted(path.name for path in folder.root.rglob(".part-*")) == [".part-new"] * 2
    assert folder.get(SHA256) == DATA


def test_the_application_chooses_the_storage(folder: Folder) -> None:
    app = Flask(__name__)
    app.extensions["storage"] = folder
    with app.app_context():
        assert storage() is folder
