"""Drawing visits by lot: what a draw never does, and that nothing but seed and facts decide it."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.plans.checking import Row, troubles
from inspector.plans.drawing import Draw, draw
from inspector.plans.rules import Facts, Key, Made, Rules, Visitor, Wanted, missing, monday

BEGINS, LAST = date(2026, 10, 1), date(2026, 12, 31)
RULES = Rules(BEGINS, date(2026, 10, 1), LAST, frozenset({1, 2, 3, 4, 5}), 5)
LI, WANG = Visitor("li", frozenset({"onsite", "offsite"})), Visitor("wang", frozenset({"onsite"}))
SHOPPER = Visitor("zhao", frozenset({"mystery"}))


def wanted(outlet: str = "A1", kind: str = "onsite", number: int = 1) -> Wanted:
    return Wanted(Key(outlet, kind, number), outlet[0])


def facts(*wanted: Wanted, **changes: Any) -> Facts:
    known: dict[str, Any] = {"rules": RULES, "visitors": (LI, WANG, SHOPPER), "made": ()}
    return Facts(**(known | {"wanted": wanted} | changes))


def outlets(number: int, kind: str = "onsite") -> list[Wanted]:
    return [wanted(f"{'ABCD'[n % 4]}{n:03}", kind) for n in range(number)]


def rules(**changes: Any) -> Rules:
    return Rules(**(vars(RULES) | changes))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"visitors": (SHOPPER,)}, "nobody"),
        ({"visitors": (Visitor("li", frozenset({"onsite"}), "A"),)}, "recused"),
        ({"rules": rules(first=date(2027, 1, 1))}, "over"),
        ({"rules": rules(first=date(2026, 10, 3), last=date(2026, 10, 4))}, "over"),
        ({"rules": rules(week_at_most=0)}, "full"),
        ({"visitors": (LI,), "made": (Made("A1", "onsite", "li", date(2026, 9, 3)),)}, "twice"),
    ],
)
def test_what_cannot_be_placed_says_why(changes: dict[str, Any], why: str) -> None:
    drawn = draw("S", facts(wanted(), **changes))
    assert (drawn.placed, [one.why for one in drawn.unplaced]) == ((), [why])


def test_who_was_there_last_is_not_sent_again_while_somebody_else_can_go() -> None:
    made = Made("A1", "onsite", "li", date(2026, 9, 3))
    assert [one.visitor for one in draw("S", facts(wanted(), made=(made,))).placed] == ["wang"]


def test_another_kind_of_visit_does_not_count_as_the_last() -> None:
    made = Made("A1", "offsite", "li", date(2026, 9, 3))
    assert draw("S", facts(wanted(), visitors=(LI,), made=(made,))).placed


def test_whoever_is_planned_next_is_not_sent_just_before() -> None:
    made = Made("A1", "onsite", "li", LAST)
    drawn = draw("S", facts(wanted(), visitors=(LI,), made=(made,)))
    assert [one.why for one in drawn.unplaced] == ["twice"]


def test_the_visits_of_one_outlet_come_in_different_months() -> None:
    drawn = draw("S", facts(*(wanted(number=n) for n in (1, 2, 3))))
    assert {one.day.month for one in drawn.placed} == {10, 11, 12}


def test_visits_spread_evenly_over_the_weeks() -> None:
    drawn = draw("S", facts(*outlets(100), rules=rules(week_at_most=9)))
    weeks = Counter(monday(one.day) for one in drawn.placed)
    assert len(weeks) == 14
    assert max(weeks.values()) - min(weeks.values()) <= 5  # the weeks at the ends are short


def test_the_working_load_is_balanced() -> None:
    drawn = draw("S", facts(*outlets(61), rules=rules(week_at_most=9)))
    loads = Counter(one.visitor for one in drawn.placed)
    assert sorted(loads.values()) == [30, 31]


def test_who_has_visits_already_gets_fewer() -> None:
    made = tuple(Made(f"D{n}", "onsite", "li", date(2026, 10, 5 + n)) for n in range(4))
    drawn = draw("S", facts(*outlets(20), made=made))
    assert Counter(one.visitor for one in drawn.placed) == {"li": 8, "wang": 12}


def test_no_day_of_the_week_and_no_week_gives_a_visit_away() -> None:
    drawn = [draw(f"S{n}", facts(wanted())).placed[0].day for n in range(60)]
    assert {day.isoweekday() for day in drawn} == {1, 2, 3, 4, 5}
    assert len({monday(day) for day in drawn}) > 10


def test_the_day_of_the_week_is_another_than_last_time() -> None:
    made = Made("A1", "onsite", "chen", date(2026, 9, 3))
    days = [draw(f"S{n}", facts(wanted(), made=(made,))).placed[0].day for n in range(20)]
    assert made.day.isoweekday() not in {day.isoweekday() for day in days}


def test_another_seed_gives_another_draw() -> None:
    told = facts(*outlets(10))
    assert draw("S", told) == draw("S", told) != draw("T", told)


SCRIPT = """
from datetime import date
from inspector.plans.drawing import draw
from inspector.plans.rules import *
wanted = tuple(Wanted(Key(f"{'ABCD'[n % 4]}{n:03}", "onsite", 1), "ABCD"[n % 4]) for n in range(30))
people = Visitor("wang", frozenset({"onsite"})), Visitor("li", frozenset({"onsite"}))
first, last = date(2026, 10, 1), date(2026, 12, 31)
rules = Rules(first, first, last, frozenset({1, 2, 3, 4, 5}), 5)
for one in draw("S", Facts(rules, wanted[::-1], people, ())).placed:
    print(one.key, one.visitor, one.day)
