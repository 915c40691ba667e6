"""Photos and good practices from a tablet: the entry and the bytes come in either order."""

import secrets
import uuid
from typing import cast as typed

import pytest
from sqlalchemy import func, select

from inspector.db import db
from inspector.photos.models import Picture, forget
from inspector.storage import Folder, storage
from inspector.visits.models import Photo, Practice, Visit
from tests import cast as make
from tests.cast import Cast
from tests.offline.conftest import TabletOf
from tests.offline.tablet import Tablet, outcomes

GREY, WHITE = make.picture_sha256("grey"), make.picture_sha256("white")


@pytest.fixture
def tablet(tablet_of: TabletOf) -> Tablet:
    return tablet_of(kind="offsite")


def the_photo() -> Photo:
    return db.session.scalars(select(Photo)).one()


def test_an_entry_before_its_bytes_says_which_are_missing(tablet: Tablet) -> None:
    grey = tablet.photo("OF-VID-01", make.picture_bytes("grey"), caption="三号窗口")
    white = tablet.photo("OF-VID-02", make.picture_bytes("white"), stage="after")
    assert tablet.send(grey, white)["missing"] == sorted([GREY, WHITE])
    tablet.put(make.picture_bytes("grey"))
    assert tablet.send(grey, white)["missing"] == [WHITE]
    tablet.put(make.picture_bytes("white"))
    assert tablet.send(grey, white)["missing"] == []


def test_bytes_before_their_entry_are_there_when_it_comes(tablet: Tablet) -> None:
    tablet.put(make.picture_bytes("grey"))
    entry = tablet.photo("OF-VID-01", make.picture_bytes("grey"), caption="三号窗口")
    assert tablet.send(entry)["missing"] == []
    photo = the_photo()
    assert (str(photo.id), photo.sha256, photo.stage, photo.caption) == (
        entry["payload"]["photo"],
        GREY,
        "before",
        "三号窗口",
    )
    assert photo.taken_at.isoformat() == "2026-11-23T01:30:00+00:00"
    assert photo.picture is not None


def test_missing_is_told_of_the_whole_visit_not_only_of_this_batch(tablet: Tablet) -> None:
    tablet.send(tablet.photo("OF-VID-01", make.picture_bytes("grey")))
    assert tablet.send(tablet.answer("OF-VID-01", "yes"))["missing"] == [GREY]


def test_another_inspector_does_not_learn_what_is_missing(
    cast: Cast, tablet: Tablet, tablet_of: TabletOf
) -> None:
    tablet.send(tablet.photo("OF-VID-01", make.picture_bytes("grey")))
    stranger = tablet_of(db.session.get_one(Visit, tablet.visit), person=cast.colleague)
    assert stranger.send(stranger.answer("OF-VID-01", "yes"))["missing"] == []


def test_the_same_photo_on_two_items_needs_its_bytes_once(tablet: Tablet) -> None:
    data = make.picture_bytes("grey")
    tablet.put(data)
    two = [tablet.photo("OF-VID-01", data), tablet.photo("OF-VID-02", data)]
    assert tablet.send(*two)["missing"] == []
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 2


def test_a_photo_sent_again_in_a_new_entry_is_the_same_photo(tablet: Tablet) -> None:
    first = tablet.photo("OF-VID-01", make.picture_bytes())
    again = tablet.entry("photo.add", **first["payload"])
    assert outcomes(tablet.send(first, again)) == ["applied", "applied"]
    assert the_photo().sha256 == GREY


def test_a_caption_can_be_given_later_and_changed(tablet: Tablet) -> None:
    entry = tablet.photo("OF-VID-01", make.picture_bytes())
    key = entry["payload"]["photo"]
    tablet.send(entry, tablet.entry("photo.caption", photo=key, caption="三号窗口"))
    assert the_photo().caption == "三号窗口"
    tablet.send(tablet.entry("photo.caption", photo=key, caption=""))
    assert the_photo().caption == ""


def test_a_removed_photo_leaves_its_row_and_is_no_longer_missing(tablet: Tablet) -> None:
    entry = tablet.photo("OF-VID-01", make.picture_bytes())
    remove = tablet.entry("photo.remove", photo=entry["payload"]["photo"])
    assert tablet.send(entry, remove)["missing"] == []
    assert the_photo().removed_at is not None
    removed_at = the_photo().removed_at
    tablet.send(tablet.entry("photo.remove", photo=entry["payload"]["photo"]))
    assert the_photo().removed_at == removed_at


def stored() -> int:
    """How many files the storage holds."""
    root = typed(Folder, storage()).root
    return sum(path.is_file() for path in root.rglob("*"))


