"""A backup is made while others write and delete, and is one moment all the same."""

import contextvars
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import BinaryIO

import pytest
from flask import Flask
from sqlalchemy import or_, select

from inspector.db import db
from inspector.offline.forgetting import take_away
from inspector.photos.models import Picture
from inspector.storage import Folder, storage
from inspector.visits.models import Photo, Visit
from inspector.visits.sheet import Stamp
from tests import cast as make
from tests import rows
from tests.backup.conftest import Place, run
from tests.backup.town import contents
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.offline.senders import Senders, assert_received
from tests.offline.tablet import Tablet
from tests.server import Server


@pytest.mark.timeout(300)
def test_all_that_was_received_before_it_began_is_in_it(
    app: Flask, cast: Cast, client_of: ClientOf, place: Place, tmp_path: Path
) -> None:
    tablets = [Tablet(client_of(cast.inspector), make.a_visit(cast)) for _ in range(3)]
    server = Server(app, tmp_path, workers=2, threads=4)
    chance = Random(20261129)  # noqa: S311
    with Senders(tablets, server, tmp_path, chance) as senders:
        server.start()
        try:
            senders.wait_for(40)
            before = [sender.receipts for sender in senders]
            assert run(app, "backup", tmp_path / "backup").exit_code == 0
            senders.wait_for(10)  # they were not kept waiting
        finally:
            server.kill()
    there = place("sqlite")
    assert run(there, "restore", tmp_path / "backup").exit_code == 0
    with there.app_context():
        for sender, receipts in zip(senders, before, strict=True):
            assert_received(sender, receipts)


class Disturbed(Folder):
    """A storage where something happens just before the n-th file is opened."""

    def __init__(self, app: Flask, acts: dict[int, Callable[[], None]]) -> None:
        super().__init__(Path(app.config["STORAGE"]))
        self.app, self.acts, self.opened = app, acts, 0

    def open(self, sha256: str) -> BinaryIO:
        """Like a folder's."""
        self.opened += 1
        if act := self.acts.pop(self.opened, None):
            contextvars.Context().run(self._do, act)
        return super().open(sha256)

    def _do(self, act: Callable[[], None]) -> None:
        with self.app.app_context():
            act()
            db.session.commit()
            db.session.remove()


@pytest.fixture
def album(app: Flask, cast: Cast) -> Iterator[list[str]]:
    """The names of the bytes of five photos, in the order of a backup. The storage, which tests
    share, has nothing else before, and nothing afterwards."""
    shutil.rmtree(app.config["STORAGE"], ignore_errors=True)
    visit = rows.a_visit_at(cast, "in_progress")
    for n, colour in enumerate(("red", "green", "blue", "gold", "navy")):
        rows.a_photo(visit, n, colour)
    db.session.commit()
    pictures = db.session.execute(select(Picture.jpeg, Picture.thumb))
    names = sorted({name for names in pictures for name in names})
    db.session.rollback()
    yield names
    shutil.rmtree(app.config["STORAGE"])


def add() -> None:
    """One more photo arrives."""
    rows.a_photo(db.session.scalars(select(Visit)).one(), 6, "hotpink")


def take_away_with(name: str) -> None:
    """The photo is taken away whose bytes have this name."""
    picture = db.session.scalars(
        select(Picture).where(or_(Picture.jpeg == name, Picture.thumb == name))
    ).one()
    take_away_with_sha256(picture.sha256)


def take_away_added() -> None:
    """The photo that arrived is taken away at once."""
    take_away_with_sha256(make.picture_sha256("hotpink"))


def take_away_with_sha256(sha256: str) -> None:
    photo = db.session.scalars(select(Photo).where(Photo.sha256 == sha256)).one()
    take_away(photo.visit, photo, Stamp(photo.visit.inspector, MONDAY, MONDAY))


CASES: dict[str, Callable[[list[str]], dict[int, Callable[[], None]]]] = {
    "arrives": lambda names: {2: add},
    "is deleted before it is read": lambda names: {1: lambda: take_away_with(names[-1])},
    "is deleted after it was read": lambda names: {len(names): lambda: take_away_with(names[0])},
    "comes and goes": lambda names: {2: add, len(names) + 1: take_away_added},
}
"""What happens to a photo meanwhile, before the n-th file is opened."""


@pytest.mark.parametrize("case", CASES)
def test_a_photo_that_comes_or_goes_meanwhile(
    app: Flask, album: list[str], place: Place, tmp_path: Path, case: str
) -> None:
    usual, there = app.extensions["storage"], place("sqlite")
    app.extensions["storage"] = disturbed = Disturbed(app, CASES[case](album))
    try:
        result = run(app, "backup", tmp_path / "backup")
    finally:
        app.extensions["storage"] = usual
    assert disturbed.acts == {}, "it has happened"
    assert result.exit_code == 0, result.output
    assert run(there, "restore", tmp_path / "backup").exit_code == 0
    assert contents(there) == contents(app)


def test_bytes_that_no_row_names_are_not_taken_along(
    app: Flask, album: list[str], place: Place, tmp_path: Path
) -> None:
    storage().put(b"of a transaction that was rolled back")
    there = place("sqlite")
    assert run(app, "backup", tmp_path / "backup").exit_code == 0
    assert run(there, "restore", tmp_path / "backup").exit_code == 0
    assert sorted(contents(there)["bytes"]) == album


def test_bytes_that_the_storage_has_lost_are_told_and_the_rest_is_saved(
    app: Flask, album: list[str], place: Place, tmp_path: Path
) -> None:
    gone, damaged, *whole = album
    storage().remove(gone)
    next(Path(app.config["STORAGE"]).rglob(damaged)).write_bytes(b"something else")
    there = place("sqlite")
    result = run(app, "backup", tmp_path / "backup")
    assert result.exit_code == 3
    for name in (gone, damaged):
        assert f"has lost, or damaged, bytes that rows name: {name}" in result.output
    assert run(there, "restore", tmp_path / "backup").exit_code == 0
    assert sorted(contents(there)["bytes"]) == whole
