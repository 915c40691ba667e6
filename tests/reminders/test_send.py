"""The daily run: what is due reaches whom it concerns, once, whenever and however often it runs."""

from datetime import timedelta

import pytest

from inspector.db import db
from inspector.notices.models import Notice
from inspector.people.models import Person
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import CountQueries
from tests.population import a_mixed_department
from tests.reminders.conftest import Frozen
from tests.reminders.telling import told


@pytest.fixture
def notice(frozen: Frozen, cast: Cast) -> Notice:
    """Issued on 23 November, signed for, due on the 26th."""
    return rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "acknowledged")


def test_a_notice_that_nobody_puts_right_climbs_day_by_day(
    frozen: Frozen, cast: Cast, notice: Notice
) -> None:
    by_day = {}
    for day in range(23, 31):
        before = len(told())
        frozen.run(f"2026-11-{day}")
        by_day[day] = told()[before:]
    frozen.run("2026-12-03")
    assert by_day == {
        23: [],  # it has come today, and says itself until when
        24: [("outlet", "soon")],
        25: [],
        26: [],
        27: [("outlet", "late"), ("subbranch", "late")],
        28: [],
        29: [("channel", "bulletin"), ("outlet", "bulletin"), ("subbranch", "bulletin")],
        30: [],
    }
    assert told(cast.leader) == [("leader", "leader")]
    assert told(cast.other_outlet) == told(cast.inspector) == told(cast.admin) == []


def test_run_twice_or_ten_times_it_tells_once(frozen: Frozen, cast: Cast, notice: Notice) -> None:
    assert frozen.run("2026-11-27 08:00") == 2
    assert [frozen.run(f"2026-11-27 {hour:02}:00") for hour in range(9, 19)] == [0] * 10


@pytest.mark.one_engine
def test_a_run_that_comes_late_tells_each_the_highest_level_and_nothing_that_is_over(
    frozen: Frozen, cast: Cast, notice: Notice
) -> None:
    frozen.run("2026-12-20")
    assert told() == [
        ("channel", "bulletin"),
        ("outlet", "bulletin"),
        ("subbranch", "bulletin"),
        ("leader", "leader"),
    ]


@pytest.mark.one_engine
def test_what_is_done_meanwhile_is_not_told(frozen: Frozen, cast: Cast, notice: Notice) -> None:
    rows.a_report(notice.rectification, cast.outlet)
    db.session.flush()
    assert frozen.run("2026-11-28") == 0


@pytest.mark.parametrize(("last_minute", "news"), [("26 23:59:59", []), ("27 00:00:00", ["late"])])
def test_the_due_day_ends_at_midnight_in_shanghai(
    frozen: Frozen, cast: Cast, notice: Notice, last_minute: str, news: list[str]
) -> None:
    frozen.run("2026-11-25")
    frozen.run(f"2026-11-{last_minute}")
    assert [rule for _, rule in told(cast.subbranch)] == news


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("due_on", "soon", "late", "leader"),
    [
        ("2027-01-01", "2026-12-30", "2027-01-02", "2027-01-08"),
        ("2028-02-29", "2028-02-27", "2028-03-01", "2028-03-07"),
        ("2026-12-31", "2026-12-29", "2027-01-01", "2027-01-07"),
    ],
)
def test_the_days_run_on_over_year_end_leap_day_and_quarter(
    frozen: Frozen, cast: Cast, notice: Notice, due_on: str, soon: str, late: str, leader: str
) -> None:
    notice.rectification.due_on = frozen.put(due_on).date()
    db.session.flush()
    for day in (soon, late, leader):
        eve = (frozen.put(day) - timedelta(days=1)).date().isoformat()
        if day != leader:
            assert frozen.run(eve) == 0, day
        assert frozen.run(day) > 0, day
    assert told(cast.outlet) == [("outlet", "soon"), ("outlet", "late"), ("outlet", "bulletin")]
    assert told(cast.leader) == [("leader", "leader")]


