"""A batch of mystery visits: what goes in, what is refused, what can be undone."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.history import Event
from inspector.problems import Problem
from inspector.visits import batches
from inspector.visits.batches import Batch
from inspector.visits.models import Visit
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.together import at_once, request, statuses

LATER = datetime(2026, 12, 8, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def december(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 8 December: batches of the quarter may be published."""
    monkeypatch.setattr(clock, "now", lambda: LATER)


def shopped(cast: Cast, *outlets: str) -> list[Visit]:
    """A confirmed mystery visit of each outlet."""
    return [rows.a_visit_at(cast, "confirmed", kind="mystery", at=at) for at in outlets]


def history_of(batch: Batch) -> list[tuple[str, str]]:
    trail = select(Event).where(Event.subject_id == batch.id).order_by(Event.at, Event.id)
    return [(event.verb, event.detail.get("remark", "")) for event in db.session.scalars(trail)]


def test_a_batch_is_opened_filled_emptied_and_deleted(cast: Cast, client_of: ClientOf) -> None:
    first, second = shopped(cast, "YA0302", "YA0102")
    channel = client_of(cast.channel)
    form = {"quarter": "2026Q4", "name": "第一批", "publish_on": "2026-12-20"}
    address = channel.post("/batches", data=form).location
    batch = db.session.scalars(select(Batch)).one()
    assert address == f"/batches/{batch.id}"
    assert (batch.period, batch.name, batch.publish_on) == (
        Quarter(2026, 4),
        "第一批",
        date(2026, 12, 20),
    )
    channel.post(f"{address}/visits", data={"visit": [str(first.id), str(second.id), "nonsense"]})
    assert {visit.id for visit in batch.visits} == {first.id, second.id}
    assert channel.post(f"{address}/deletion").status_code == 409
    for visit in (first, second):
        channel.post(f"{address}/visits/{visit.id}/removal")
    assert batch.visits == []
    key = batch.id
    assert channel.post(f"{address}/deletion").location == "/batches"
    assert db.session.get(Batch, key) is None
    verbs = select(Event.verb).where(Event.subject_id == key)
    assert set(db.session.scalars(verbs)) == {"open_batch", "put_in", "take_out", "discard_batch"}


@pytest.mark.parametrize(
    "changes",
    [{"publish_on": "2026-12-07"}, {"name": "第一批"}, {"quarter": "2019Q1"}, {"publish_on": ""}],
)
def test_a_bad_form_opens_nothing(cast: Cast, client_of: ClientOf, changes: dict[str, str]) -> None:
    rows.a_batch(cast, name="第一批")
    form = {"quarter": "2026Q4", "name": "第二批", "publish_on": "2026-12-20"} | changes
    response = client_of(cast.channel).post("/batches", data=form)
    assert response.status_code == 422
    assert 'class="error"' in response.text
    assert len(db.session.scalars(select(Batch)).all()) == 1


def test_only_confirmed_mystery_visits_of_no_other_batch_go_in(cast: Cast) -> None:
    (elsewhere,) = shopped(cast, "YA0302")
    rows.a_batch(cast, elsewhere)
    batch = rows.a_batch(cast, name="第二批")
    others = [
        elsewhere,
        rows.a_visit_at(cast, "confirmed"),
        rows.a_visit_at(cast, "submitted", kind="mystery"),
        rows.a_visit_at(cast, "published"),
    ]
    for visit in others:
        with pytest.raises(Problem, match=r"batch\.not_ready"):
            batch.put_in([visit], by=cast.channel, at=LATER)
    ready = db.session.scalars(batches.ready()).all()
    assert not set(ready) & set(others)


def test_a_page_proposes_those_of_the_quarter_and_says_which_are_missing(
    cast: Cast, client_of: ClientOf
) -> None:
    now, before = shopped(cast, "YA0302", "YA0102")
    before.started_at = datetime(2026, 9, 30, 2, tzinfo=UTC)
    missing = rows.a_visit_at(cast, "submitted", kind="mystery", at="YA0301")
    batch = rows.a_batch(cast)
    html = client_of(cast.channel).get(f"/batches/{batch.id}").text
    boxes = {key: "checked" in html.split(f'value="{key}"')[1][:60] for key in (now.id, before.id)}
    assert boxes == {now.id: True, before.id: False}
    assert f"/visits/{missing.id}" in html


