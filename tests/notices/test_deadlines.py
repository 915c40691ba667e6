"""Until when, and how late: the rows of lists, numbers and pages agree with the rule."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import ColumnElement, select

from inspector import clock
from inspector.db import db
from inspector.deadlines import Days, Deadline, Step
from inspector.findings.models import Finding, Rectification
from inspector.notices import deadlines
from inspector.notices.models import Notice
from inspector.visits import deadlines as of_visits
from inspector.visits.models import Visit
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.population import a_mixed_department

STEPS = (Step.ISSUE, Step.RECTIFY, Step.VERIFY)


def test_sql_and_rule_agree_about_what_is_late_on_every_day(cast: Cast) -> None:
    notices = a_mixed_department(cast)
    secret = rows.a_visit_at(cast, "confirmed", at="YA0103", kind="mystery")
    notices.append(rows.a_notice_at(cast, secret, 0, "draft"))
    returned = next(n for n in notices if n.rectification.stage == "returned")
    report = returned.rectification.reports[0]
    returned.rectification.due_on = MONDAY.date()
    report.verified_at = MONDAY + timedelta(days=1, hours=15)  # after midnight, on the 25th
    visits = list(db.session.scalars(select(Visit)))
    visits[0].submitted_at = visits[0].confirmed_at = visits[0].confirmed_by_id = None
    db.session.flush()
    seen: set[str] = set()
    for n in range(2, 14):
        today = MONDAY.date() + timedelta(days=n)
        late = deadlines.late_sql(today, Days())
        for step in STEPS:
            rule = {x.id for x in notices if is_late(deadlines.deadline_of(x), step, today)}
            assert ids(late[step]) == rule, (step, today)
            seen |= {step} if rule else set()
        named = {x.id for x in notices if is_late(deadlines.deadline_of(x), STEPS[1], today, 3)}
        assert ids(deadlines.to_name_sql(today, Days())) == named, today
        for step, sql in of_visits.late_sql(today, Days()).items():
            rule = {v.id for v in visits if is_late(of_visits.deadline_of(v), step, today)}
            assert set(db.session.scalars(select(Visit.id).where(sql))) == rule, (step, today)
            seen |= {step} if rule else set()
    assert seen == {*STEPS, Step.UPLOAD, Step.CONFIRM}


def is_late(found: Deadline | None, step: Step, today: date, by: int = 1) -> bool:
    return found is not None and found.step == step and found.days_late(today) >= by


def ids(condition: ColumnElement[bool]) -> set[uuid.UUID]:
    joined = select(Notice.id).join(Notice.rectification).join(Rectification.finding)
    return set(db.session.scalars(joined.join(Finding.visit).where(condition)))


@pytest.mark.parametrize(
    ("stage", "days", "says"),
    [
        ("issued", 0, ["还剩 3 天", "签收期限", "2026年11月25日", "申诉期限"]),
        ("issued", 2, ["还剩 1 天", "今天到期"]),
        ("issued", 3, ["今天到期", "2026年11月26日视为送达", "晚 1 天"]),
        ("acknowledged", 10, ["晚 7 天"]),
        ("reported", 2, ["验收期限", "2026年11月28日", "还剩 3 天"]),
        ("reported", 7, ["验收期限", "晚 2 天"]),
        ("paused", 9, ["自2026年11月23日起暂停计时"]),
        ("draft", 4, ["下发期限", "2026年11月25日", "晚 2 天"]),
    ],
)
@pytest.mark.one_engine
def test_the_page_of_a_notice_says_until_when_and_how_late(
    cast: Cast,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    days: int,
    says: list[str],
) -> None:
    notice = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, stage)
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=days))
    html = client_of(cast.channel).get(f"/notices/{notice.id}").text
    assert [words for words in says if words not in html] == []


@pytest.mark.one_engine
def test_lists_and_board_say_what_is_late_and_count_it(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = rows.a_visit_at(cast, "submitted")
    rows.a_visit_at(cast, "in_progress", at="YA0102")
    for n, stage in enumerate(("draft", "reported", "acknowledged")):
        rows.a_notice_at(cast, visit, n, stage)
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=6))
    client = client_of(cast.channel)
    board, notices = client.get("/desk").text, client.get("/notices").text
    for only, number in (("late_issue", 1), ("bulletin", 1), ("late_verify", 1)):
        assert f'only={only}">' in board.replace("\n", ""), only
        assert client.get(f"/notices?only={only}").text.count('<tr class="late"') == number
    assert notices.count('<tr class="late"') == 3
    assert client.get("/visits?stage=late").text.count('<tr class="late"') == 2
    assert "确认期限 2026年11月26日" in " ".join(client.get("/visits?stage=late").text.split())
    assert client_of(cast.inspector).get("/visits").text.count('<tr class="late"') == 2
