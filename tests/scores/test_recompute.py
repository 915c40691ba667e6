"""`flask scores recompute`: from the raw answers, naming whatever differs."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update

from inspector.db import db
from inspector.scores.models import CountedLateness, CountedVisit, QuarterScore
from inspector.scores.recomputing import recompute
from inspector.visits.models import Answer, Visit
from tests.cast import Cast
from tests.conftest import CountQueries
from tests.scores.quarters import Q3, A, B, C, a_real_visit, frozen, issued_from
from tests.scores.test_adjust import overturn, void


def run(app: Flask, *more: str) -> tuple[int, str]:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["scores", "recompute", "2026Q3", *more])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def visits(cast: Cast) -> list[Visit]:
    """Three real visits, one with a veto, and a notice that was late."""
    made = [
        a_real_visit(cast, ("ON-RAK-02", "ON-ENV-04"), at=A, on="2026-08-10"),
        a_real_visit(cast, ("ON-RAK-02", "ON-RAK-03"), at=B, on="2026-08-11"),
        a_real_visit(cast, (), at=C, on="2026-08-12"),
    ]
    issued_from(cast, made[1].findings[0], "2026-08-20")
    return made


def test_what_is_right_is_told_to_be(app: Flask, visits: list[Visit], cast: Cast) -> None:
    assert run(app, "--check") == (0, "2026Q3: 3 visits, 52 units recomputed; 0 differ.\n")
    frozen(cast)
    assert run(app, "--check") == (0, "2026Q3: 3 visits, 52 units recomputed; 0 differ.\n")


def test_a_stored_score_that_is_wrong_is_named(app: Flask, visits: list[Visit]) -> None:
    right = visits[0].score
    assert right is not None
    visits[0].score = right + Decimal("0.01")
    code, said = run(app, "--check")
    assert code == 1
    assert f"{A} onsite visit {visits[0].id}: stored" in said
    assert run(app)[0] == 0


def test_an_answer_that_was_tampered_with_is_named(app: Flask, visits: list[Visit]) -> None:
    item = next(item for item in visits[2].version.items if item.points and item.type == "yesno")
    db.session.execute(
        update(Answer)
        .where(Answer.visit_id == visits[2].id, Answer.item_id == item.id)
        .values(value="no")
    )
    code, said = run(app, "--check")
    assert code == 1
    assert str(visits[2].id) in said


def test_each_frozen_number_that_was_tampered_with_is_named(
    app: Flask, visits: list[Visit], cast: Cast
) -> None:
    frozen(cast)
    kept = {row.code: row for row in db.session.scalars(select(QuarterScore))}
    for name, value in (("value", Decimal(99)), ("inspected", 7), ("late", 3)):
        was = getattr(kept["YA03"], name)
        setattr(kept["YA03"], name, value)
        code, said = run(app, "--check")
        assert (code, said.count("stored")) == (1, 1), name
        assert "frozen: YA03" in said
        assert f", {name}: stored" in said
        setattr(kept["YA03"], name, was)
    assert run(app, "--check")[0] == 0


def test_a_counted_visit_or_lateness_that_was_tampered_with_is_named(
    app: Flask, visits: list[Visit], cast: Cast
) -> None:
    frozen(cast)
    late = db.session.scalars(select(CountedLateness)).one()
    late.days += 1
    assert "frozen: late notice 〔2026〕" in run(app, "--check")[1]
    db.session.delete(late)
    assert "frozen: late notice 〔2026〕" in run(app, "--check")[1]
    counted = db.session.scalars(select(CountedVisit)).first()
    assert counted is not None
    counted.score -= 1
    assert f"frozen: {A}" in run(app, "--check")[1] or "frozen: YA03" in run(app, "--check")[1]


def test_what_was_adjusted_since_is_no_difference(
    app: Flask, visits: list[Visit], cast: Cast
) -> None:
    """The frozen numbers are compared as the findings stood when they were frozen."""
    notice = issued_from(cast, visits[0].findings[0], "2026-09-29")
    frozen(cast)
    before = visits[0].score
    overturn(cast, notice.finding)
    assert visits[0].score != before
    void(cast, visits[2])
    assert run(app, "--check") == (0, "2026Q3: 2 visits, 52 units recomputed; 0 differ.\n")


def test_what_is_no_quarter_is_refused(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["scores", "recompute", "autumn"])
    assert result.exit_code == 2
    assert "2026Q3" in result.output


def test_more_visits_need_no_more_statements(cast: Cast, count_queries: CountQueries) -> None:
    def statements() -> int:
        db.session.expire_all()
        with count_queries() as sent:
            assert recompute(Q3).differences == []
        return len(sent)

    a_real_visit(cast, at=A)
    few = statements()
    for at in (B, C, "YA0102"):
        a_real_visit(cast, at=at)
    assert statements() == few
