"""What becomes different after a quarter was frozen: a line in the next one, never another number
(domain.md 3.7)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from inspector import clock
from inspector.clock import SHANGHAI, Quarter
from inspector.db import db
from inspector.findings.models import Finding
from inspector.notices.appeals import Appeal, Ground, Member
from inspector.notices.undoing import make_void
from inspector.scores import adjustments, results
from inspector.scores.models import Adjustment, Freeze, QuarterScore
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.scores.quarters import (
    FROZEN_AT,
    LATER,
    Q3,
    Q4,
    A,
    B,
    C,
    a_counted_visit,
    a_real_visit,
    frozen,
    issued_from,
    moment,
    the_worked_example,
)

AT_NEW_YEAR = datetime(2027, 1, 10, 10, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, 10, tzinfo=SHANGHAI))


def told(lines: Sequence[Adjustment]) -> list[tuple[str, str]]:
    """The cause and the points of each line."""
    return [
        (line.cause, f"{line.points:+.3f}" if line.points is not None else "-") for line in lines
    ]


def numbers() -> list[tuple[str, Decimal | None]]:
    db.session.expire_all()
    of_q3 = select(QuarterScore).join(Freeze, QuarterScore.freeze_id == Freeze.id)
    rows = db.session.scalars(of_q3.where(Freeze.quarter == str(Q3)).order_by(QuarterScore.code))
    return [(row.code, row.value) for row in rows]


def void(cast: Cast, visit: Visit, at: datetime = LATER) -> None:
    visit.ask_void(reason="检查员走错网点", by=cast.channel, at=at)
    make_void(visit, by=cast.leader, at=at)
    db.session.flush()


def test_nothing_happened_so_there_is_no_line(cast: Cast) -> None:
    the_worked_example(cast)
    assert adjustments.pending(Q4) == []
    frozen(cast)
    assert adjustments.pending(Q4) == []


def test_a_visit_declared_void_makes_a_line_with_who_and_why(
    cast: Cast, client_of: ClientOf
) -> None:
    visits = the_worked_example(cast)
    frozen(cast)
    before = numbers()
    void(cast, visits["a1"])
    (line,) = adjustments.pending(Q4)
    # A: (0.4 x 82 + 0.2 x 90) / 0.6 = 84.67 instead of 86.16; half of it, times 0.40.
    assert told([line]) == [("void", "-0.299")]
    assert (line.by_id, line.at, line.why) == (cast.leader.id, LATER, "检查员走错网点")
    assert line.quarter == "2026Q3"
    assert numbers() == before
    page = client_of(cast.channel).get("/scores?quarter=2026Q4").text
    assert "检查作废" in page
    assert "−0.30" in page
    own = client_of(cast.subbranch).get("/scores/2026Q4/YA03").text
    assert "−0.30" in own
    assert cast.leader.name not in own
    assert "检查作废" not in client_of(cast.other_outlet).get("/scores").text


def test_an_appeal_decided_later_gives_its_points_back_in_the_next_quarter(cast: Cast) -> None:
    visit = a_real_visit(cast)
    notice = issued_from(cast, visit.findings[0], "2026-09-29")
    frozen(cast)
    was = visit.score
    overturn(cast, notice.finding)
    assert visit.score is not None and was is not None  # noqa: PT018
    gained = (visit.score - was) * Decimal("0.40")
    (line,) = adjustments.pending(Q4)
    assert line.cause == "rescored"
    assert line.points is not None
    assert abs(line.points - gained) < Decimal("1e-9")
    assert line.by_id == cast.leader.id
    assert line.why == "调阅录像核实"


def overturn(cast: Cast, finding: Finding) -> None:
    """An appeal that succeeds, filed in time and decided after the freeze."""
    assert finding.rectification is not None
    notice = finding.rectification.notice
    assert notice is not None
    at = moment("2026-09-30")
    appeal = Appeal.file(
        notice, ground=Ground.FACT, statement="正在更换", photos=[], by=cast.subbranch, at=at
    )
    db.session.flush()
    appeal.accept(by=cast.channel, at=at + timedelta(days=1))
    appeal.overturn(
        reason="调阅录像核实",
        panel=[Member(cast.leader, "行领导"), Member(cast.admin, "内控合规部")],
        by=cast.leader,
        at=LATER,
    )
    db.session.flush()


def test_a_visit_confirmed_after_the_freeze_makes_a_line(cast: Cast) -> None:
    the_worked_example(cast)
    frozen(cast)
    late = a_counted_visit(cast, "60.00", at=C, kind="offsite", on="2026-09-30")
    late.confirmed_at = LATER
    db.session.flush()
    (line,) = adjustments.pending(Q4)
    assert told([line]) == [("late_visit", "-2.827")]
    assert (line.outlet_was, line.outlet_now) == (None, Decimal(60))
    assert line.outlet.code == C if line.outlet else True


def test_a_mystery_visit_published_after_the_freeze_counts_with_its_whole_batch(
    cast: Cast,
) -> None:
    the_worked_example(cast)
    hidden = rows.a_visit_at(cast, "confirmed", at=C, kind="mystery")
    hidden.started_at, hidden.score = moment("2026-09-30"), Decimal(60)
    db.session.flush()
    frozen(cast)
    assert adjustments.pending(Q4) == []
    rows.published(rows.a_batch(cast, hidden, quarter="2026Q3"), cast.channel)
    db.session.flush()
    (line,) = adjustments.pending(Q4)
    assert line.cause == "late_visit"
    assert line.at == hidden.published_at


def test_a_late_notice_that_is_withdrawn_gives_its_point_back(cast: Cast) -> None:
    visits = the_worked_example(cast)
    frozen(cast)
    notice = visits["b1"].findings[0].rectification
    assert notice is not None and notice.notice is not None  # noqa: PT018
    notice.notice.take_back(reason="检查项写错", by=cast.channel, at=LATER)
    db.session.flush()
    (line,) = adjustments.pending(Q4)
    assert told([line]) == [("notice", "+0.200")]
    assert line.why == "检查项写错"


def test_the_amounts_of_several_lines_add_up_to_the_whole_difference(cast: Cast) -> None:
    visits = the_worked_example(cast)
    frozen(cast)
    void(cast, visits["a1"])
    void(cast, visits["b2"], LATER + timedelta(days=1))
    lines = adjustments.pending(Q4)
    assert [line.at for line in lines] == sorted(line.at for line in lines if line.at)
    was, now = lines[0].was, lines[-1].now
    assert was is not None and now is not None  # noqa: PT018
    assert sum(line.points or 0 for line in lines) == (now - was) * Decimal("0.40")
    # What is left: A 84.67, B 79.50 - 1.
    assert f"{now:.2f}" == "81.58"


def test_lines_are_kept_when_the_next_quarter_is_frozen_and_not_told_again(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = the_worked_example(cast)
    a_counted_visit(cast, "90.00", on="2026-11-10")
    frozen(cast)
    before = numbers()
    void(cast, visits["a1"])
    frozen(cast, Q4, AT_NEW_YEAR)
    kept = db.session.scalars(select(Adjustment)).all()
    assert told(kept) == [("void", "-0.299")]
    found = {one.code: one for one in results.result(Q4).standings}["YA03"]
    # 90 less 1: the notice that was overdue at the end of September still is in December.
    assert found.contribution == Decimal("35.60")
    assert f"{found.total:.2f}" == "35.30"
    next_year = Quarter(2027, 1)
    assert adjustments.pending(next_year) == []
    void(cast, visits["b2"], AT_NEW_YEAR + timedelta(days=1))
    (line,) = adjustments.pending(next_year)
    assert line.was is not None
    assert f"{line.was:.2f}" == "80.46"  # where the first line had left it
    assert numbers() == before
    monkeypatch.setattr(clock, "now", lambda: AT_NEW_YEAR)
    page = client_of(cast.channel).get("/scores/2026Q3/YA03").text
    assert "锁定后的变化" in page


def test_what_was_told_and_changes_once_more_is_told_once_more(cast: Cast) -> None:
    visits = the_worked_example(cast)
    frozen(cast)
    visit = visits["a1"]
    visit.score = Decimal("98.40")
    db.session.flush()
    frozen(cast, Q4, AT_NEW_YEAR)
    visit.score = Decimal("88.40")  # as it was frozen: yet the line that was told must come back
    db.session.flush()
    (line,) = adjustments.pending(Quarter(2027, 1))
    assert told([line]) == [("rescored", "-0.800")]
    void(cast, visit, AT_NEW_YEAR + timedelta(days=1))
    (line,) = adjustments.pending(Quarter(2027, 1))
    assert line.cause == "void"


def test_a_line_stands_in_the_first_quarter_after_it_that_is_not_frozen(cast: Cast) -> None:
    visits = the_worked_example(cast)
    a_counted_visit(cast, "70", on="2026-05-10")
    frozen(cast, Quarter(2026, 2), at=moment("2026-07-10"))
    frozen(cast)
    void(cast, visits["a1"])
    spring = db.session.scalars(
        select(Visit).where(Visit.started_at < Q3.start, Visit.branch_id == make.branch(B).id)
    ).one()
    spring.score = Decimal(80)
    db.session.flush()
    lines = adjustments.pending(Q4)
    assert sorted(line.quarter for line in lines) == ["2026Q2", "2026Q3"]
    assert adjustments.pending(Q3) == []
    assert adjustments.pending(Quarter(2027, 1)) == []


def test_a_blank_is_not_adjusted(cast: Cast, client_of: ClientOf) -> None:
    frozen(cast)
    late = a_counted_visit(cast, "60.00", at=A, kind="offsite", on="2026-09-30")
    late.confirmed_at = LATER
    db.session.flush()
    (line,) = adjustments.pending(Q4)
    assert line.points is None
    assert client_of(cast.channel).get("/scores?quarter=2026Q4").status_code == 200


def test_more_changes_need_no_more_statements(cast: Cast, count_queries: CountQueries) -> None:
    def statements() -> int:
        db.session.expire_all()
        with count_queries() as sent:
            adjustments.pending(Q4)
        return len(sent)

    visits = the_worked_example(cast)
    more = [a_counted_visit(cast, "70", at=at) for at in ("YA0102", "YA0901", "YA0201")]
    frozen(cast, at=FROZEN_AT)
    void(cast, visits["a1"])
    few = statements()
    for visit in more:
        void(cast, visit)
    assert statements() == few
