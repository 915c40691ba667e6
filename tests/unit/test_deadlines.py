"""The table of domain.md 3.6 over the calendar: year end, leap day, quarter, the last minute."""

from datetime import UTC, date, datetime, timedelta

import pytest

from inspector import clock, deadlines
from inspector.clock import Quarter
from inspector.deadlines import SETTINGS, Days, Deadline, Step, deadline
from inspector.reminders.rules import TABLE, Party, told

DAYS = Days()


def on(text: str) -> date:
    return date.fromisoformat(text)


def names(found: Deadline, today: str | date, days: Days = DAYS) -> dict[str, str]:
    """Who is told what on a day."""
    today = on(today) if isinstance(today, str) else today
    return {party.value: rule.name for party, rule in told(found, today, days).items()}


@pytest.mark.parametrize(
    ("start", "days", "due", "late"),
    [
        ("2026-12-30", 3, "2027-01-02", "2027-01-03"),
        ("2026-12-31", 1, "2027-01-01", "2027-01-02"),
        ("2028-02-27", 2, "2028-02-29", "2028-03-01"),
        ("2028-02-28", 1, "2028-02-29", "2028-03-01"),
        ("2027-02-27", 2, "2027-03-01", "2027-03-02"),
        ("2026-09-29", 3, "2026-10-02", "2026-10-03"),
        ("2026-11-23", 0, "2026-11-23", "2026-11-24"),
    ],
)
def test_days_are_counted_on_the_calendar(start: str, days: int, due: str, late: str) -> None:
    found = deadline(Step.CONFIRM, on(start), days)
    assert (found.due_on, found.late_from) == (on(due), on(late))
    assert found.days_late(on(due)) == 0
    assert found.days_late(on(late)) == 1
    assert found.days_left(on(due)) == 0
    assert found.days_left(on(start)) == days


def test_a_day_lasts_until_the_last_second_before_midnight_at_the_bank() -> None:
    found = deadline(Step.RECTIFY, on("2026-12-28"), 3)
    last = datetime(2026, 12, 31, 15, 59, 59, 999999, tzinfo=UTC)  # 23:59:59 at the bank
    assert found.days_late(clock.day(last)) == 0
    assert found.days_late(clock.day(last + timedelta(microseconds=1))) == 1
    assert clock.start_of(on("2027-01-01")) == last + timedelta(microseconds=1)


def test_a_due_day_beyond_the_quarter_is_late_in_the_next_one() -> None:
    found = deadline(Step.RECTIFY, on("2026-09-20"), 10)
    assert Quarter.of(found.due_on) == Quarter(2026, 3)
    assert Quarter.of(found.late_from) == Quarter(2026, 4)


@pytest.mark.parametrize(
    ("rounds", "late_from"),
    [
        ([], "2028-03-01"),
        ([("2028-02-20", "2028-02-21")], "2028-03-01"),
        ([("2028-02-28", "2028-02-29")], "2028-03-01"),
        ([("2028-02-29", "2028-03-04")], "2028-03-04"),
        ([("2028-03-02", "2028-03-04")], "2028-03-01"),
        ([("2028-02-20", "2028-02-21"), ("2028-02-28", "2028-03-05")], "2028-03-05"),
        ([("2028-02-28", "2028-03-05"), ("2028-03-06", "2028-03-09")], "2028-03-05"),
        ([("2028-02-28", None)], "2028-03-01"),
    ],
)
def test_a_report_in_time_that_comes_back_after_the_due_day_is_late_from_the_return(
    rounds: list[tuple[str, str | None]], late_from: str
) -> None:
    days = [(on(came), on(back) if back else None) for came, back in rounds]
    found = deadlines.rectification(on("2028-02-29"), days)
    assert found.late_from == on(late_from)
    assert found.days_late(on(late_from)) == 1


@pytest.mark.parametrize(
    ("mystery", "started", "given_back", "due"),
    [
        (False, None, None, "2027-01-01"),
        (True, None, None, "2027-01-02"),
        (False, "2027-01-03", None, "2027-01-04"),
        (False, "2026-12-29", None, "2026-12-30"),
        (False, "2026-12-29", "2027-01-05", "2027-01-06"),
        (True, "2026-12-29", "2027-01-05", "2027-01-07"),
    ],
)
def test_a_visit_is_uploaded_soon_after_its_day_and_after_it_came_back(
    mystery: bool, started: str | None, given_back: str | None, due: str
) -> None:
    found = deadlines.upload(
        DAYS,
        mystery=mystery,
        planned_on=on("2026-12-31"),
        started_on=on(started) if started else None,
        given_back_on=on(given_back) if given_back else None,
    )
    assert found.due_on == on(due)


