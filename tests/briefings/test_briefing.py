"""The briefing of a sub-branch for its service analysis meeting."""

import dataclasses
import io
from datetime import date, datetime
from decimal import Decimal

import pypdf
import pytest

from inspector import clock
from inspector.briefings.gathering import gather
from inspector.calendar.months import Month
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.notices.papers import drawing
from inspector.notices.papers.briefing import BriefingDocument
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.notices.paper import words
from tests.scores.quarters import A, B, a_counted_visit, a_late_notice, moment

AUGUST = Month(2026, 8)
PAGE = "/briefings/2026-08/YA03"


@pytest.fixture(autouse=True)
def _october(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 12, 10, tzinfo=SHANGHAI))


def told(month: Month = AUGUST) -> BriefingDocument:
    db.session.flush()
    return gather(month, make.branch("YA03"), on=clock.today())


def test_it_tells_the_month_the_score_so_far_and_what_waits(cast: Cast) -> None:
    visit = a_counted_visit(cast, "80", at=B)
    a_counted_visit(cast, "90", at=A, on="2026-07-03")
    a_counted_visit(cast, "10", at="YA0401")
    notice = a_late_notice(cast, visit)
    notice.finding.occurrence = 2
    said = told()
    assert (said.visits, said.found, said.notices, said.closed) == (1, 1, 1, 0)
    assert (said.score, said.inspected, said.outlets) == (Decimal("84.5"), 2, 3)
    assert [one.score for one in said.scores] == [79, 90, None]
    (line,) = said.open
    assert (line.notice, line.days_left, said.overdue) == (notice.number, -22, 1)
    assert [one.occurrence for one in said.repeats] == [2]
    (item,) = said.items
    assert (item.occurrence, item.late) == (2, 1)


def test_it_tells_nothing_that_is_not_published(cast: Cast) -> None:
    a_counted_visit(cast, "80", at=B)
    before = told()
    secret = rows.a_visit_at(cast, "confirmed", at=B, kind="mystery")
    secret.started_at, secret.score = moment("2026-08-11"), Decimal("10")
    finding = rows.decided(rows.a_finding(secret), cast.channel)
    finding.occurrence = 3
    assert told() == before


def test_a_sub_branch_reads_its_own(cast: Cast, client_of: ClientOf) -> None:
    a_counted_visit(cast, "80", at=B)
    client = client_of(cast.subbranch)
    assert "80.00" in client.get(PAGE).get_data(as_text=True)
    page = client.get("/briefings").get_data(as_text=True)
    assert "/YA03" in page
    assert "/YA04" not in page


@pytest.mark.parametrize("month", ["2026-11", "2026-13", "x", "1999-01"])
def test_a_month_that_has_not_begun_or_is_none_is_unknown(
    cast: Cast, client_of: ClientOf, month: str
) -> None:
    assert client_of(cast.channel).get(f"/briefings/{month}/YA03").status_code == 404


def test_the_page_asks_the_same_number_of_questions_for_many(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.channel)

    def asked(numbers: range) -> int:
        visit = a_counted_visit(cast, "80", at=B)
        for n in numbers:
            a_late_notice(cast, visit, n).finding.occurrence = 2
        db.session.flush()
        with count_queries() as sent:
            assert client.get(PAGE).status_code == 200
        return len(sent)

    assert asked(range(1)) == asked(range(1, 6))


@pytest.mark.one_engine
def test_the_fullest_briefing_is_one_page(cast: Cast) -> None:
    visit = a_counted_visit(cast, "80", at=B)
    for n in range(8):
        notice = a_late_notice(cast, visit, n)
        notice.finding.occurrence = 2
        notice.finding.issue = f"X{n}"
        notice.finding.text_zh = "填单台各业务填单样本与现行版式不一致或者缺失。" * 5
    doc = told()
    (score, *_rest) = doc.scores
    full = dataclasses.replace(doc, scores=(score,) * 6)
    assert (len(full.open), len(full.repeats), len(full.items)) == (5, 3, 3)
    paper = drawing.draw(full)
    assert len(pypdf.PdfReader(io.BytesIO(paper)).pages) == 1
    assert "建议研究的问题" in words(paper)
    assert full.issued_on == date(2026, 10, 12)
