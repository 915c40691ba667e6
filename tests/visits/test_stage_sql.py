"""The stage of a visit in SQL says what the lifecycle says."""

import pytest
from flask import Flask
from sqlalchemy import select

from inspector.db import db
from inspector.visits.lifecycle import Stage
from inspector.visits.models import Visit
from inspector.visits.queries import STAGE_SQL
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast


@pytest.fixture
def visits(app: Flask, cast: Cast) -> list[Visit]:
    """One visit for each combination of facts that the database lets in."""
    begun_and_cancelled = rows.a_visit_at(cast, "cancelled")
    begun_and_cancelled.started_at = MONDAY
    confirmed_and_void = rows.a_visit_at(cast, "void")
    confirmed_and_void.confirmed_at = MONDAY
    confirmed_and_void.confirmed_by_id = cast.channel.id
    db.session.flush()
    return [
        begun_and_cancelled,
        confirmed_and_void,
        rows.asked_void(rows.a_visit_at(cast, "submitted"), cast.channel),
        *(rows.a_visit_at(cast, stage) for stage in Stage),
    ]


@pytest.mark.parametrize("stage", Stage)
def test_sql_finds_the_visits_that_the_lifecycle_puts_at_a_stage(
    visits: list[Visit], stage: Stage
) -> None:
    found = set(db.session.scalars(select(Visit.id).where(STAGE_SQL[stage])))
    assert found == {visit.id for visit in visits if visit.stage == stage}
    assert found


def test_every_visit_is_at_exactly_one_stage(visits: list[Visit], cast: Cast) -> None:
    make.a_visit(cast)
    everywhere = [
        db.session.scalars(select(Visit.id).where(sql)).all() for sql in STAGE_SQL.values()
    ]
    assert sum(map(len, everywhere)) == len(visits) + 1
