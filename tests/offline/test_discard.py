"""Giving up on the tablet what cannot be sent: the reason and the content stay in the records."""

import uuid

from sqlalchemy import select

from inspector.db import db
from inspector.history import Event
from inspector.offline.models import Operation
from inspector.visits.models import Photo, Visit
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.offline.conftest import TabletOf
from tests.offline.tablet import OURS, Entry, Tablet, outcomes

REASON = "与其他检查重复"


def discard(tablet: Tablet, refused: Entry, **more: str) -> Entry:
    """Give up an entry."""
    said = {"entry": refused["op_id"], "reason": REASON, "content": "{}"}
    return tablet.entry("entry.discard", **said | more)


def the_event() -> Event:
    return db.session.scalars(select(Event).where(Event.verb == "discard")).one()


def test_what_was_refused_can_be_given_up_though_its_visit_is_called_off(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    tablet = tablet_of(kind="offsite")
    refused = tablet.answer("OF-VID-01", "yes")
    db.session.get_one(Visit, tablet.visit).cancel(reason="停电", by=cast.channel, at=MONDAY)
    assert outcomes(tablet.send(refused)) == ["visit.cancelled"]
    gone = discard(tablet, refused, content='{"kind":"answer.set","payload":{"value":"yes"}}')
    for _again in range(2):
        assert outcomes(tablet.send(gone)) == ["applied"]
    event = the_event()
    assert (event.subject_id, event.by_id) == (tablet.visit, cast.inspector.id)
    assert (event.detail["reason"], event.detail["entry"]) == (REASON, refused["op_id"])
    assert len(db.session.scalars(select(Operation)).all()) == 2
    shown = client_of(cast.channel).get(f"/visits/{tablet.visit}").text
    assert REASON in shown
    assert "answer.set" in shown


def test_so_can_an_entry_of_a_visit_that_is_not_there(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    tablet.visit = uuid.uuid4()
    refused = tablet.answer("OF-VID-01", "yes")
    assert outcomes(tablet.send(refused)) == ["request.unknown"]
    assert outcomes(tablet.send(discard(tablet, refused))) == ["applied"]
    assert the_event().subject_id == tablet.visit


def test_a_photo_whose_bytes_are_lost_is_taken_away_with_it(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    lost = tablet.photo("OF-VID-01", b"lost for ever")
    tablet.send(lost)
    gone = discard(tablet, lost, photo=lost["payload"]["photo"])
    assert tablet.send(gone)["missing"] == []
    assert db.session.scalars(select(Photo)).one().removed_at is not None


def test_nothing_is_given_up_without_a_reason(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    refused = tablet.answer("OF-VID-01", "far too long")
    assert outcomes(tablet.send(refused, discard(tablet, refused, reason=""))) == [
        "answer.not_allowed",
        "ops.malformed",
    ]


def test_a_gap_that_a_tablet_tells_of_alarms_the_office_once(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    tablet = tablet_of(kind="offsite")
    for _again in range(2):
        told = tablet.client.post(
            f"/api/streams/{tablet.stream}/gaps", json={"first": 12, "last": 14}, headers=OURS
        )
        assert told.status_code == 200
    event = db.session.scalars(select(Event).where(Event.verb == "gap")).one()
    assert (event.detail, event.by_id) == ({"first": 12, "last": 14}, cast.inspector.id)
    assert "第 12 至 14 条记录已丢失" in client_of(cast.channel).get("/tablets").text