@pytest.mark.parametrize(
    ("arrange", "code"),
    [
        (lambda batch, cast: setattr(batch, "publish_on", date(2026, 12, 9)), "batch.early"),
        (lambda batch, cast: batch.visits.clear(), "batch.empty"),
        (lambda batch, cast: batch.visits.pop(), "batch.too_small"),
        (lambda batch, cast: rows.asked_void(batch.visits[0], cast.channel), "batch.void_asked"),
    ],
)
def test_a_batch_is_not_published_too_early_empty_too_small_or_in_doubt(
    cast: Cast, arrange: Callable[[Batch, Cast], None], code: str
) -> None:
    batch = rows.a_batch(cast, *shopped(cast, "YA0302", "YA0102"))
    arrange(batch, cast)
    with pytest.raises(Problem) as refused:
        batch.publish(reason="", by=cast.channel, at=LATER)
    assert refused.value.code == code
    assert batch.published_at is None


def test_a_batch_of_one_is_published_with_a_reason_that_stays(
    cast: Cast, client_of: ClientOf
) -> None:
    (visit,) = shopped(cast, "YA0302")
    batch = rows.a_batch(cast, visit)
    channel = client_of(cast.channel)
    refused = channel.post(f"/batches/{batch.id}/publication")
    assert (refused.status_code, visit.stage) == (422, "confirmed")
    answer = channel.post(f"/batches/{batch.id}/publication", data={"reason": "本季度仅此一次"})
    assert (answer.status_code, visit.stage) == (303, "published")
    assert history_of(batch) == [("publish", "本季度仅此一次")]
    assert "本季度仅此一次" in channel.get(f"/batches/{batch.id}").text


def test_what_is_published_stays_as_it_is(cast: Cast, client_of: ClientOf) -> None:
    batch = rows.published(rows.a_batch(cast, *shopped(cast, "YA0302", "YA0102")), cast.channel)
    (late,) = shopped(cast, "YA0301")
    at, channel = batch.published_at, client_of(cast.channel)
    removal = f"/batches/{batch.id}/visits/{batch.visits[0].id}/removal"
    assert channel.post(removal).status_code == 409
    assert channel.post(f"/batches/{batch.id}/deletion").status_code == 409
    adding = channel.post(f"/batches/{batch.id}/visits", data={"visit": str(late.id)})
    assert adding.status_code == 409
    assert channel.post(f"/batches/{batch.id}/publication").status_code == 303, "pressed again"
    assert (batch.published_at, len(batch.visits)) == (at, 2)


def test_two_who_publish_at_once_do_it_once(cast: Cast, client_of: ClientOf) -> None:
    batch = rows.a_batch(cast, *shopped(cast, "YA0302", "YA0102"))
    call = request(client_of(cast.channel), f"/batches/{batch.id}/publication")
    assert statuses(at_once(call, call)) == [303, 303]
    assert [verb for verb, _ in history_of(batch)] == ["publish"]
    assert {visit.published_at for visit in batch.visits} == {batch.published_at}


def test_a_void_visit_leaves_the_batch_that_is_not_published(cast: Cast) -> None:
    first, second = shopped(cast, "YA0302", "YA0102")
    batch = rows.a_batch(cast, first, second)
    rows.asked_void(first, cast.channel).void(by=cast.leader, at=LATER)
    db.session.flush()
    assert batch.visits == [second]


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("mystery", {"published_at": MONDAY}),  # in no batch
        ("mystery", {"batch": "open", "published_at": MONDAY}),
        ("mystery", {"batch": "published", "published_at": MONDAY}),  # at another moment
        ("offsite", {"batch": "open"}),
    ],
)
def test_the_database_refuses_to_publish_otherwise(
    app: Flask, cast: Cast, kind: str, facts: dict[str, object]
) -> None:
    keys = {
        "open": rows.a_batch(cast).id,
        "published": rows.published(rows.a_batch(cast, name="二"), cast.channel).id,
    }
    visit = rows.a_visit_at(cast, "confirmed", kind=kind)
    if batch := facts.pop("batch", None):
        facts["batch_id"] = keys[str(batch)]
    with pytest.raises(IntegrityError):
        db.session.execute(update(Visit).where(Visit.id == visit.id).values(**facts))
