"""Repeat offences in the rows: judged at confirmation, counted anew when the past changes, one to
one throughout (domain.md 3.8 and 3.9)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from inspector.db import db
from inspector.findings.models import Finding, Rectification
from inspector.findings.repeats import Judgement
from inspector.history import Event
from inspector.notices import issuing, queries, repeats
from inspector.notices.past import earlier, past_of
from inspector.people.models import Branch
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries
from tests.together import at_once, request, statuses

EXPIRED = "ON-RAK-02"


def noon(day: str) -> datetime:
    """Noon at the bank."""
    return datetime.fromisoformat(f"{day}T04:00").replace(tzinfo=UTC)


def seen(cast: Cast, day: str, n: int = 0, **changes: Any) -> Finding:
    """The n-th item of a visit that began at noon of a day, not decided. `at` is the outlet."""
    where = {name: changes.pop(name) for name in ("at", "kind") if name in changes}
    stage = "published" if where.get("kind") == "mystery" else "submitted"
    visit = rows.a_visit_at(cast, stage, **({"kind": "offsite"} | where))
    visit.started_at = noon(day)
    finding = rows.a_finding(visit, n, **changes)
    db.session.flush()
    return finding


def confirmed(cast: Cast, finding: Finding, day: str | None = None) -> Finding:
    """The finding, confirmed at noon of a day: of its visit, unless another is given."""
    assert finding.visit.started_at
    at = noon(day) if day else finding.visit.started_at
    repeats.confirm([finding], by=cast.channel, at=at + timedelta(hours=1))
    db.session.flush()
    return finding


def issued(cast: Cast, finding: Finding, day: str) -> Finding:
    """The finding with its notice issued on a day."""
    notice = case_of(finding).notice
    assert notice
    issuing.issue(notice, by=cast.channel, at=noon(day))
    db.session.flush()
    return finding


def struck_off(cast: Cast, finding: Finding, day: str) -> Finding:
    """The finding, put right and closed on a day."""
    case_of(finding).closed_at, case_of(finding).closed_by = noon(day), cast.channel
    db.session.flush()
    return finding


def case_of(finding: Finding) -> Rectification:
    assert finding.case
    return finding.case


def before(finding: Finding) -> list[Finding]:
    """The offences that make it a repeat."""
    return earlier(finding.visit, [finding.issue])[finding.issue]


def told(*findings: Finding) -> list[int | str | None]:
    """What each finding amounts to: a number, or the word for a duplicate."""
    db.session.expire_all()
    return [
        f.occurrence or ("not carried out" if f.not_carried_out else "in hand") for f in findings
    ]


def test_found_struck_off_and_found_again_is_the_second_with_a_notice_of_its_own(
    cast: Cast,
) -> None:
    first = struck_off(cast, confirmed(cast, seen(cast, "2026-03-02")), "2026-03-04")
    second = confirmed(cast, seen(cast, "2026-06-01"))
    assert told(first, second) == [1, 2]
    assert second.rectification
    assert second.rectification.notice
    assert second.rectification != first.rectification
    assert queries.proof().holds


def test_seen_again_while_open_it_gets_no_notice_and_no_rectification(cast: Cast) -> None:
    first = issued(cast, confirmed(cast, seen(cast, "2026-03-02")), "2026-03-02")
    again = confirmed(cast, seen(cast, "2026-03-03"))
    late = confirmed(cast, seen(cast, "2026-03-09"))
    assert case_of(first).due_on == noon("2026-03-05").date()
    assert told(first, again, late) == [1, "in hand", "not carried out"]
    assert again.rectification is None
    assert again.case == late.case == first.rectification
    assert set(case_of(first).duplicates) == {again, late}
    proof = queries.proof()
    assert (proof.found, proof.notices, proof.holds) == (1, 1, True)


def test_a_duplicate_is_closed_with_the_one_that_it_duplicates(cast: Cast) -> None:
    first = confirmed(cast, seen(cast, "2026-03-02"))
    again = confirmed(cast, seen(cast, "2026-03-03"))
    assert (first.stage, again.stage) == ("confirmed", "confirmed")
    struck_off(cast, first, "2026-03-05")
    assert (first.stage, again.stage) == ("closed", "closed")


def test_corrected_on_the_spot_and_found_again_is_a_repeat(cast: Cast) -> None:
    first = confirmed(cast, seen(cast, "2026-03-02", corrected_on_spot=True))
    second = confirmed(cast, seen(cast, "2026-03-03"))
    assert told(first, second) == [1, 2]


def test_a_shopper_then_an_inspector_under_another_item_of_the_same_issue(cast: Cast) -> None:
    first = seen(cast, "2026-03-02", kind="mystery", n=3)
    second = seen(cast, "2026-06-01", kind="onsite", n=40, issue=first.issue)
    assert first.item_code != second.item_code
    struck_off(cast, confirmed(cast, first), "2026-03-04")
    assert told(first, confirmed(cast, second)) == [1, 2]


def test_neither_another_outlet_nor_another_issue_counts(cast: Cast) -> None:
    struck_off(cast, confirmed(cast, seen(cast, "2026-03-02")), "2026-03-04")
    neighbour = confirmed(cast, seen(cast, "2026-06-01", at="YA0301"))
    other = confirmed(cast, seen(cast, "2026-06-01", n=1))
    assert told(neighbour, other) == [1, 1]


def test_a_rejected_one_counts_for_nothing(cast: Cast) -> None:
    first = seen(cast, "2026-03-02")
    first.reject(reason="证据不足", by=cast.channel, at=noon("2026-03-03"))
    second = confirmed(cast, seen(cast, "2026-06-01"))
    assert told(second) == [1]
    assert first.occurrence is None


def test_what_waits_for_its_decision_is_told_what_it_would_be(cast: Cast) -> None:
    first = struck_off(cast, confirmed(cast, seen(cast, "2026-03-02")), "2026-03-04")
    waiting = seen(cast, "2026-06-01")
    past = past_of(waiting.visit, seen_by=cast.channel)[waiting.id]
    assert (past.judgement, past.earlier) == (Judgement(2), [first])
    assert waiting.occurrence is None


@pytest.mark.parametrize(("day", "occurrence"), [("2026-03-02", 2), ("2026-03-03", 1)])
def test_the_window_is_a_setting(app: Flask, cast: Cast, day: str, occurrence: int) -> None:
    app.config["REPEAT_WINDOW_DAYS"] = 1
    try:
        first = confirmed(cast, seen(cast, "2026-03-01", corrected_on_spot=True))
        second = confirmed(cast, seen(cast, day))
        assert told(first, second) == [1, occurrence]
        assert before(second) == [first] * (occurrence - 1)
    finally:
        app.config["REPEAT_WINDOW_DAYS"] = 365


def test_an_accepted_risk_is_not_put_right_and_met_again_is_no_repeat(cast: Cast) -> None:
    """domain.md 3.5: it cannot be done; there is a day to look again. 2.4: a repeat needs an
    earlier correction."""
    first = struck_off(cast, confirmed(cast, seen(cast, "2026-03-02")), "2026-03-04")
    case_of(first).review_on = noon("2026-09-01").date()
    again = confirmed(cast, seen(cast, "2026-06-01"))
    after = confirmed(cast, seen(cast, "2026-10-01"))
    assert told(first, again, after) == [1, "in hand", "not carried out"]
    assert before(after) == []


def test_while_an_appeal_stops_the_clock_nothing_is_past_due(cast: Cast) -> None:
    first = issued(cast, confirmed(cast, seen(cast, "2026-03-02")), "2026-03-02")
    case_of(first).begun_at = case_of(first).paused_at = noon("2026-03-03")
    again = confirmed(cast, seen(cast, "2026-03-20"))
    assert told(first, again) == [1, "in hand"]


def test_an_overturned_appeal_between_two_makes_the_third_the_second(
    cast: Cast, client_of: ClientOf
) -> None:
    findings = [
        struck_off(cast, confirmed(cast, seen(cast, day)), day)
        for day in ("2026-03-02", "2026-06-01", "2026-09-01")
    ]
    assert told(*findings) == [1, 2, 3]
    findings[1].withdraw(reason="申诉成立", by=cast.leader, at=noon("2026-09-10"))
    repeats.recount(
        findings[1].visit.branch, findings[1].issue, by=cast.leader, at=noon("2026-09-10")
    )
    assert told(findings[0], findings[2]) == [1, 2]


def test_when_the_open_one_is_withdrawn_its_duplicate_gets_a_notice_of_its_own(cast: Cast) -> None:
    first = issued(cast, confirmed(cast, seen(cast, "2026-03-02")), "2026-03-02")
    again, later = (confirmed(cast, seen(cast, day)) for day in ("2026-03-03", "2026-03-04"))
    notice = case_of(first).notice
    assert notice
    first.withdraw(reason="申诉成立", by=cast.leader, at=noon("2026-03-10"))
    notice.take_back(reason="申诉成立", by=cast.leader, at=noon("2026-03-10"))
    repeats.recount(first.visit.branch, first.issue, by=cast.leader, at=noon("2026-03-10"))
    assert told(again, later) == [1, "in hand"]
    assert again.rectification
    assert again.rectification.notice
    assert later.case == again.rectification
    proof = queries.proof()
    assert (proof.found, proof.notices, proof.holds) == (1, 1, True)


def test_a_late_visit_between_two_others_makes_the_second_the_third(cast: Cast) -> None:
    first = struck_off(cast, confirmed(cast, seen(cast, "2026-03-02")), "2026-03-04")
    last = issued(cast, confirmed(cast, seen(cast, "2026-09-01")), "2026-09-02")
    assert told(first, last) == [1, 2]
    between = seen(cast, "2026-06-01", corrected_on_spot=True)
    confirmed(cast, between, day="2026-09-10")
    assert told(first, between, last) == [1, 2, 3]
    assert before(last) == [first, between]
    paper = case_of(last).notice
    assert paper
    assert paper.document
    assert paper.document["occurrence"] == 2  # what is printed stays
    detail = db.session.scalars(
        select(Event.detail).where(Event.verb == "recount", Event.subject_id == last.id)
    ).one()
    assert detail == {"occurrence": 3, "same_as": None}


def test_a_late_visit_that_was_open_then_takes_a_later_draft_over(cast: Cast) -> None:
    later = confirmed(cast, seen(cast, "2026-03-09"))
    again = confirmed(cast, seen(cast, "2026-03-10"))
    assert told(later, again) == [1, "in hand"]
    first = confirmed(cast, seen(cast, "2026-03-02"), day="2026-03-11")
    assert told(first, later, again) == [1, "in hand", "in hand"]
    assert later.case == again.case == first.rectification
    proof = queries.proof()
    assert (proof.found, proof.notices, proof.holds) == (1, 1, True)


def test_a_late_visit_does_not_take_over_a_notice_that_has_its_number(cast: Cast) -> None:
    later = issued(cast, confirmed(cast, seen(cast, "2026-03-09")), "2026-03-09")
    first = confirmed(cast, seen(cast, "2026-03-02"), day="2026-03-11")
    assert told(first, later) == [1, 1]
    proof = queries.proof()
    assert (proof.found, proof.notices, proof.holds) == (2, 2, True)


def test_outlets_that_merge_take_their_past_along(cast: Cast) -> None:
    first = struck_off(cast, confirmed(cast, seen(cast, "2026-03-02", at="YA0301")), "2026-03-04")
    second = confirmed(cast, seen(cast, "2026-06-01"))
    assert told(first, second) == [1, 1]
    make.branch("YA0301").merged_into_id = make.branch("YA0302").id
    db.session.flush()
    repeats.recount(make.branch("YA0301"), first.issue, by=None, at=noon("2026-07-01"))
    assert told(first, second) == [1, 2]
    assert before(second) == [first]


def test_the_points_are_lost_twice_and_three_times_over(cast: Cast) -> None:
    """domain.md 3.7: X = (min(occurrence, 3) - 1) * lost; nothing more from the fourth time on."""
    scores = []
    for day in ("2026-02-02", "2026-04-01", "2026-06-01", "2026-08-01"):
        visit = make.submitted(cast, (EXPIRED,))
        visit.started_at = noon(day)
        finding = struck_off(cast, confirmed(cast, visit.findings[0]), day)
        assert finding.visit.score is not None
        scores.append(finding.visit.score)
        case_of(finding).closed_at = noon(day) + timedelta(days=2)
    lost, available = finding.lost, Decimal(225)
    expected = [100 - 100 * lost * times / available for times in (1, 2, 3, 3)]
    assert [round(score, 9) for score in scores] == [round(one, 9) for one in expected]


def test_a_duplicate_loses_its_points_once(cast: Cast) -> None:
    first, again = (make.submitted(cast, (EXPIRED,)) for _ in range(2))
    again.started_at = MONDAY + timedelta(hours=5)
    confirmed(cast, first.findings[0])
    before = again.score
    confirmed(cast, again.findings[0])
    assert told(again.findings[0]) == ["in hand"]
    assert again.score == before == first.score


def test_a_visit_is_scored_anew_when_its_repeats_change(cast: Cast) -> None:
    visit = make.submitted(cast, (EXPIRED,))
    finding = confirmed(cast, visit.findings[0])
    once = visit.score
    early = make.submitted(cast, spot=(EXPIRED,))
    early.started_at = MONDAY - timedelta(days=30)
    confirmed(cast, early.findings[0], day="2026-11-24")
    assert told(finding) == [2]
    assert visit.score is not None
    assert once is not None
    assert (100 - visit.score) == pytest.approx(2 * (100 - once))


def test_more_findings_need_no_more_statements(
    cast: Cast, count_queries: CountQueries, client_of: ClientOf
) -> None:
    def statements(count: int) -> int:
        for day in ("2026-03-02", "2026-04-02"):
            visit = rows.a_visit_at(cast, kind="offsite")
            visit.started_at = noon(day)
            for n in range(count):
                rows.a_finding(visit, n, corrected_on_spot=day == "2026-03-02")
            client = client_of(cast.channel)
            client.get("/desk")
            with count_queries() as sent:
                assert client.post(f"/visits/{visit.id}/confirmation").status_code == 303
        assert {f.occurrence for f in visit.findings} == {2}
        db.session.execute(text("UPDATE finding SET issue = 'OLD.' || issue"))
        return len(sent)

    assert statements(2) == statements(12)


def test_two_who_confirm_the_same_issue_at_once_make_one_notice(
    cast: Cast, client_of: ClientOf
) -> None:
    first, again = seen(cast, "2026-03-02"), seen(cast, "2026-03-03")
    client = client_of(cast.channel)
    calls = [request(client, f"/findings/{one.id}/confirmation") for one in (first, again)]
    assert statuses(at_once(*calls)) == [303, 303]
    assert told(first, again) == [1, "in hand"]
    assert queries.proof().holds


def test_every_confirmed_finding_has_a_rectification_or_points_at_one(cast: Cast) -> None:
    for day in ("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"):
        confirmed(cast, seen(cast, day, corrected_on_spot=day.endswith("05")))
    own = select(func.count()).select_from(Rectification)
    duplicates = select(func.count()).where(Finding.duplicate_of_id.is_not(None))
    assert (db.session.scalar(own), db.session.scalar(duplicates)) == (1, 3)
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 4
    assert db.session.scalar(select(func.count()).select_from(Branch)) == 52