def test_the_bytes_of_a_photo_taken_away_are_nowhere_any_more(tablet: Tablet) -> None:
    colour = f"#{secrets.token_hex(3)}"  # no other test stores it
    name, data = make.picture_sha256(colour), make.picture_bytes(colour)
    before = stored()
    entry = tablet.photo("OF-VID-01", data)
    tablet.send(entry)
    tablet.put(data)
    assert stored() > before
    remove = tablet.entry("photo.remove", photo=entry["payload"]["photo"])
    assert [outcomes(tablet.send(remove)) for _ in range(2)] == [["applied"], ["applied"]]
    assert (db.session.get(Picture, name), stored()) == (None, before)

    late = tablet.put(data)  # it was on its way when the photo was taken away
    assert (late.status_code, late.json) == (200, {"sha256": name})
    assert (db.session.get(Picture, name), stored()) == (None, before)

    tablet.send(tablet.photo("OF-VID-01", data))
    tablet.put(data)
    assert db.session.get(Picture, name) is not None


def test_bytes_that_another_photo_or_a_report_shows_stay(tablet: Tablet, cast: Cast) -> None:
    reported, shared = make.picture_bytes("green"), make.picture_bytes("white")
    make.reported(cast)
    entries = [
        tablet.photo("OF-VID-01", reported),
        tablet.photo("OF-VID-01", shared),
        tablet.photo("OF-VID-02", shared),
    ]
    for data in (reported, shared):
        tablet.put(data)
    keys = [entry["payload"]["photo"] for entry in entries]
    tablet.send(*entries, *(tablet.entry("photo.remove", photo=key) for key in keys[:2]))
    assert [tablet.put(data).json["width"] for data in (reported, shared)] == [64, 64]  # type: ignore[index]
    tablet.send(tablet.entry("photo.remove", photo=keys[2]))
    names = set(db.session.scalars(select(Picture.sha256)))
    assert (make.picture_sha256("green") in names, WHITE in names) == (True, False)


def test_a_removal_that_is_not_committed_removes_no_bytes(tablet: Tablet) -> None:
    data = make.picture_bytes("grey")
    entry = tablet.photo("OF-VID-01", data)
    tablet.send(entry)
    tablet.put(data)
    remove = tablet.entry("photo.remove", photo=entry["payload"]["photo"])
    tablet.seq += 1
    assert tablet.refused(remove, tablet.answer("OF-VID-01", "yes"))["code"] == "ops.gap"
    with db.session.begin_nested() as savepoint:
        forget(db.session.get_one(Picture, GREY))
        savepoint.rollback()
    db.session.commit()
    picture = db.session.get_one(Picture, GREY)
    assert [storage().has(name) for name in (picture.jpeg, picture.thumb)] == [True, True]


@pytest.mark.parametrize(
    ("item", "stage", "code"),
    [
        ("OF-VID-01", "practice", "ops.malformed"),
        (None, "before", "ops.malformed"),
        ("OF-NOT-01", "before", "answer.unknown_item"),
        ("OF-VID-01", "during", "ops.malformed"),
    ],
)
def test_a_photo_shows_an_item_before_or_after_or_a_good_practice(
    tablet: Tablet, item: str | None, stage: str, code: str
) -> None:
    assert outcomes(tablet.send(tablet.photo(item, b"x", stage))) == [code]
    assert db.session.scalars(select(Photo)).all() == []


def test_a_photo_of_another_visit_is_not_taken_over(tablet: Tablet, tablet_of: TabletOf) -> None:
    entry = tablet.photo("OF-VID-01", make.picture_bytes())
    tablet.send(entry)
    other = tablet_of(kind="offsite")
    batch = [
        other.entry("photo.add", **entry["payload"]),
        other.entry("photo.remove", photo=entry["payload"]["photo"]),
        other.answer("OF-VID-01", "yes"),
    ]
    assert outcomes(other.send(*batch)) == ["ops.malformed", "ops.malformed", "applied"]
    assert (the_photo().visit_id, the_photo().removed_at) == (tablet.visit, None)


def test_a_good_practice_has_text_photos_and_can_be_taken_back(tablet: Tablet) -> None:
    key = str(uuid.uuid4())
    receipt = tablet.send(
        tablet.entry("practice.set", practice=key, section="VID", text=" 主动让座 "),
        tablet.photo(None, make.picture_bytes(), "practice", practice=key),
        tablet.entry("practice.set", practice=key, section="NONE", text="主动为老人让座"),
    )
    assert outcomes(receipt) == ["applied"] * 3
    practice = db.session.scalars(select(Practice)).one()
    assert (str(practice.id), practice.text, practice.section) == (key, "主动为老人让座", None)
    assert the_photo().practice_id == practice.id
    tablet.send(tablet.entry("practice.remove", practice=key))
    assert db.session.scalars(select(Practice)).one().removed_at is not None


def test_a_good_practice_of_another_visit_is_not_taken_over(
    tablet: Tablet, tablet_of: TabletOf
) -> None:
    key = str(uuid.uuid4())
    tablet.send(tablet.entry("practice.set", practice=key, text="主动让座"))
    other = tablet_of(kind="offsite")
    receipt = other.send(other.entry("practice.set", practice=key, text="换掉"))
    assert outcomes(receipt) == ["ops.malformed"]
    practice = db.session.scalars(select(Practice)).one()
    assert (practice.visit_id, practice.text) == (tablet.visit, "主动让座")
