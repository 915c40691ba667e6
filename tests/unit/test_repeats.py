"""Repeat offences, by the table of cases and by laws that hold for any history (domain.md 3.8)."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.clock import SHANGHAI
from inspector.findings.repeats import Judgement, Sighting, judge
from inspector.visits.scoring import Standing
from tests.unit.repeat_cases import CASES, WINDOW, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rule_says_what_the_domain_says(case: Case) -> None:
    told, expected, merged = read(case.rows)
    assert judge(told, window_days=case.window_days, merged=merged) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_order_in_which_visits_arrive_changes_nothing(case: Case) -> None:
    told, expected, merged = read(case.rows)
    told.reverse()
    assert judge(told, window_days=case.window_days, merged=merged) == expected


def test_the_table_is_long_enough_and_has_no_case_twice() -> None:
    assert len({case.rows for case in CASES}) == len({case.name for case in CASES}) == len(CASES)
    assert len(CASES) >= 40


ROW = re.compile(r"(?P<key>\w) (?P<when>[-\d]{10}(?: [:\d]{5})?)(?P<facts>.*) -> (?P<amounts>.*)")


def read(rows: str) -> tuple[list[Sighting], dict[Any, Judgement], dict[Any, Any]]:
    """The sightings that rows tell, what each must amount to, and which outlets merged."""
    told, expected, merged = [], {}, {}
    for line in filter(None, map(str.strip, rows.splitlines())):
        match = ROW.fullmatch(line)
        assert match, line
        facts: dict[str, Any] = {"outlet": "YA0302", "issue": "RAK.EXPIRED", "visit": match["key"]}
        for fact in filter(None, map(str.strip, match["facts"].split(";"))):
            facts |= read_fact(fact)
        if later := facts.pop("now", None):
            merged[facts["outlet"]] = later
        told.append(Sighting(key=match["key"], seen_at=moment(match["when"]), **facts))
        if match["amounts"] != "-":
            expected[match["key"]] = amounts(match["amounts"])
    return told, expected, merged


READ: dict[str, Callable[[str], dict[str, Any]]] = {
    r"at (.*)": lambda outlet: {"outlet": outlet},
    r"(issue .*|visit .*|now .*)": lambda named: dict([named.split(" ")]),
    r"on the (spot)": lambda _: {"corrected_on_spot": True},
    r"(issued)": lambda _: {"issued": True},
    r"due (.*)": lambda day: {"due_on": date.fromisoformat(day)},
    r"struck off (.*)": lambda when: {"closed_at": moment(when)},
    r"(rejected|withdrawn|void)": lambda _: {"standing": Standing.REJECTED},
    r"(undecided)": lambda _: {"standing": Standing.PENDING},
    r"(item .*|mystery|on-site|off-site|received last)": lambda _: {},  # for the reader only
}
"""What the facts of a row mean to the rule."""


def read_fact(fact: str) -> dict[str, Any]:
    for pattern, meaning in READ.items():
        if match := re.fullmatch(pattern, fact):
            return meaning(match[1])
    raise AssertionError(fact)


def moment(text: str) -> datetime:
    full = text if " " in text else f"{text} 10:00"
    return datetime.fromisoformat(full).replace(tzinfo=SHANGHAI)


def amounts(text: str) -> Judgement:
    if text.isdigit():
        return Judgement(int(text))
    other, _, done = text.removeprefix("= ").partition(", ")
    return Judgement(None, other, done == "not done")


START = datetime(2026, 1, 1, 10, tzinfo=SHANGHAI)
LATER = st.none() | st.integers(1, 90)


@st.composite
def histories(draw: st.DrawFn) -> list[Sighting]:
    """Up to eight findings of one outlet and issue, on days in any order."""
    seen_on = draw(st.lists(st.integers(0, 500), unique=True, max_size=8))
    return [
        Sighting(
            key=day,
            outlet="YA0302",
            issue="RAK.EXPIRED",
            visit=day,
            seen_at=START + timedelta(days=day),
            standing=draw(st.sampled_from(Standing)),
            corrected_on_spot=draw(st.booleans()),
            due_on=None if (days := draw(LATER)) is None else at(day + days).date(),
            closed_at=None if (days := draw(LATER)) is None else at(day + days),
            issued=draw(st.booleans()),
        )
        for day in seen_on
    ]


def at(day: int) -> datetime:
    return START + timedelta(days=day)


@given(histories())
def test_every_duplicate_points_at_an_earlier_offence_that_stands_for_itself(
    told: list[Sighting],
) -> None:
    judged = judge(told, window_days=WINDOW)
    assert set(judged) == {s.key for s in told if s.standing != Standing.REJECTED}
    confirmed = {s.key: s for s in told if s.standing == Standing.CONFIRMED}
    for key, judgement in judged.items():
        assert (judgement.occurrence is None) == (judgement.duplicate_of is not None)
        if judgement.duplicate_of is None:
            assert not judgement.not_carried_out
            continue
        original = confirmed[judgement.duplicate_of]
        assert judged[original.key].duplicate_of is None
        assert original.seen_at < START + timedelta(days=key)  # type: ignore[arg-type]


@given(histories())
def test_an_occurrence_is_never_more_than_one_above_the_number_before_it(
    told: list[Sighting],
) -> None:
    judged = judge(told, window_days=WINDOW)
    ordered = sorted((s for s in told if s.key in judged), key=lambda s: s.seen_at)
    before = 0
    for sighting in ordered:
        occurrence = judged[sighting.key].occurrence
        assert occurrence is None or 1 <= occurrence <= before + 1
        before += occurrence is not None and sighting.standing == Standing.CONFIRMED
