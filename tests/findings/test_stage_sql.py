"""The stages of findings and rectifications in SQL say what the lifecycle says."""

from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import select

from inspector.db import db
from inspector.findings.lifecycle import FindingStage, Stage
from inspector.findings.models import Finding, Rectification
from inspector.findings.queries import FINDING_STAGE_SQL, STAGE_SQL, overdue_sql
from tests import rows
from tests.cast import MONDAY, Cast


@pytest.fixture
def population(app: Flask, cast: Cast) -> None:
    """One finding for each combination of facts that the database lets in."""
    visit = rows.a_visit_at(cast)
    n = count()
    rows.a_finding(visit, next(n))
    rows.decided(rows.a_finding(visit, next(n)), cast.channel, "rejected")
    rows.on_spot(rows.a_finding(visit, next(n)), cast.channel)
    for stage in ("draft", "issued", "acknowledged", "reported", "returned", "closed"):
        rows.a_notice_at(cast, visit, next(n), stage)
    for stage in ("reopened", "paused"):
        rows.a_notice_at(cast, visit, next(n), stage)
    for stage in ("acknowledged", "closed", "paused"):
        rows.withdrawn(rows.a_notice_at(cast, visit, next(n), stage).finding, cast.leader)
    again = rows.a_notice_at(cast, visit, next(n), "reopened").rectification
    rows.verified(rows.a_report(again, cast.outlet), cast.channel, "returned")
    twice = rows.a_notice_at(cast, visit, next(n), "reopened").rectification
    rows.verified(rows.a_report(twice, cast.outlet), cast.channel, "closed")
    rows.reopened(twice, cast.channel)
    second_round = rows.a_notice_at(cast, visit, next(n), "returned").rectification
    rows.a_report(second_round, cast.outlet)
    returned_twice = rows.a_notice_at(cast, visit, next(n), "returned").rectification
    rows.verified(rows.a_report(returned_twice, cast.outlet), cast.channel, "returned")
    closed_in_the_second = rows.a_notice_at(cast, visit, next(n), "returned").rectification
    rows.verified(rows.a_report(closed_in_the_second, cast.outlet), cast.channel, "closed")
    reported_unsigned = rows.a_notice_at(cast, visit, next(n), "issued").rectification
    rows.a_report(reported_unsigned, cast.outlet)
    db.session.flush()


def test_a_finding_s_stage_is_the_same_in_sql(population: None) -> None:
    found = db.session.execute(select(Finding, FINDING_STAGE_SQL)).all()
    assert [(finding.item_code, finding.stage) for finding, _ in found] == [
        (finding.item_code, stage) for finding, stage in found
    ]
    assert {stage for _, stage in found} == set(FindingStage)


def test_a_rectification_s_stage_is_the_same_in_sql(population: None) -> None:
    found = db.session.execute(select(Rectification, STAGE_SQL)).all()
    assert [(one.finding.item_code, one.stage) for one, _ in found] == [
        (one.finding.item_code, stage) for one, stage in found
    ]
    assert {stage for _, stage in found} == set(Stage)


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_overdue_is_the_same_in_sql_around_the_due_day(population: None, days: int) -> None:
    today = rows.DUE + timedelta(days=days)
    found = db.session.execute(select(Rectification, overdue_sql(today))).all()
    assert [one.is_overdue(today) for one, _ in found] == [bool(late) for _, late in found]
    assert {bool(late) for _, late in found} == ({True, False} if days == 1 else {False})


def test_a_report_returned_after_the_due_day_is_late_from_the_return(
    population: None, cast: Cast
) -> None:
    after = rows.DUE + timedelta(days=3)
    late = set(db.session.scalars(select(Rectification).where(overdue_sql(after))))
    waiting = db.session.scalars(select(Rectification).where(STAGE_SQL == Stage.REPORTED)).first()
    assert waiting is not None
    assert waiting not in late
    waiting.reports[-1].give_back(reason="看不清", by=cast.channel, at=MONDAY)
    db.session.flush()
    assert waiting in set(db.session.scalars(select(Rectification).where(overdue_sql(after))))
