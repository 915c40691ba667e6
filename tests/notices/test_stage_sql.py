"""The stage of a notice in SQL says what the lifecycle says."""

from itertools import count

from flask import Flask
from sqlalchemy import select

from inspector.db import db
from inspector.notices.lifecycle import Stage
from inspector.notices.models import Notice
from inspector.notices.stages import STAGE_SQL
from tests import rows
from tests.cast import MONDAY, Cast


def test_a_notice_s_stage_is_the_same_in_sql(app: Flask, cast: Cast) -> None:
    visit, n = rows.a_visit_at(cast), count()
    for stage in ("draft", "issued", "acknowledged", "reported", "returned", "closed"):
        rows.a_notice_at(cast, visit, next(n), stage)
    for stage in ("issued", "acknowledged", "closed"):
        rows.withdrawn(rows.a_notice_at(cast, visit, next(n), stage).finding, cast.leader)
    closed_unsigned = rows.a_notice_at(cast, visit, next(n), "issued").rectification
    closed_unsigned.closed_at, closed_unsigned.closed_by = MONDAY, cast.channel
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="mystery"), 0, "draft")
    db.session.flush()

    found = db.session.execute(select(Notice, STAGE_SQL).join(Notice.rectification)).all()
    assert [(notice.number, notice.stage) for notice, _ in found] == [
        (notice.number, stage) for notice, stage in found
    ]
    assert {stage for _, stage in found} == set(Stage)
