"""The draft of a bulletin: from the facts of today, for the desk only, and nothing secret in it."""

import uuid
from datetime import datetime
from decimal import Decimal

import pytest
from flask import Flask

from inspector import clock
from inspector.bulletins.gathering import gather
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.notices.papers.bulletin import BulletinDocument
from inspector.notices.warnings import document_of
from inspector.scores import other
from inspector.visits.models import Practice, Visit
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.scores.quarters import (
    FROZEN_AT,
    Q3,
    A,
    B,
    C,
    a_counted_visit,
    a_late_notice,
    frozen,
    moment,
    the_worked_example,
)

PAGE = "/bulletins/2026Q3"


@pytest.fixture(autouse=True)
def _october(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 12, 10, tzinfo=SHANGHAI))


def drafted(cast: Cast) -> BulletinDocument:
    db.session.flush()
    return gather(Q3, by=cast.channel, on=clock.today())


def a_practice(visit: Visit, text: str = "雨天主动撑伞") -> Practice:
    one = Practice(id=uuid.uuid4(), visit=visit, text=text, added_at=visit.started_at)
    db.session.add(one)
    db.session.flush()
    return one


def test_it_ranks_the_sub_branches_with_coverage_and_points_of_forty(cast: Cast) -> None:
    the_worked_example(cast)
    said = drafted(cast)
    wuqi, *others = said.ranking
    assert (wuqi.rank, wuqi.subbranch) == (1, "吴起支行")
    assert (wuqi.inspected, wuqi.score) == (2, Decimal("81.205"))
    assert (wuqi.contribution, wuqi.total) == (Decimal("32.48200"), None)
    assert {one.rank for one in others} == {None}
    assert not said.is_frozen


def test_q_stands_where_o_is_known_and_is_never_made_up(cast: Cast) -> None:
    the_worked_example(cast)
    other.enter(Q3, make.branch("YA03"), Decimal("90.50"), by=cast.channel, at=FROZEN_AT)
    assert drafted(cast).ranking[0].total == Decimal("86.78200")
    a_counted_visit(cast, "70.00", at="YA0401")
    said = drafted(cast)
    assert [one.total is None for one in said.ranking[:2]] == [False, True]
    assert not said.is_complete


def test_the_share_is_that_of_the_quarters_own_rules(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_worked_example(cast)
    settings = app.config["SCORE"] | {"share": Decimal("0.50")}
    with monkeypatch.context() as half:
        half.setitem(app.config, "SCORE", settings)
        frozen(cast)
    said = drafted(cast)
    assert (said.worth, said.ranking[0].contribution) == (Decimal("50"), Decimal("40.60250"))


def test_it_names_the_best_and_the_last_outlets_and_none_in_both(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, score in ((A, "90"), (B, "70"), (C, "80")):
        a_counted_visit(cast, score, at=code)
    said = drafted(cast)
    assert [one.score for one in said.best] == [90, 80, 70]
    assert said.last == ()
    monkeypatch.setitem(app.config, "BULLETIN_NAMED", 2)
    said = drafted(cast)
    assert [one.score for one in said.best] == [90, 80]
    assert [one.score for one in said.last] == [70]


def test_it_lists_what_is_three_days_late_and_counts_what_it_leaves_out(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = a_counted_visit(cast, "80", at=B)
    for n, due in enumerate(("2026-10-09", "2026-10-10", "2026-09-20")):
        a_late_notice(cast, visit, n, due_on=due)
    said = drafted(cast)
    assert [(one.due_on.isoformat(), one.days) for one in said.overdue] == [
        ("2026-09-20", 22),
        ("2026-10-09", 3),
    ]
    assert said.overdue[0].outlet == "胜利路支行" or said.overdue[0].subbranch == "吴起支行"
    monkeypatch.setitem(app.config, "BULLETIN_LINES", 1)
    said = drafted(cast)
    assert (len(said.overdue), said.overdue_in_all) == (1, 2)


def test_it_lists_repeats_with_notice_and_warning_order(cast: Cast) -> None:
    visit = a_counted_visit(cast, "80", at=B)
    notice = a_late_notice(cast, visit)
    notice.finding.occurrence = 3
    warning = rows.a_warning(notice, cast.channel, 5)
    on = clock.today()
    warning.document = document_of(notice, on=on, seq=5).to_json()
    (line,) = drafted(cast).repeats
    assert (line.occurrence, line.notice) == (3, notice.number)
    assert line.warning.endswith("5号")
    assert drafted(cast).ranking[0].repeats == 1


def test_found_is_corrected_on_the_spot_and_notices(cast: Cast) -> None:
    visit = a_counted_visit(cast, "80", at=B)
    a_late_notice(cast, visit)
    rows.on_spot(rows.decided(rows.a_finding(visit, 5), cast.channel), cast.channel)
    said = drafted(cast)
    assert (said.found, said.on_spot, said.notices, said.closed) == (2, 1, 1, 0)


def test_it_tells_nothing_of_what_is_not_published(cast: Cast) -> None:
    a_counted_visit(cast, "80", at=B)
    before = drafted(cast)
    secret = rows.a_visit_at(cast, "confirmed", at=B, kind="mystery")
    secret.started_at, secret.score = moment("2026-08-11"), Decimal("10")
    for n in range(3):
        finding = rows.decided(rows.a_finding(secret, n), cast.channel)
        finding.occurrence = 3
    a_practice(secret)
    assert drafted(cast) == before


def test_a_shoppers_words_are_not_repeated_even_when_published(cast: Cast) -> None:
    a_practice(a_counted_visit(cast, "80", at=B, kind="mystery"), "十点下雨时为我撑伞")
    kept = a_practice(a_counted_visit(cast, "80", at=A))
    (example,) = drafted(cast).examples
    assert example.text == kept.text


def test_the_draft_is_for_the_desk_and_says_that_it_is_one(cast: Cast, client_of: ClientOf) -> None:
    the_worked_example(cast)
    page = client_of(cast.channel).get(PAGE).get_data(as_text=True)
    assert "草稿" in page
    assert "81.21" in page
    assert "/bulletins/2026Q3/issue" not in page
    for branch in (cast.outlet, cast.subbranch):
        assert client_of(branch).get(PAGE).status_code == 404
        assert "2026Q3" not in client_of(branch).get("/bulletins").get_data(as_text=True)


def test_the_page_asks_the_same_number_of_questions_for_many(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.channel)

    def fill(codes: tuple[str, ...]) -> int:
        for number, code in enumerate(codes):
            visit = a_counted_visit(cast, "80", at=code)
            a_practice(visit)
            for n in range(2):
                seq = 900 + int(code[2:]) * 10 + n
                notice = rows.a_notice_at(
                    cast, visit, n, "acknowledged", seq=seq, due_on=moment("2026-09-20").date()
                )
                notice.issued_at = moment("2026-09-01")
                notice.finding.occurrence = 2 + number % 2
        db.session.flush()
        with count_queries() as sent:
            assert client.get(PAGE).status_code == 200
        return len(sent)

    few = fill(("YA0301", "YA0302", "YA0303"))
    assert fill(("YA0401", "YA0402", "YA0501", "YA0502")) == few
