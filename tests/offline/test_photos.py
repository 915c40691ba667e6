"""Photos and good practices from a tablet: the entry and the bytes come in either order."""

import uuid

import pytest
from sqlalchemy import func, select

from inspector.db import db
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
