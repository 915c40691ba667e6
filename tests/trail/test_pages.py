"""The desk reads everything that was done; nobody learns from it who a shopper is."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from inspector.db import db
from inspector.history import Event, Link, record
from inspector.trail.queries import AT_ONCE
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries
from tests.trail.chains import acts


def seqs(page: str) -> list[int]:
    """The rows that a page shows."""
    shown = db.session.execute(select(Link.seq, Link.sha256)).all()
    found = {row.seq for row in shown if f'title="{row.sha256}"' in page}
    return sorted(found, reverse=True)


def test_the_newest_come_first_and_the_rest_page_by_page(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    acts(cast, make.a_visit(cast), *["start"] * (AT_ONCE + 5))
    client = client_of(cast.leader)
    newest = db.session.scalars(select(Link.seq).order_by(Link.seq.desc())).first() or 0
    page = client.get("/history").text
    assert seqs(page) == list(range(newest, newest - AT_ONCE, -1))
    oldest = newest - AT_ONCE + 1
    assert f"before={oldest}" in page
    page = client.get(f"/history?before={oldest}").text
    assert seqs(page)[0] == oldest - 1


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("person=inspector", {"start", "submit"}),
        ("person=channel", {"plan", "confirm"}),
        ("verb=submit", {"submit"}),
        ("day=2026-11-20", {"plan"}),
        ("day=2001-01-01", set()),
        ("person=nobody", set()),
    ],
)
def test_they_are_narrowed_by_person_verb_and_day(
    cast: Cast, client_of: ClientOf, asked: str, found: set[str]
) -> None:
    visit = make.submitted(cast, failed=())
    visit.confirm(by=cast.channel, at=MONDAY + timedelta(hours=3))
    db.session.commit()
    page = client_of(cast.channel).get(f"/history?{asked}&thing={visit.id}").text
    wanted = select(Event.verb).join(Link, Link.event_id == Event.id)
    told = set(db.session.scalars(wanted.where(Link.seq.in_(seqs(page)))))
    assert told == found


@pytest.mark.parametrize("asked", ["thing=x", "day=yesterday", "before=x", "before=", "day="])
def test_what_cannot_be_read_is_unknown(cast: Cast, client_of: ClientOf, asked: str) -> None:
    status = client_of(cast.channel).get(f"/history?{asked}").status_code
    assert status == (200 if asked.endswith("=") else 404)


def test_each_thing_leads_to_its_page(cast: Cast, client_of: ClientOf) -> None:
    notice = make.reported(cast)
    batch = rows.a_batch(cast, rows.a_visit_at(cast, "confirmed", kind="mystery"))
    record(batch, "open_batch", cast.channel, MONDAY)
    finding = notice.finding
    page = client_of(cast.channel).get("/history").text
    for href in (
        f"/notices/{notice.id}",
        f"/visits/{finding.visit_id}#finding-{finding.id}",
        f"/batches/{batch.id}",
        f"/history?thing={notice.rectification_id}",
    ):
        assert f'href="{href}"' in page
    assert "/people/" not in page


def test_address_device_and_the_tablets_time_stand_with_it(cast: Cast, client_of: ClientOf) -> None:
    event = Event(
        at=MONDAY,
        by_id=cast.inspector.id,
        verb="start",
        subject_table="visit",
        subject_id=make.a_visit(cast).id,
        device_at=MONDAY - timedelta(minutes=7),
        address="10.9.8.7",
        device="Safari · iPad",
    )
    db.session.add(event)
    page = client_of(cast.channel).get("/history").text
    assert "10.9.8.7" in page
    assert "Safari · iPad" in page
    assert "09:05" in page


def by_a_shopper(cast: Cast) -> Visit:
    visit = rows.a_visit_at(cast, "published", kind="mystery")
    for verb in ("start", "submit"):
        db.session.add(
            Event(
                at=MONDAY,
                by_id=cast.shopper.id,
                verb=verb,
                subject_table="visit",
                subject_id=visit.id,
                device_at=MONDAY,
                address="10.9.8.7",
                device="Opera · Windows",
                detail={"reason": "只有我知道"},
            )
        )
    record(cast.shopper, "sign_in", cast.shopper, MONDAY, session=str(uuid.uuid4()))
    db.session.commit()
    return visit


@pytest.mark.parametrize("reader", ["channel", "leader", "admin"])
@pytest.mark.parametrize("path", ["/history", "/history.csv"])
def test_a_shopper_is_not_found_by_it(
    cast: Cast, client_of: ClientOf, reader: str, path: str
) -> None:
    visit = by_a_shopper(cast)
    client = client_of(getattr(cast, reader))
    page = client.get(path).text
    assert f"/visits/{visit.id}" in page or path.endswith("csv")
    for trace in (cast.shopper.name, "10.9.8.7", "Opera", "只有我知道", str(cast.shopper.id)):
        assert trace not in page
    assert "shopper" not in page
    narrowed = client.get(f"{path}?person=shopper&thing={visit.id}").text
    assert f"/visits/{visit.id}" not in narrowed


def test_a_file_holds_all_and_no_cell_is_a_formula(cast: Cast, client_of: ClientOf) -> None:
    visit = make.a_visit(cast)
    record(visit, "cancel", cast.channel, MONDAY, reason="=HYPERLINK(1)")
    db.session.commit()
    response = client_of(cast.channel).get(f"/history.csv?thing={visit.id}")
    assert response.mimetype == "text/csv"
    assert response.text.startswith("\ufeff")
    head, *told = csv.reader(io.StringIO(response.text.removeprefix("\ufeff")))
    assert len(told) == 2
    cells = dict(zip(head, told[0], strict=True))
    assert "'=HYPERLINK(1)" in cells.values()
    assert db.session.scalar(select(Link.sha256).where(Link.seq == int(told[0][0]))) == told[0][-1]
    assert not any(cell.startswith(tuple("=+-@")) for row in told for cell in row)


def test_a_long_page_costs_as_many_statements_as_a_short_one(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.channel)
    counts = []
    for several in (1, 20):
        for _ in range(several):
            acts(cast, make.a_visit(cast), "start")
        with count_queries() as sent:
            client.get("/history")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_the_state_of_the_chain_says_when_it_was_verified(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.admin)
    acts(cast, make.a_visit(cast), "start")
    assert "尚未校验过链" in client.get("/history/chain").text
    app.test_cli_runner().invoke(args=["history", "verify"])
    page = client.get("/history/chain").text
    head = db.session.execute(select(Link).order_by(Link.seq.desc()).limit(1)).scalar_one()
    assert head.sha256 in page
    assert f"截至第 {head.seq - 1} 行完整" in page


def test_the_page_of_a_visit_tells_its_life_to_the_desk_and_to_its_inspector(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = make.submitted(cast)
    visit.findings[0].reject(reason="照片不清", by=cast.channel, at=MONDAY + timedelta(hours=3))
    visit.confirm(by=cast.channel, at=MONDAY + timedelta(hours=4))
    db.session.commit()
    desk = client_of(cast.leader).get(f"/visits/{visit.id}").text
    own = client_of(cast.inspector).get(f"/visits/{visit.id}").text
    branch = client_of(cast.outlet).get(f"/visits/{visit.id}").text
    assert "<b>张渠</b>" in desk
    assert "照片不清" in desk
    assert "<b>渠道部</b>" in own
    told = branch[branch.index('class="timeline"') :]
    assert "<b>渠道部</b>" in told
    assert "张渠" not in told
    assert "照片不清" not in told, "what was not confirmed is the department's own"


def test_the_life_of_a_mystery_visit_names_its_shopper_to_nobody_else(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = by_a_shopper(cast)
    page = client_of(cast.leader).get(f"/visits/{visit.id}").text
    assert 'class="timeline"' in page
    assert cast.shopper.name not in page
    assert 'class="timeline"' not in client_of(cast.outlet).get(f"/visits/{visit.id}").text