@pytest.mark.one_engine
def test_an_extension_begins_a_new_round(frozen: Frozen, cast: Cast, notice: Notice) -> None:
    frozen.run("2026-11-24")
    extension = rows.asked_for_more_time(notice, cast.subbranch)
    extension.grant(remark="", by=cast.channel, at=frozen.put("2026-11-25"))
    db.session.flush()
    assert [frozen.run(f"2026-11-{day}") for day in (25, 26, 27, 28, 29)] == [0, 1, 0, 0, 2]
    assert told(cast.outlet) == [("outlet", "soon"), ("outlet", "soon"), ("outlet", "late")]


@pytest.mark.one_engine
def test_an_appeal_stops_the_clock_and_it_goes_on_with_the_days_left(
    frozen: Frozen, cast: Cast, notice: Notice
) -> None:
    rows.an_appeal(notice, cast.subbranch).accept(by=cast.channel, at=frozen.put("2026-11-25"))
    db.session.flush()
    assert frozen.run("2026-12-02") == 0
    assert frozen.run("2026-12-03") == 2  # the panel is late: the desk and the leader
    assert {rule for _, rule in told()} == {"appeal_decision"}
    notice.rectification.resume(by=cast.leader, at=frozen.put("2026-12-04"))
    assert notice.appeal
    notice.appeal.decided_at, notice.appeal.decided_by_id = frozen.moment, cast.leader.id
    notice.appeal.overturned = False
    db.session.flush()
    assert str(notice.rectification.due_on) == "2026-12-05"
    assert frozen.run("2026-12-04") == 1
    assert frozen.run("2026-12-06") == 2
    assert [rule for _, rule in told(cast.outlet)] == ["soon", "late"]


def test_a_report_in_time_that_is_returned_after_the_due_day_is_late_from_the_return(
    frozen: Frozen, cast: Cast, notice: Notice
) -> None:
    report = rows.a_report(notice.rectification, cast.outlet)
    db.session.flush()
    assert frozen.run("2026-11-28") == 0
    report.give_back(reason="照片看不清", by=cast.channel, at=frozen.put("2026-11-30"))
    db.session.flush()
    assert notice.rectification.deadline
    assert notice.rectification.deadline.days_late(frozen.moment.date()) == 1
    by_day = {}
    for day in ("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-06"):
        before = len(told(cast.subbranch)), len(told(cast.leader))
        frozen.run(day)
        by_day[day] = told(cast.subbranch)[before[0] :] + told(cast.leader)[before[1] :]
    assert by_day == {
        "2026-11-30": [("subbranch", "late")],
        "2026-12-01": [],
        "2026-12-02": [("subbranch", "bulletin")],
        "2026-12-06": [("leader", "leader")],
    }


def test_who_does_not_sign_is_told_then_their_sub_branch_then_it_counts_as_served(
    frozen: Frozen, cast: Cast
) -> None:
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "issued")
    for day in (23, 24, 25, 26):
        frozen.run(f"2026-11-{day}")
    signing = {"sign", "unsigned", "served"}
    assert [(who, rule) for who, rule in told() if rule in signing] == [
        ("outlet", "sign"),
        ("subbranch", "unsigned"),
        ("outlet", "served"),
        ("subbranch", "served"),
    ]


def test_the_desk_is_told_what_is_late_at_its_own_end(frozen: Frozen, cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "submitted")
    rows.a_notice_at(cast, visit, 0, "draft")
    rows.a_notice_at(cast, visit, 1, "reported")
    rows.an_appeal(
        rows.a_notice_at(cast, visit, 2, "acknowledged", due_on=MONDAY.date()), cast.subbranch
    )
    db.session.flush()
    by_day = {}
    for day in range(23, 30):
        before = len(told(cast.channel))
        frozen.run(f"2026-11-{day}")
        by_day[day] = [rule for _, rule in told(cast.channel)[before:]]
    assert by_day == {
        23: [],
        24: [],
        25: [],
        26: ["bulletin", "issue"],
        27: ["appeal_answer", "confirm"],
        28: [],
        29: ["verify"],
    }


