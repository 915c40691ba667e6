"""What was late, read from the rows: the same as the rule says of the same course."""

from datetime import date, datetime, timedelta

import pytest

from inspector.db import db
from inspector.history import record
from inspector.notices.extensions import Extension
from inspector.notices.models import Notice
from inspector.scores.courses import late_notices
from inspector.scores.lateness import Course, late_in
from tests import rows
from tests.cast import Cast
from tests.scores.quarters import Q3, a_counted_visit, moment
from tests.unit.test_lateness import CASES, read


@pytest.mark.parametrize("what", [c[1] for c in CASES if c[1]], ids=[c[0] for c in CASES if c[1]])
def test_the_rows_say_what_the_rule_says(cast: Cast, what: str) -> None:
    quarter, course = read(what)
    notice = laid_down(cast, course)
    found = late_notices(quarter)
    expected = late_in(quarter, course)
    assert [one.late for one in found] == ([expected] if expected else [])
    assert all(one.key == notice.id for one in found)


def laid_down(cast: Cast, course: Course) -> Notice:
    """A notice to which all of a course happened."""
    visit = a_counted_visit(cast, "80", on="2026-11-02")
    finding = rows.decided(rows.a_finding(visit), cast.channel)
    notice = rows.a_notice(rows.a_rectification(finding))
    (issued_at, due_on), *moved = course.due
    rows.issued(notice, cast.channel, 7, due_on)
    notice.issued_at = issued_at
    rectification = notice.rectification
    rectification.due_on = course.due[-1][1]
    db.session.flush()
    for one in course.rounds:
        report = rows.a_report(rectification, cast.outlet, reported_at=one.reported_at)
        if one.returned_at is not None:
            rows.verified(report, cast.channel, "returned").verified_at = one.returned_at
    for closing in course.closings:
        done = [r for r in rectification.reports if r.reported_at == closing.done_at]
        for report in done:
            report.verdict, report.verified_at = "closed", closing.closed_at
            report.verified_by = cast.channel
        if not done:
            a_risk(cast, notice, closing.done_at, closing.closed_at)
        rectification.closed_at, rectification.closed_by = closing.closed_at, cast.channel
        if closing.reopened_at is not None:
            rounds = len([r for r in rectification.reports if r.reported_at < closing.reopened_at])
            reopening = rows.reopened(rectification, cast.channel)
            reopening.at, reopening.round = closing.reopened_at, rounds
    for since, until in course.pauses:
        appeal = rows.an_appeal(notice, cast.subbranch)
        appeal.accepted_at, appeal.accepted_by_id = since, cast.channel.id
        if until is not None:
            appeal.decided_at, appeal.decided_by_id = until, cast.leader.id
            appeal.overturned, appeal.remark = False, "维持"
    for since, to in moved:
        move_due(cast, notice, since, to, course)
    db.session.flush()
    return notice


def a_risk(cast: Cast, notice: Notice, asked_at: datetime, answered_at: datetime) -> None:
    risk = rows.a_risk(notice, cast.subbranch)
    risk.asked_at, risk.answered_at = asked_at, answered_at
    risk.answer, risk.answered_by_id = "accepted", cast.leader.id
    risk.review_on = date(2027, 11, 1)


def move_due(cast: Cast, notice: Notice, since: datetime, to: date, course: Course) -> None:
    """By what happened at that time: a return, a reopening, the end of an appeal; else an
    extension."""
    on = to.isoformat()
    near = timedelta(minutes=5)
    if any(r.returned_at and abs(r.returned_at - since) < near for r in course.rounds):
        record(notice.rectification, "return", cast.channel, since, due_on=on)
    elif any(c.reopened_at and abs(c.reopened_at - since) < near for c in course.closings):
        record(notice.rectification, "reopen", cast.channel, since, due_on=on)
    elif any(until and abs(until - since) < near for _, until in course.pauses):
        record(notice.rectification, "resume", cast.leader, since, due_on=on)
    else:
        extension = Extension(
            notice=notice,
            due_on=course.due[0][1],
            wanted_on=to,
            reason="门头字缺货",
            asked_at=since - timedelta(hours=1),
            asked_by_id=cast.subbranch.id,
            answer="granted",
            answered_at=since,
            answered_by_id=cast.channel.id,
            remark="",
        )
        db.session.add(extension)


def test_a_withdrawn_notice_and_another_quarter_s_are_not_late(cast: Cast) -> None:
    quarter, course = read("due 11-20")
    notice = laid_down(cast, course)
    assert len(late_notices(quarter)) == 1
    assert late_notices(Q3) == []
    notice.withdrawn_at, notice.withdrawn_by_id = moment("2026-12-20"), cast.channel.id
    notice.withdrawn_reason = "检查项写错"
    db.session.flush()
    assert late_notices(quarter) == []
    assert len(late_notices(quarter, withdrawn_after=moment("2026-12-19"))) == 1
    assert late_notices(quarter, withdrawn_after=moment("2026-12-21")) == []
