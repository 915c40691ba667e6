"""Which notices were late in a quarter: told as what happened, judged at the quarter's end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from inspector.clock import SHANGHAI, Quarter
from inspector.scores.lateness import Closing, Course, Late, Lateness, Round, late_in

CASES = [
    ("reported and struck off in time", "due 11-20; reported 11-18; closed 11-19", "-"),
    ("reported on the due day at 23:59", "due 11-20; reported 11-20 23:59; closed 11-22", "-"),
    ("reported a minute later", "due 11-20; reported 11-21 00:00; closed 11-22", "closed 1"),
    ("late by a day", "due 11-20; reported 11-21; closed 11-22", "closed 1"),
    (
        "the desk took its time: the branch was not late",
        "due 11-20; reported 11-20; closed 12-20",
        "-",
    ),
    (
        "returned before the due day, reported again in time",
        "due 11-20; reported 11-15; returned 11-16; reported 11-20; closed 11-21",
        "-",
    ),
    (
        "sent in time and returned after the due day: late from the return",
        "due 11-20; reported 11-19; returned 11-25; reported 11-27; closed 11-28",
        "closed 3",
    ),
    (
        "returned after the due day and reported again the same day is one day",
        "due 11-20; reported 11-19; returned 11-25; reported 11-25 18:00; closed 11-28",
        "closed 1",
    ),
    (
        "returned in time, reported again late",
        "due 11-20; reported 11-15; returned 11-16; reported 11-22; closed 11-23",
        "closed 2",
    ),
    ("never reported, overdue at the end", "due 12-29", "overdue 2"),
    ("due on the last day of the quarter is not overdue at its end", "due 12-31", "-"),
    ("due in the next quarter", "due 2027-01-05", "-"),
    ("reported late, waiting for verification at the end", "due 12-20; reported 12-30", "-"),
    (
        "the same, struck off in the next quarter, counts there",
        "quarter 2027Q1; due 12-20; reported 12-30; closed 2027-01-04",
        "closed 10",
    ),
    (
        "overdue at the end of one quarter and struck off in the next counts in both",
        "quarter 2027Q1; due 12-20; reported 2027-01-03; closed 2027-01-04",
        "closed 14",
    ),
    (
        "struck off late a quarter ago does not count again",
        "quarter 2027Q1; due 11-20; reported 11-25; closed 11-26",
        "-",
    ),
    ("not issued yet", "", "-"),
    ("granted an extension", "due 11-20; on 11-19 due 11-30; reported 11-28; closed 11-29", "-"),
    (
        "granted an extension, and late all the same",
        "due 11-20; on 11-19 due 11-30; reported 12-01; closed 12-02",
        "closed 1",
    ),
    (
        "returned with another due day",
        "due 11-20; reported 11-19; returned 11-25; on 11-25 10:01 due 11-30; "
        "reported 11-29; closed 11-30",
        "-",
    ),
    (
        "a due day that was given after the end does not save the quarter",
        "due 12-20; on 2027-01-05 due 2027-01-20",
        "overdue 11",
    ),
    ("paused by an appeal at the end", "due 12-20; paused 12-15", "-"),
    (
        "paused, resumed with the days that were left, reported in time",
        "due 11-20; paused 11-15; resumed 11-25; on 11-25 10:01 due 11-30; "
        "reported 11-30; closed 12-01",
        "-",
    ),
    (
        "resumed after the end: at the end the clock stood",
        "due 12-20; paused 12-15; resumed 2027-01-04; on 2027-01-04 due 2027-01-09",
        "-",
    ),
    (
        "struck off in time, reopened, overdue at the end",
        "due 11-20; reported 11-18; closed 11-19; reopened 12-01; on 12-01 due 12-10",
        "overdue 21",
    ),
    (
        "reopened after the end: in the quarter it was struck off late",
        "due 11-20; reported 11-25; closed 11-26; reopened 2027-01-10; "
        "on 2027-01-10 due 2027-01-20",
        "closed 5",
    ),
    (
        "struck off late, reopened, and reported in time for the new day",
        "due 11-20; reported 11-25; closed 11-26; reopened 12-01; on 12-01 due 12-10; "
        "reported 12-09; closed 12-11",
        "-",
    ),
    ("accepted as a risk that was asked for in time", "due 11-20; risk 11-19 closed 11-28", "-"),
    (
        "accepted as a risk that was asked for late",
        "due 11-20; risk 11-23 closed 11-28",
        "closed 3",
    ),
]


@pytest.mark.parametrize(("what", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_counts_as_late(what: str, expected: str) -> None:
    quarter, course = read(what)
    assert told(late_in(quarter, course)) == expected


def test_the_due_day_is_told() -> None:
    quarter, course = read("due 11-20; on 11-19 due 11-30; reported 12-01; closed 12-02")
    assert late_in(quarter, course) == Late(Lateness.CLOSED_LATE, date(2026, 11, 30), 1)


def told(late: Late | None) -> str:
    return f"{late.how.split('_')[0]} {late.days}" if late else "-"


def read(what: str) -> tuple[Quarter, Course]:
    """The quarter and the course that a line tells."""
    told: dict[str, Any] = {
        "quarter": "2026Q4",
        "due": [],
        "rounds": [],
        "closings": [],
        "pauses": [],
    }
    for fact in filter(None, map(str.strip, what.split(";"))):
        name, _, rest = fact.partition(" ")
        READ[name](told, rest)
    return Quarter.named(told.pop("quarter")), Course(**told)


def moment(text: str) -> datetime:
    full = text if text.startswith("20") else f"2026-{text}"
    return datetime.fromisoformat(full if ":" in full else f"{full} 10:00").replace(tzinfo=SHANGHAI)


def due_anew(told: Any, text: str) -> None:
    since, due_on = text.split(" due ")
    told["due"].append((moment(since), moment(due_on).date()))


def risk(told: Any, text: str) -> None:
    asked, closed = text.split(" closed ")
    told["closings"].append(Closing(moment(asked), moment(closed)))


def last(told: Any, name: str, **changes: Any) -> None:
    told[name][-1] = replace(told[name][-1], **changes)


READ: dict[str, Callable[[Any, str], object]] = {
    "quarter": lambda told, text: told.update(quarter=text),
    "due": lambda told, text: told["due"].append((moment("11-05"), moment(text).date())),
    "on": due_anew,
    "reported": lambda told, text: told["rounds"].append(Round(moment(text))),
    "returned": lambda told, text: last(told, "rounds", returned_at=moment(text)),
    "closed": lambda told, text: told["closings"].append(
        Closing(told["rounds"][-1].reported_at, moment(text))
    ),
    "risk": risk,
    "reopened": lambda told, text: last(told, "closings", reopened_at=moment(text)),
    "paused": lambda told, text: told["pauses"].append((moment(text), None)),
    "resumed": lambda told, text: told["pauses"].append((told["pauses"].pop()[0], moment(text))),
}
