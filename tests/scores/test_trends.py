"""Several quarters beside each other."""

from datetime import datetime

import pytest

from inspector import clock
from inspector.clock import SHANGHAI
from inspector.scores import results, trends
from tests import cast as make
from tests.cast import Cast
from tests.conftest import CountQueries
from tests.scores.quarters import Q3, Q4, A, B, a_counted_visit, a_late_notice, frozen


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, 10, tzinfo=SHANGHAI))


def test_each_quarter_is_what_it_is_on_its_own_frozen_or_not(
    cast: Cast, count_queries: CountQueries
) -> None:
    for on, score in (("2026-02-10", "71"), ("2026-05-10", "82.5"), ("2026-08-10", "90")):
        a_late_notice(cast, a_counted_visit(cast, score, on=on), int(on[6]), due_on=f"{on[:8]}20")
        a_counted_visit(cast, score, at=A, on=on, kind="offsite")
    a_counted_visit(cast, "64", on="2026-10-10", kind="mystery")
    a_counted_visit(cast, "99", at="YA0102", on="2026-10-10")
    frozen(cast, Q3)
    quarters = trends.until(Q4, 5)
    assert list(map(str, quarters)) == ["2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    unit = make.branch(B)
    assert unit.subbranch.code == "YA03"
    with count_queries() as sent:
        found = trends.results_of(quarters, unit)
    assert [one.stage for one in found] == ["draft", "draft", "draft", "frozen", "draft"]
    for quarter, one in zip(quarters, found, strict=True):
        alone = results.result(quarter, unit.subbranch.id)
        assert one.standings == alone.standings, quarter
    with count_queries() as sent_for_two:
        trends.results_of(trends.until(Q4, 2), unit)
    assert len(sent) == len(sent_for_two)


def test_the_trend_of_the_city_needs_no_outlet_of_a_frozen_quarter(cast: Cast) -> None:
    a_counted_visit(cast, "80", at="YA0102")
    a_counted_visit(cast, "90", at=B)
    frozen(cast, Q3)
    before, now = (one.whole for one in trends.results_of([Q3.before, Q3]))
    assert before is not None
    assert before.value is None
    assert now is not None
    assert now.value is not None
    assert str(round(now.value, 2)) == "85.00"
