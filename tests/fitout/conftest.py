"""Outlets that were looked at, by the items that make the standard."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from inspector import clock
from inspector.db import db
from inspector.visits.models import Answer, Visit
from tests import cast as make
from tests import rows
from tests.cast import Cast

OCTOBER = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)

ITEMS = ("ON-RAK-01", "ON-RAK-03", "ON-BRD-01")
"""What the tests take for the standard: two items of a section, one of another."""


@pytest.fixture(autouse=True)
def october(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third quarter is over; the standard has three items and looks back over two quarters."""
    monkeypatch.setattr(clock, "now", lambda: OCTOBER)
    monkeypatch.setitem(app.config, "FITOUT_STANDARD", frozenset(ITEMS))
    monkeypatch.setitem(app.config, "FITOUT_TREND_QUARTERS", 2)


def inspected(cast: Cast, at: str, on: date, *values: str, stage: str = "confirmed") -> Visit:
    """An on-site visit to an outlet with what was answered to each of ITEMS."""
    visit = make.a_visit(cast, at=at)
    visit.planned_on, visit.planned_at = on, clock.start_of(on)
    visit.started_at = clock.start_of(on) + timedelta(hours=9)
    visit.submitted_at = visit.started_at + timedelta(hours=2)
    if stage != "submitted":
        visit.confirmed_at, visit.confirmed_by_id = visit.submitted_at, cast.channel.id
    if stage == "void":
        rows.asked_void(visit, cast.channel)
        visit.voided_at, visit.voided_by_id = visit.submitted_at, cast.leader.id
    places = {item.code: n for n, item in enumerate(visit.version.items)}
    for code, value in zip(ITEMS, values, strict=False):
        item = visit.version.items[places[code]]
        at_once = {"device_at": visit.started_at, "received_at": visit.started_at}
        db.session.add(
            Answer(id=uuid.uuid4(), visit=visit, item=item, value=value.split()[0], **at_once)
        )
        if value.startswith("no"):
            decision = "rejected" if value == "no rejected" else "confirmed"
            finding = rows.decided(rows.a_finding(visit, places[code]), cast.channel, decision)
            if value == "no withdrawn":
                finding.withdrawn_at, finding.withdrawn_by_id = visit.submitted_at, cast.leader.id
                finding.withdrawn_reason = "申诉成立"
    db.session.flush()
    return visit
