"""The channel department decides what becomes of entries that could not be placed."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from inspector.db import db
from inspector.history import Event
from inspector.offline import operations
from inspector.offline.models import Parked
from inspector.visits.conflicts import Conflict
from inspector.visits.models import Answer, Photo, Visit
from inspector.visits.replanning import reassign
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import Client, ClientOf
from tests.offline.conftest import TabletOf
from tests.offline.tablet import outcomes


@pytest.fixture
def desk(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.channel)


def page(desk: Client, only: str = "") -> str:
    return desk.get(f"/tablets/entries?only={only}").get_data(as_text=True)


def the_one() -> Parked:
    return db.session.scalars(select(Parked)).one()


def test_what_came_for_a_visit_that_went_to_a_colleague_is_accepted_as_its_author_s(
    cast: Cast, tablet_of: TabletOf, desk: Client
) -> None:
    tablet = tablet_of(kind="offsite", at="YA0102")
    visit = db.session.scalars(select(Visit)).one()
    reassign(visit, cast.colleague, by=cast.channel, at=MONDAY)
    receipt = tablet.send(
        tablet.entry("note.set", item="OF-VID-01", field="note", text="画面偏暗"),
        tablet.answer("OF-VID-01", "no"),
    )
    assert outcomes(receipt) == ["request.unknown"] * 2
    shown = page(desk)
    assert shown.index("画面偏暗") < shown.index("不符合"), "oldest first"
    assert cast.inspector.name in shown
    for parked in db.session.scalars(select(Parked)).all():
        assert desk.post(f"/tablets/entries/{parked.op_id}/acceptance").status_code == 303
    answer = db.session.scalars(select(Answer)).one()
    assert (answer.value, answer.note) == ("no", "画面偏暗")
    assert {trace["by"] for trace in answer.written.values()} == {str(cast.inspector.id)}
    decided = db.session.scalars(select(Event).where(Event.verb == "accepted")).all()
    assert {event.by_id for event in decided} == {cast.channel.id}
    assert "没有待处理的记录" in page(desk)
    assert "画面偏暗" in page(desk, "decided")


def test_a_visit_that_is_handed_in_is_not_changed_any_more(
    cast: Cast, tablet_of: TabletOf, desk: Client
) -> None:
    tablet = tablet_of(rows.a_visit_at(cast, "submitted", kind="offsite"))
    tablet.send(tablet.answer("OF-VID-01", "no"))
    key = the_one().op_id
    assert desk.post(f"/tablets/entries/{key}/acceptance").status_code == 409
    assert desk.post(f"/tablets/entries/{key}/dismissal", data={"reason": " "}).status_code == 422
    answer = desk.post(f"/tablets/entries/{key}/dismissal", data={"reason": "提交后误填"})
    assert answer.status_code == 303
    assert (the_one().decision, the_one().reason) == ("dismissed", "提交后误填")
    assert "提交后误填" in page(desk, "decided")
    assert desk.post(f"/tablets/entries/{key}/acceptance").status_code == 409
    assert db.session.scalars(select(Answer)).all() == []


def test_what_came_too_late_is_accepted_once_the_visit_was_sent_back(
    cast: Cast, tablet_of: TabletOf, desk: Client
) -> None:
    tablet = tablet_of(rows.a_visit_at(cast, "submitted", kind="offsite"))
    assert outcomes(tablet.send(tablet.answer("OF-VID-01", "no"))) == ["visit.frozen"]
    assert "/acceptance" not in page(desk)
    sent = desk.post(f"/visits/{tablet.visit}/send-back", data={"reason": "漏拍门楣"})
    assert sent.status_code == 303
    assert "/acceptance" in page(desk)
    assert desk.post(f"/tablets/entries/{the_one().op_id}/acceptance").status_code == 303
    assert [answer.value for answer in db.session.scalars(select(Answer))] == ["no"]
    again = tablet.send(tablet.answer("OF-VID-01", "yes", base=1))
    assert outcomes(again) == ["applied"], "its inspector goes on from there"


class Breaks:
    """Breaks in the database when it is written, as a defect of ours would."""

    def __call__(self, on: Any, _entry: Any, stamp: Any) -> Any:
        on.visit.photos.append(
            Photo(id=uuid.uuid4(), stage="nowhere", sha256="0" * 64, taken_at=stamp.at)
        )


def test_all_entries_of_a_visit_are_accepted_at_once_each_for_itself(
    cast: Cast, tablet_of: TabletOf, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet = tablet_of(kind="offsite", at="YA0102")
    db.session.get_one(Visit, tablet.visit).inspector = cast.colleague
    tablet.send(
        tablet.answer("OF-VID-01", "no"),
        tablet.answer("OF-VID-02", "soon"),  # no score
        tablet.entry("correction.set", item="OF-VID-01", corrected=True),
        tablet.answer("OF-VID-01", "yes", base=1),
    )
    shape, _act = operations.KINDS["correction.set"]
    monkeypatch.setitem(operations.KINDS, "correction.set", (shape, Breaks()))
    other = rows.parked(rows.a_visit_at(cast, "in_progress", kind="onsite"), "visit.start", {})
    shown = page(desk)
    assert "全部采用（此次检查共 4 条）" in shown
    assert shown.count("全部采用") == 1, "a single entry has its own button"
    part = desk.post(
        f"/tablets/visits/{tablet.visit}/acceptance", headers={"HX-Request": "true"}
    ).text
    assert "4 条记录中，2 条已采用并归入检查。" in part
    assert part.count('class="flash error"') == 2
    assert part.count(">已采用<") == 2
    assert [answer.value for answer in db.session.scalars(select(Answer))] == ["yes"]
    assert db.session.scalars(select(Photo)).all() == []
    waiting = db.session.scalars(select(Parked).where(Parked.decision.is_(None))).all()
    assert len(waiting) == 3
    assert other.decision is None


def test_where_nothing_waits_nothing_is_accepted(cast: Cast, desk: Client) -> None:
    visit = rows.a_visit_at(cast, "in_progress", kind="offsite")
    assert desk.post(f"/tablets/visits/{visit.id}/acceptance").status_code == 404


def test_htmx_gets_the_entry_as_it_is_now(cast: Cast, desk: Client) -> None:
    parked = rows.parked(
        rows.a_visit_at(cast, "submitted", kind="offsite"), "visit.start", {}, code="visit.frozen"
    )
    part = desk.post(
        f"/tablets/entries/{parked.op_id}/dismissal",
        data={"reason": "重复"},
        headers={"HX-Request": "true"},
    )
    assert "<html" not in part.text
    assert f'id="entry-{parked.op_id}"' in part.text
    assert "不采用" in part.text


SAID: list[tuple[str, dict[str, Any], str]] = [
    ("answer.set", {"item": "OF-VID-01", "value": "no"}, "不符合"),
    ("answer.set", {"item": "OF-VID-02", "value": "soon"}, "soon"),
    ("answer.set", {"item": "XX-99", "value": "5"}, "XX-99"),
    ("answer.set", {"item": "OF-VID-01", "value": None}, "未作答"),
    ("note.set", {"item": "OF-VID-01", "field": "note", "text": "<b>灯</b>"}, "&lt;b&gt;灯"),
    ("correction.set", {"item": "OF-VID-01", "corrected": True}, "当场"),
    ("practice.set", {"practice": "1", "text": "主动让座"}, "主动让座"),
    ("photo.remove", {"photo": "1"}, "撤销"),
    ("photo.add", {"sha256": "0" * 64, "item": "OF-VID-01", "caption": "门口"}, "门口"),
    ("answer.set", {"as_sent": "NaN"}, "answer.set"),
]


@pytest.mark.parametrize(("kind", "payload", "words"), SAID)
def test_every_entry_can_be_read(
    cast: Cast, desk: Client, kind: str, payload: dict[str, Any], words: str
) -> None:
    rows.parked(rows.a_visit_at(cast, "submitted", kind="offsite"), kind, payload)
    assert words in page(desk)


def test_a_photo_is_seen_and_one_of_an_unknown_visit_too(cast: Cast, desk: Client) -> None:
    visit = rows.a_visit_at(cast, "submitted", kind="offsite")
    sha256 = rows.a_photo(visit).sha256
    parked = rows.parked(visit, "photo.add", {"sha256": sha256}, visit_id=None)
    address = f"/tablets/entries/{parked.op_id}/photo"
    assert address in page(desk)
    assert desk.get(address).mimetype == "image/jpeg"
    assert "没有此项检查" in page(desk)


def test_a_conflict_is_decided_on_the_visit_s_page(
    cast: Cast, client_of: ClientOf, desk: Client
) -> None:
    conflict = rows.a_conflict(cast, rows.a_visit_at(cast, "in_progress", kind="offsite"))
    visit, key = conflict.visit_id, conflict.id
    shown = desk.get(f"/visits/{visit}").get_data(as_text=True)
    assert shown.index("符合") < shown.index("不符合")
    part = desk.post(
        f"/visits/{visit}/conflicts/{key}/resolution",
        data={"kept": "earlier"},
        headers={"HX-Request": "true"},
    )
    assert 'id="conflicts"' in part.text
    db.session.refresh(conflict)
    assert (conflict.kept, conflict.resolved_by_id) == ("yes", cast.channel.id)
    answer = db.session.scalars(select(Answer)).one()
    assert (answer.value, answer.rev) == ("yes", 2)
    assert "disputed" not in answer.written["value"]


def test_branches_do_not_read_of_conflicts(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    times = ("earlier_device_at", "earlier_received_at", "later_device_at", "later_received_at")
    facts = dict.fromkeys(times, make.MONDAY)
    db.session.add(
        Conflict(
            visit=visit,
            item=visit.version.items[0],
            field="note",
            earlier="暗号甲",
            later="暗号乙",
            earlier_by=cast.inspector,
            later_by=cast.inspector,
            resolved_at=make.MONDAY,
            resolved_by=cast.channel,
            kept="暗号乙",
            **facts,
        )
    )
    path = f"/visits/{visit.id}"
    assert "暗号甲" in client_of(cast.leader).get(path).get_data(as_text=True)
    assert "暗号" not in client_of(cast.outlet).get(path).get_data(as_text=True)