"""


def test_another_process_gives_the_same_draw_whatever_order_the_rows_came_in() -> None:
    env = {**os.environ, "PYTHONHASHSEED": "1"}
    run = [sys.executable, "-c", SCRIPT]
    told = subprocess.run(run, env=env, cwd=Path(__file__).parents[2], capture_output=True)
    here = draw("S", facts(*outlets(30))).placed
    assert told.stdout.decode().splitlines() == [f"{p.key} {p.visitor} {p.day}" for p in here]


KINDS = st.sampled_from(["onsite", "mystery", "offsite"])
DAYS = st.dates(date(2026, 9, 1), LAST)
NAMES = ("li", "wang", "chen", "zhao")


@st.composite
def some_facts(draws: st.DrawFn) -> Facts:
    """A small bank: two sub-branches, few people, visits made and missing."""
    places = [f"{above}{n}" for above in "AB" for n in range(3)]
    gaps = draws(st.dictionaries(st.tuples(st.sampled_from(places), KINDS), st.integers(1, 3)))
    people = tuple(
        Visitor(name, frozenset(draws(st.sets(KINDS))), draws(st.sampled_from([None, "A", "B"])))
        for name in NAMES
    )
    visits = st.builds(Made, st.sampled_from(places), KINDS, st.sampled_from(NAMES), DAYS)
    first = draws(st.dates(BEGINS, LAST))
    weekdays = draws(st.frozensets(st.integers(1, 7), min_size=1))
    return Facts(
        Rules(BEGINS, first, LAST, weekdays, draws(st.integers(1, 3))),
        tuple(
            Wanted(Key(outlet, kind, n), outlet[0])
            for (outlet, kind), gap in gaps.items()
            for n in range(1, gap + 1)
        ),
        people,
        tuple(draws(st.lists(visits, max_size=6))),
    )


def of(drawn: Draw) -> list[Row]:
    return [Row(one.key, one.visitor, one.day) for one in drawn.placed]


@settings(max_examples=60, deadline=None)
@given(some_facts(), st.text(max_size=5))
def test_every_missing_visit_is_placed_or_explained_and_none_else(told: Facts, seed: str) -> None:
    drawn = draw(seed, told)
    keys = [*(one.key for one in drawn.placed), *(one.key for one in drawn.unplaced)]
    assert sorted(keys) == sorted(one.key for one in told.wanted)
    assert {one.why for one in drawn.unplaced} <= {"nobody", "recused", "over", "full", "twice"}


@settings(max_examples=60, deadline=None)
@given(some_facts(), st.text(max_size=5))
def test_no_draw_breaks_a_rule(told: Facts, seed: str) -> None:
    drawn, people = draw(seed, told), {who.name: who for who in told.visitors}
    weeks = Counter((made.visitor, monday(made.day)) for made in told.made)
    for one in drawn.placed:
        who = people[one.visitor]
        assert one.key.kind in who.kinds
        assert who.home != one.wanted.subbranch
        assert told.rules.first <= one.day <= told.rules.last
        assert one.day.isoweekday() in told.rules.weekdays
        weeks[one.visitor, monday(one.day)] += 1
        assert weeks[one.visitor, monday(one.day)] <= told.rules.week_at_most
    visits = sorted({(one.key.outlet, one.key.kind) for one in drawn.placed})
    for outlet, kind in visits:
        _assert_not_twice(outlet, kind, drawn, told)


def _assert_not_twice(outlet: str, kind: str, drawn: Draw, told: Facts) -> None:
    made = [(m.day, m.visitor, False) for m in told.made if (m.outlet, m.kind) == (outlet, kind)]
    new = [(p.day, p.visitor, True) for p in drawn.placed if p.key[:2] == (outlet, kind)]
    row = sorted(made + new)
    for (day, who, is_new), (next_day, next_who, is_next_new) in pairwise(row):
        if is_new or is_next_new:
            assert who != next_who
            assert day != next_day


@settings(max_examples=40, deadline=None)
@given(some_facts(), st.randoms(use_true_random=False), st.text(max_size=5))
def test_the_order_of_the_facts_decides_nothing(told: Facts, chance: Any, seed: str) -> None:
    def mixed(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(chance.sample(rows, len(rows)))

    other = Facts(told.rules, mixed(told.wanted), mixed(told.visitors), mixed(told.made))
    assert draw(seed, other) == draw(seed, told)


@settings(max_examples=40, deadline=None)
@given(some_facts(), st.text(max_size=5))
def test_what_was_drawn_has_no_trouble_of_its_own(told: Facts, seed: str) -> None:
    made = Facts(told.rules, told.wanted, told.visitors, ())
    assert troubles(of(draw(seed, made)), made) == {}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, []),
        ({"key": Key("A1", "onsite", 2)}, ["planned"]),
        ({"key": Key("A9", "onsite", 1)}, ["planned"]),
        ({"visitor": "gone"}, ["nobody"]),
        ({"visitor": "zhao"}, ["role"]),
        ({"visitor": "ours"}, ["recused"]),
        ({"day": date(2027, 1, 1)}, ["outside"]),
        ({"day": date.min}, ["outside"]),
        ({"day": date(2026, 10, 10)}, ["weekday"]),
        ({"day": date(2026, 11, 3)}, ["full"]),
        ({"day": date(2026, 10, 7), "visitor": "wang"}, ["twice"]),
        ({"day": date(2026, 10, 6)}, ["twice"]),
    ],
)
def test_a_row_that_people_have_changed_is_told_what_is_wrong_with_it(
    changes: dict[str, Any], why: list[str]
) -> None:
    ours = Visitor("ours", frozenset({"onsite"}), "A")
    made = (
        Made("A1", "onsite", "wang", date(2026, 10, 6)),
        *(Made(f"B{n}", "offsite", "li", date(2026, 11, 2 + n)) for n in range(5)),
    )
    told = facts(wanted(), visitors=(LI, WANG, SHOPPER, ours), made=made)
    given: dict[str, Any] = {"key": Key("A1", "onsite", 1), "visitor": "li", "day": LAST}
    row = Row(**(given | changes))
    assert troubles([row], told) == ({row.key: why} if why else {})


def test_rows_are_looked_at_together() -> None:
    told = facts(*outlets(6))
    week = [Row(one.key, "li", date(2026, 10, 5)) for one in told.wanted]
    assert set(troubles(week, told)) == {one.key for one in told.wanted}
    assert troubles(week[:5], told) == {}
    again = week[0]
    assert troubles([again, again], told)[again.key][0] == "planned"


@pytest.mark.parametrize(
    ("target", "done", "planned", "lacking"),
    [(1, 0, 0, 1), (1, 1, 0, 0), (2, 0, 1, 1), (1, 2, 1, 0)],
)
def test_missing_is_what_is_neither_done_nor_planned(
    target: int, done: int, planned: int, lacking: int
) -> None:
    assert missing(target, done, planned) == lacking


def test_the_weeks_hold_only_days_that_can_be_planned() -> None:
    weeks = rules(first=date(2026, 10, 8), last=date(2026, 10, 13)).weeks()
    assert {week: len(days) for week, days in weeks.items()} == {
        date(2026, 10, 5): 2,
        date(2026, 10, 12): 2,
    }
    assert all(
        day - timedelta(days=6) <= week <= day for week, days in weeks.items() for day in days
    )