DUE = on("2028-02-29")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (-3, {}),
        (-2, {"outlet": "soon"}),
        (0, {"outlet": "soon"}),
        (1, {"outlet": "late", "subbranch": "late"}),
        (2, {"outlet": "late", "subbranch": "late"}),
        (3, {"outlet": "bulletin", "subbranch": "bulletin", "channel": "bulletin"}),
        (6, {"outlet": "bulletin", "subbranch": "bulletin", "channel": "bulletin"}),
        (
            7,
            {
                "outlet": "bulletin",
                "subbranch": "bulletin",
                "channel": "bulletin",
                "leader": "leader",
            },
        ),
    ],
)
def test_lateness_climbs_from_the_outlet_to_the_leader(day: int, expected: dict[str, str]) -> None:
    found = deadlines.rectification(DUE, [])
    assert names(found, DUE + timedelta(days=day)) == expected


def test_who_is_told_late_is_told_the_highest_level_only() -> None:
    found = deadlines.rectification(DUE, [])
    assert names(found, DUE + timedelta(days=40))["outlet"] == "bulletin"


def test_an_outlet_is_told_of_a_notice_then_its_sub_branch_then_both_that_it_is_served() -> None:
    found = deadline(Step.ACKNOWLEDGE, on("2026-12-30"), DAYS.acknowledge)
    assert names(found, "2026-12-30") == {"outlet": "sign"}
    assert names(found, "2026-12-31") == {"outlet": "sign"}
    assert names(found, "2027-01-01") == {"outlet": "sign", "subbranch": "unsigned"}
    assert names(found, "2027-01-02") == {"outlet": "served", "subbranch": "served"}


@pytest.mark.parametrize(
    ("step", "on_due_day", "a_day_late"),
    [
        (Step.UPLOAD, {}, {"inspector": "upload"}),
        (Step.CONFIRM, {}, {"channel": "confirm"}),
        (Step.ISSUE, {}, {"channel": "issue"}),
        (Step.VERIFY, {}, {"channel": "verify"}),
        (Step.APPEAL_ANSWER, {}, {"channel": "appeal_answer"}),
        (
            Step.APPEAL_DECISION,
            {},
            {"channel": "appeal_decision", "leader": "appeal_decision"},
        ),
        (Step.EFFECTIVENESS, {"channel": "effectiveness"}, {"channel": "effectiveness"}),
        (Step.REVIEW, {"channel": "review"}, {"channel": "review"}),
    ],
)
def test_the_other_steps_are_told_to_those_who_take_them(
    step: Step, on_due_day: dict[str, str], a_day_late: dict[str, str]
) -> None:
    found = deadline(step, on("2026-12-28"), 3)
    assert names(found, "2026-12-31") == on_due_day
    assert names(found, "2027-01-01") == a_day_late


def test_every_number_is_a_setting() -> None:
    names_of_settings = set(SETTINGS.values())
    twice = Days.of({setting: 2 * getattr(DAYS, name) for name, setting in SETTINGS.items()})
    assert {"UPLOAD_DAYS", "VERIFY_DAYS", "LATE_LEADER_DAYS"} <= names_of_settings
    found = deadlines.rectification(DUE, [])
    assert names(found, DUE + timedelta(days=-4), twice) == {"outlet": "soon"}
    assert names(found, DUE + timedelta(days=1), twice) == {"outlet": "soon"}
    assert names(found, DUE + timedelta(days=2), twice)["subbranch"] == "late"
    assert "leader" not in names(found, DUE + timedelta(days=13), twice)
    assert "leader" in names(found, DUE + timedelta(days=14), twice)


def test_no_sentence_to_a_branch_can_name_the_day_or_the_person_of_a_visit() -> None:
    branch_side = {Party.OUTLET, Party.SUBBRANCH}
    steps = {rule.step for rule in TABLE if rule.to & branch_side}
    assert steps == {Step.ACKNOWLEDGE, Step.RECTIFY}  # whose days count from the day of issue