def test_an_inspector_is_told_to_upload_and_a_shopper_has_a_day_more(
    frozen: Frozen, cast: Cast
) -> None:
    rows.a_visit_at(cast, "in_progress")
    rows.a_visit_at(cast, "assigned", kind="mystery")
    for day in (23, 24, 25, 26):
        frozen.run(f"2026-11-{day}")
    assert told() == [("inspector", "upload"), ("shopper", "upload")]
    assert frozen.run("2026-12-24") == 0


@pytest.mark.one_engine
def test_a_visit_that_came_back_is_due_anew(frozen: Frozen, cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "submitted")
    visit.send_back(comment="补照片", by=cast.channel, at=frozen.put("2026-11-30"))
    db.session.flush()
    assert frozen.run("2026-12-01") == 0
    assert frozen.run("2026-12-02") == 1


def test_ninety_days_after_striking_off_the_desk_is_told_to_look_back_unless_somebody_was_there(
    frozen: Frozen, cast: Cast
) -> None:
    for at in ("YA0302", "YA0102"):
        rows.a_notice_at(
            cast, rows.a_visit_at(cast, "confirmed", at=at), 0, "closed", seq=int(at[-3:])
        )
    later = rows.a_visit_at(cast, "submitted", at="YA0102")
    later.started_at = MONDAY + timedelta(days=9)
    later.confirmed_at, later.confirmed_by_id = later.started_at, cast.channel.id
    db.session.flush()
    assert frozen.run("2027-02-20") == 0
    assert frozen.run("2027-02-21") == 1
    assert told() == [("channel", "effectiveness")]


@pytest.mark.one_engine
def test_an_accepted_risk_is_told_again_on_its_day(
    frozen: Frozen, cast: Cast, notice: Notice
) -> None:
    day = frozen.put("2027-01-15").date()
    notice.rectification.accept_risk(review_on=day, by=cast.leader, at=MONDAY + timedelta(hours=9))
    db.session.flush()
    assert [frozen.run("2027-01-14"), frozen.run("2027-01-15")] == [0, 1]
    assert told() == [("channel", "review")]


@pytest.mark.one_engine
def test_a_notice_withdrawn_or_a_visit_called_off_is_not_told(
    frozen: Frozen, cast: Cast, notice: Notice
) -> None:
    rows.taken_back(notice, cast.channel)
    rows.a_visit_at(cast, "cancelled")
    rows.a_visit_at(cast, "void")
    db.session.flush()
    assert frozen.run("2026-12-20") == 0


@pytest.mark.one_engine
def test_what_is_left_of_a_merged_outlet_concerns_the_one_that_went_on_for_it(
    frozen: Frozen, cast: Cast, notice: Notice
) -> None:
    notice.finding.visit.branch.merged_into = cast.other_outlet.branch
    db.session.flush()
    frozen.run("2026-11-27")
    assert told() == [("other_outlet", "late")]


@pytest.mark.one_engine
def test_a_closed_account_is_told_nothing_and_a_new_one_what_is_still_true(
    frozen: Frozen, cast: Cast, notice: Notice
) -> None:
    cast.subbranch.closed_at = MONDAY
    db.session.flush()
    frozen.run("2026-11-27")
    successor = Person(
        username="new",
        name="新行长",
        role="subbranch",
        branch=cast.subbranch.branch,
        password_hash="",
    )
    db.session.add(successor)
    db.session.flush()
    frozen.run("2026-11-28")
    assert told() == [("outlet", "late"), ("new", "late")]


def test_more_matters_need_no_more_statements(
    frozen: Frozen, cast: Cast, count_queries: CountQueries
) -> None:
    a_mixed_department(cast)
    db.session.commit()

    def statements() -> int:
        db.session.expire_all()
        with count_queries() as sent:
            frozen.run("2027-03-20")
        return len([one for one in sent if not one.startswith("INSERT")])

    few = statements()
    for n in range(8):
        visit = rows.a_visit_at(cast, "submitted", at=f"YA020{1 + n % 3}", kind="offsite")
        rows.a_notice_at(
            cast, visit, n, ("issued", "reported", "closed", "draft")[n % 4], seq=100 + n
        )
    db.session.commit()
    assert statements() == few
