"""One broken entry never stops a stream, whatever it breaks; and a batch costs few statements."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DataError

from inspector import clock
from inspector.db import db, insert_many
from inspector.offline import operations
from inspector.offline.models import Operation, Parked, Stream
from inspector.visits.models import Answer, Photo
from tests import rows
from tests.cast import Cast
from tests.conftest import CountQueries
from tests.offline.conftest import TabletOf
from tests.offline.tablet import OURS, Entry, outcomes

MOST = 16
"""Statements of a batch, signing in and the answer included, however many answers it brings."""


def statements_of(count: CountQueries, send: Callable[[], Any]) -> int:
    db.session.commit()
    with count() as sent:
        send()
    return len(sent)


@pytest.mark.parametrize("answers", [1, 20, 109])
def test_a_batch_costs_a_handful_of_statements(
    tablet_of: TabletOf, count_queries: CountQueries, answers: int
) -> None:
    tablet = tablet_of()
    batch = [tablet.entry("visit.start"), *tablet.answers(first=answers)]
    assert statements_of(count_queries, lambda: tablet.send(*batch)) <= MOST
    again = [tablet.answer(e["payload"]["item"], None, base=1) for e in batch[1:]]
    assert statements_of(count_queries, lambda: tablet.send(*again)) <= MOST
    assert statements_of(count_queries, lambda: tablet.send(*batch, *again)) <= MOST


@pytest.mark.parametrize("photos", [1, 20])
def test_photos_cost_no_more(tablet_of: TabletOf, count_queries: CountQueries, photos: int) -> None:
    tablet = tablet_of(kind="offsite")
    batch = [tablet.photo("OF-VID-01", str(n).encode()) for n in range(photos)]
    assert statements_of(count_queries, lambda: tablet.send(*batch)) <= MOST + 4


class Breaks:
    """Breaks where an entry is applied, as a defect of ours would."""

    def __call__(self, _on: Any, _entry: Any, _stamp: Any) -> Any:
        raise ZeroDivisionError


class BreaksInTheDatabase:
    """Breaks where it is written: a photo that the database does not take."""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts

    def __call__(self, on: Any, _entry: Any, stamp: Any) -> Any:
        facts = {"stage": "before", "sha256": "0" * 64, "taken_at": stamp.at} | self.facts
        on.visit.photos.append(Photo(id=uuid.uuid4(), added_at=stamp.at, **facts))
        return operations.APPLIED


BROKEN = {
    "code": Breaks(),
    "a check": BreaksInTheDatabase(stage="nowhere"),
    "a foreign key": BreaksInTheDatabase(item_id=uuid.uuid4()),
    "not null": BreaksInTheDatabase(item_id=uuid.uuid4(), sha256=None),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_only_the_entry_that_breaks_something_is_refused(
    tablet_of: TabletOf, monkeypatch: pytest.MonkeyPatch, broken: Any
) -> None:
    tablet = tablet_of(kind="offsite")
    shape, _act = operations.KINDS["correction.set"]
    monkeypatch.setitem(operations.KINDS, "correction.set", (shape, broken))
    batch = [
        tablet.answer("OF-VID-01", "yes"),
        tablet.entry("correction.set", item="OF-VID-01", corrected=True),
        tablet.answer("OF-VID-02", "3"),
    ]
    receipt = tablet.send(*batch)
    assert outcomes(receipt) == ["applied", "ops.defect", "applied"]
    assert receipt["last_seq"] == 3
    assert db.session.scalar(select(func.count()).select_from(Operation)) == 3
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 2
    assert str(db.session.scalars(select(Parked.op_id)).one()) == batch[1]["op_id"]
    assert tablet.send(*batch)["results"] == receipt["results"]


POISON = {
    "not a number": '{"item": "OF-VID-01", "value": NaN, "base": 0}',
    "a NUL": '{"item": "OF-VID-01", "value": "y\\u0000", "base": 0}',
    "a NUL in a name": '{"item\\u0000": "OF-VID-01", "value": "yes"}',
    "half a character": '{"item": "OF-VID-01", "value": "\\ud800", "base": 0}',
    "a revision beyond counting": '{"item": "OF-VID-01", "value": "yes", "base": 1e400}',
    "a very long number": '{"item": "OF-VID-01", "value": "yes", "base": ' + "9" * 400 + "}",
    "a text beyond the column": json.dumps({"item": "OF-VID-01", "value": "9" * 5000}),
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
def test_what_no_database_takes_is_refused_and_kept_all_the_same(
    tablet_of: TabletOf, poison: str
) -> None:
    tablet = tablet_of(kind="offsite")
    batch: list[Entry] = [
        tablet.answer("OF-VID-01", "yes"),
        tablet.entry("answer.set", poison="here"),
        tablet.answer("OF-VID-02", "3"),
    ]
    body = json.dumps({"stream": tablet.stream, "ops": batch})
    body = body.replace('{"poison": "here"}', poison)
    for _again in range(2):
        response = tablet.client.post(
            "/api/ops", data=body, headers=OURS, content_type="application/json"
        )
        assert response.status_code == 200, response.text
        assert outcomes(json.loads(response.data)) == ["applied", "ops.malformed", "applied"]
    assert db.session.scalar(select(func.count()).select_from(Operation)) == 3


def test_the_clock_of_the_device_is_measured_with_each_batch(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    slow = clock.now() - timedelta(minutes=10)
    body = {
        "stream": tablet.stream,
        "ops": [tablet.answer("OF-VID-01", "yes")],
        "sent_at": slow.isoformat(),
    }
    assert tablet.client.post("/api/ops", json=body, headers=OURS).status_code == 200
    kept = db.session.scalars(select(Operation)).one()
    assert kept.clock_offset_ms is not None
    assert timedelta(milliseconds=kept.clock_offset_ms) >= timedelta(minutes=10)
    stream = db.session.scalars(select(Stream)).one()
    assert stream.clock_offset_ms == kept.clock_offset_ms
    assert isinstance(stream.heard_at, datetime)


@pytest.mark.parametrize("stage", ["submitted", "confirmed", "cancelled", "another's"])
def test_what_comes_for_a_visit_that_takes_nothing_more_waits_for_the_channel_department(
    cast: Cast, tablet_of: TabletOf, stage: str
) -> None:
    if stage == "another's":
        which = {"kind": "offsite", "at": "YA0102", "inspector": cast.colleague}
        visit = rows.a_visit_at(cast, "in_progress", **which)
        tablet = tablet_of(visit, person=cast.inspector)
    else:
        tablet = tablet_of(rows.a_visit_at(cast, stage, kind="offsite"))
    start, answer = tablet.entry("visit.start"), tablet.answer("OF-VID-01", "yes")
    receipt = tablet.send(start, answer)
    assert [result.get("parked", False) for result in receipt["results"]] == [False, True]
    assert str(answer["op_id"]) in map(str, db.session.scalars(select(Parked.op_id)))
    assert receipt["results"][1]["reason"]["sentence"].endswith("由渠道部决定是否采用。")
    assert tablet.send(answer)["results"] == [receipt["results"][1]]


def test_what_is_too_long_for_its_column_is_never_cut_off(cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "in_progress", kind="offsite")
    row: dict[str, Any] = {
        "id": uuid.uuid4(),
        "item_id": visit.version.items[0].id,
        "visit_id": visit.id,
    }
    row |= {"value": "9" * 13, "note": "", "place": "", "no_photo_reason": "", "corrected": False}
    row |= {"rev": 1, "written": {}, "device_at": clock.now(), "received_at": clock.now()}
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no lengths")
    with pytest.raises(DataError):
        insert_many(Answer, [row])
    db.session.rollback()
