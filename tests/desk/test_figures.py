"""The page of plots: the numbers behind each."""

import re
from datetime import datetime, timedelta

import pytest

from inspector import clock
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.desk import figures
from inspector.ledger import queries as ledger
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.desk.test_board import main_of, rows_of
from tests.scores.quarters import Q3, Q4, A, B, a_counted_visit, a_real_visit, frozen, moment


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, 10, tzinfo=SHANGHAI))


def struck_off(cast: Cast, *days: int) -> None:
    """Notices that were struck off in the fourth quarter, each so many days after its issue."""
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    for n, took in enumerate(days):
        notice = rows.a_notice_at(cast, visit, n, "closed", seq=n + 1)
        notice.issued_at = moment("2026-10-05 23:30")
        notice.rectification.closed_at = moment("2026-10-05 00:10") + timedelta(days=took)
    db.session.flush()


def test_closing_times_are_counted_in_days_at_the_bank(cast: Cast) -> None:
    struck_off(cast, 0, 3, 4, 7, 8, 31, 45)
    found = figures.closing(Q4)
    assert dict(zip(found.labels, found.counts, strict=True)) == {
        "0–3": 2,
        "4–7": 2,
        "8–14": 1,
        "15–30": 0,
        "≥ 31": 2,
    }
    assert found.median == 7
    rows.on_spot(rows.a_finding(rows.a_visit_at(cast, "confirmed"), 8), cast.channel)
    for number in found.numbers:
        assert ledger.count(cast.channel, number.filters) == number.count, number
    nothing = figures.closing(Q3)
    assert (nothing.counts, nothing.median, nothing.plot) == ([0] * 5, None, None)


def test_issues_come_the_most_frequent_first_and_open_their_findings(
    cast: Cast, client_of: ClientOf
) -> None:
    a_real_visit(cast, ("ON-RAK-02", "ON-RAK-03"), at=A)
    a_real_visit(cast, ("ON-RAK-02", "ON-BRD-01"), at=B)
    a_real_visit(cast, ("ON-RAK-02",), at="YA0102", on="2026-10-20")  # another quarter
    found = figures.pareto(Q3)
    assert [one.findings for one in found.issues] == [2, 1, 1]
    assert (found.total, found.kinds) == (4, 3)
    assert [one.share for one in found.issues] == [0.5, 0.75, 1]
    client = client_of(cast.channel)
    html = main_of(client.get("/desk/figures?quarter=2026Q3").text)
    links = re.findall(r'<a href="(/findings\?only=counted[^"]*)">(\d+)</a>', html)
    assert [number for _, number in links] == ["2", "1", "1"]
    for href, number in links:
        assert rows_of(client.get(href.replace("&amp;", "&")).text) == int(number), href


def test_the_city_s_course_begins_with_its_first_score(cast: Cast) -> None:
    a_counted_visit(cast, "80", on="2026-05-10")
    a_counted_visit(cast, "90", on="2026-08-10")
    a_counted_visit(cast, "70", on="2026-10-10")
    frozen(cast, Q3)
    found = figures.course(Q4)
    values = [one.value for one in found.standings if one is not None]
    assert list(map(str, found.quarters)) == ["2026Q2", "2026Q3", "2026Q4"]
    assert [str(round(value, 2)) for value in values if value is not None] == [
        "80.00",
        "90.00",
        "70.00",
    ]
    assert found.plot is not None


def test_a_page_of_all_figures(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    a_counted_visit(cast, "80", on="2026-08-10")
    a_real_visit(cast, ("ON-RAK-02",), at=A, on="2026-10-10")
    struck_off(cast, 2, 9)
    client = client_of(cast.channel)
    html = client.get("/desk/figures").text
    with count_queries() as sent:
        client.get("/desk/figures")
    assert main_of(html).count("<svg") == 3
    assert main_of(html).count("<details") == 3  # a table behind each
    a_real_visit(cast, ("ON-RAK-02", "ON-BRD-01"), at=B, on="2026-10-11")
    client.get("/desk/figures")
    with count_queries() as sent_for_more:
        client.get("/desk/figures")
    assert len(sent_for_more) == len(sent)


def test_nothing_yet_is_said_in_words(cast: Cast, client_of: ClientOf) -> None:
    html = main_of(client_of(cast.channel).get("/desk/figures").text)
    assert "<svg" not in html
    assert "暂无查出的问题" in html
