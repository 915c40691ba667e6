"""The quarter's score, by the table of cases, by an independent recomputation of each, and by laws
that hold for any numbers (domain.md 3.7)."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.clock import SHANGHAI, Quarter
from inspector.scores import rules as rule
from inspector.scores.rules import Change, Counted, Rules, Seen
from tests.unit.quarter_cases import CASES, QUARTER, Case

NUMBERS = {
    name: Decimal(text)
    for name, text in {
        "onsite": "0.4",
        "mystery": "0.4",
        "offsite": "0.2",
        "late": "1",
        "late_at_most": "5",
        "share": "0.40",
        "cap": "59",
    }.items()
}
RULES = Rules(**NUMBERS)


@dataclass
class Story:
    """What the rows of a case tell."""

    rules: Rules = RULES
    outlets: list[str] = field(default_factory=list)
    visits: dict[str, Seen] = field(default_factory=dict)
    late: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    other: Decimal | None = None
    later: list[tuple[str, str]] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def home(self, outlet: str) -> str:
        return self.merged.get(outlet, outlet)

    @property
    def there(self) -> list[str]:
        return [outlet for outlet in self.outlets if outlet not in self.merged]


VISIT = re.compile(
    r"(?P<outlet>[A-Z]) (?P<kind>onsite|mystery|offsite) (?P<key>\w+) (?P<day>[-\d]{10})"
    r"(?P<time> \d\d:\d\d)? (?P<score>[\d.]+|none)(?P<facts>.*)"
)


def read(case: Case) -> Story:
    """The story that rows tell."""
    story, frozen = Story(), False
    for line in filter(None, map(str.strip, case.rows.splitlines())):
        if line.startswith("-> "):
            story.expected.append(line[3:])
        elif line == "frozen":
            frozen = True
        elif frozen:
            what, _, amount = line.partition(" -> ")
            story.later.append((what, amount))
        else:
            read_row(story, line)
    return story


def read_row(story: Story, line: str) -> None:
    words = line.split(" ")
    if words[0] == "weights":
        weights = dict(zip(rule.KINDS, map(Decimal, words[1:]), strict=True))
        story.rules = replace(story.rules, **weights)
    elif words[0] == "late":
        story.rules = replace(story.rules, late=Decimal(words[1]), late_at_most=Decimal(words[4]))
    elif words[0] == "share":
        story.rules = replace(story.rules, share=Decimal(words[1]))
    elif words[0] == "O":
        story.other = Decimal(words[1])
    else:
        if words[0] not in story.outlets:
            story.outlets.append(words[0])
        if words[1:2] == ["late"]:
            story.late[words[2]] = words[0]
        elif words[1:2] == ["merged"]:
            story.merged[words[0]] = words[3]
        elif words[1:]:
            visit = read_visit(line)
            story.visits[str(visit.key)] = visit


def read_visit(line: str) -> Seen:
    match = VISIT.fullmatch(line)
    assert match, line
    facts = set(filter(None, map(str.strip, match["facts"].split(";"))))
    assert facts <= {"void", "published", "unconfirmed"}, line
    moment = datetime.fromisoformat(match["day"] + (match["time"] or " 10:00"))
    return Seen(
        key=match["key"],
        outlet=match["outlet"],
        kind=match["kind"],
        started_at=moment.replace(tzinfo=SHANGHAI),
        score=None if match["score"] == "none" else Decimal(match["score"]),
        confirmed="unconfirmed" not in facts,
        published="published" in facts,
        void="void" in facts,
    )


# As the program does it


def counted(story: Story) -> dict[Any, Counted]:
    """What each outlet's score is made of."""
    visits: dict[str, dict[Any, tuple[str, Decimal]]] = defaultdict(dict)
    for visit in story.visits.values():
        if rule.counts(visit, Quarter.named(QUARTER)):
            assert visit.score is not None
            visits[story.home(str(visit.outlet))][visit.key] = (visit.kind, visit.score)
    late: dict[str, set[str]] = defaultdict(set)
    for key, outlet in story.late.items():
        late[story.home(outlet)].add(key)
    return {o: Counted(visits[o], frozenset(late[o])) for o in story.there}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rules_say_what_the_domain_says(case: Case) -> None:
    story = read(case)
    assert story.expected
    outlets = counted(story)
    scores = {key: one.score(story.rules).value for key, one in outlets.items()}
    whole = rule.mean(scores.values())
    contributes = rule.contribution(story.rules, whole.value)
    for line in story.expected:
        if not line.startswith("I "):
            outlet, figure = line.split(" ")
            assert told(scores[outlet]) == figure, line
            continue
        figures = [
            f"I {told(whole.value)}",
            f"{whole.inspected} of {whole.outlets}",
            f"contributes {told(contributes)}",
            f"Q {told(rule.performance(story.rules, contributes, story.other))}",
        ]
        assert line.split("; ") == figures[: len(line.split("; "))]


@pytest.mark.parametrize("case", [c for c in CASES if "frozen" in c.rows], ids=lambda c: c.name)
def test_what_comes_after_freezing_is_told_line_by_line(case: Case) -> None:
    story = read(case)
    changes = [change_of(story, what) for what, _ in story.later]
    lines = rule.adjust(story.rules, counted(story), changes)
    assert [told(line.amount) for line in lines] == [amount for _, amount in story.later]
    if lines[0].was is not None and lines[-1].now is not None:
        total = sum(line.amount or 0 for line in lines)
        assert total == lines[-1].now - lines[0].was


def change_of(story: Story, what: str) -> Change:
    words = what.split(" ")
    if words[0] == "late":
        return Change(story.late[words[1]], words[1], late=False)
    if words[0] in story.visits:
        visit = story.visits[words[0]]
        now = None if words[1] == "void" else (visit.kind, Decimal(words[2]))
        return Change(visit.outlet, words[0], visit=now)
    visit = read_visit(what)
    assert visit.score is not None
    return Change(visit.outlet, visit.key, visit=(visit.kind, visit.score))


def told(value: Decimal | None) -> str:
    return "-" if value is None else str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def test_the_table_is_long_enough_and_has_no_case_twice() -> None:
    assert len({case.rows for case in CASES}) == len({case.name for case in CASES}) == len(CASES)
    assert len(CASES) >= 26


# As it is worked out a second time, on its own: from the rows' text, in fractions, half up by hand


WEIGHTS = {"onsite": 4, "mystery": 4, "offsite": 2}


@dataclass
class Sheet:
    """What a second reader takes from the rows of a case."""

    weight: dict[str, Fraction] = field(
        default_factory=lambda: {k: Fraction(n, 10) for k, n in WEIGHTS.items()}
    )
    numbers: dict[str, Fraction] = field(
        default_factory=lambda: {k: Fraction(n, 10) for k, n in (("late", 10), ("most", 50))}
    )
    share: Fraction = Fraction(4, 10)
    other: Fraction | None = None
    words: list[list[str]] = field(default_factory=list)

    def take(self, words: list[str]) -> None:
        if words[0] == "weights":
            self.weight = dict(zip(WEIGHTS, map(Fraction, words[1:]), strict=True))
        elif words[0] == "late":
            self.numbers = {"late": Fraction(words[1]), "most": Fraction(words[4])}
        elif words[0] == "share":
            self.share = Fraction(words[1])
        elif words[0] == "O":
            self.other = Fraction(words[1])
        else:
            self.words.append(words)

    def outlet(self, name: str) -> Fraction | None:
        family = {name} | {w[0] for w in self.words if w[-3:] == ["merged", "into", name]}
        mine = [w for w in self.words if w[0] in family]
        top = bottom = Fraction(0)
        for kind, weight in self.weight.items():
            figures = [f for w in mine if w[1:2] == [kind] if (f := figure_of(w)) is not None]
            if figures:
                top += weight * sum(figures) / len(figures)
                bottom += weight
        late = sum(w[1:2] == ["late"] for w in mine)
        minus = min(self.numbers["most"], self.numbers["late"] * late)
        return max(Fraction(0), top / bottom - minus) if bottom else None


def again(case: Case) -> Iterator[str]:
    """What the rows of a case come to, by a calculation that shares nothing with the program."""
    sheet = Sheet()
    for line in case.rows.split("frozen")[0].splitlines():
        words = line.replace(";", "").split()
        if words and words[0] != "->":
            sheet.take(words)
    gone = {w[0] for w in sheet.words if "merged" in w}
    scores = {name: sheet.outlet(name) for name in {w[0] for w in sheet.words} - gone}
    for name, score in scores.items():
        yield f"{name} {by_hand(score)}"
    there = [score for score in scores.values() if score is not None]
    whole = sum(there, Fraction(0)) / len(there) if there else None
    part = None if whole is None else sheet.share * whole
    blank = part is None or sheet.other is None
    total = None if blank else part + (1 - sheet.share) * sheet.other  # type: ignore[operator]
    yield f"I {by_hand(whole)}; {len(there)} of {len(scores)}; contributes {by_hand(part)}; " + (
        f"Q {by_hand(total)}"
    )


def figure_of(words: list[str]) -> Fraction | None:
    """The score of a visit's row, if it counts in the quarter."""
    at = words[3] + (words[4] if ":" in words[4] else "")
    hidden = words[1] == "mystery" and "published" not in words
    if hidden or "void" in words or "unconfirmed" in words or "none" in words:
        return None
    if not "2026-10-01" <= at < "2027-01-01":
        return None
    return Fraction(words[5] if ":" in words[4] else words[4])


def by_hand(figure: Fraction | None) -> str:
    if figure is None:
        return "-"
    # A hundred-millionth more: the figures of the rows have 26 places, and are cut off there.
    hundredths = int(figure * 100 + Fraction(1, 2) + Fraction(1, 10**8))
    return f"{hundredths // 100}.{hundredths % 100:02}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_second_calculation_comes_to_the_same(case: Case) -> None:
    lines = list(again(case))
    for line in read(case).expected:
        assert any(found.startswith(line) for found in lines), (line, lines)


# Laws

SCORES = st.decimals("0", "100", places=4)
VISITS = st.dictionaries(
    st.integers(0, 99), st.tuples(st.sampled_from(rule.KINDS), SCORES), max_size=8
)
COUNTED = st.builds(Counted, VISITS, st.frozensets(st.integers(100, 120), max_size=8))


@settings(deadline=None)
@given(COUNTED)
def test_a_score_lies_between_its_worst_visit_less_five_and_its_best(one: Counted) -> None:
    value = one.score(RULES).value
    scores: list[Decimal] = [score for _, score in one.visits.values()]
    if not scores:
        assert value is None
        return
    assert value is not None
    assert max(min(scores) - 5, Decimal(0)) <= value <= max(scores)


@settings(deadline=None)
@given(st.lists(COUNTED, min_size=1, max_size=5), st.lists(COUNTED, min_size=5, max_size=5))
def test_lines_of_any_changes_add_up_and_lead_to_what_is_counted_now(
    known: list[Counted], now: list[Counted]
) -> None:
    before = dict(enumerate(known))
    after = {key: now[key] for key in before}
    changes = [c for key in before for c in rule.differences(key, before[key], after[key])]
    lines = rule.adjust(RULES, before, changes)
    if not lines:
        assert before == after
        return
    assert lines[-1].now == rule.mean(one.score(RULES).value for one in after.values()).value
    if all(line.amount is not None for line in lines):
        total = sum((line.amount for line in lines if line.amount is not None), Decimal(0))
        assert lines[0].was is not None
        assert lines[-1].now is not None
        assert total == lines[-1].now - lines[0].was


@settings(deadline=None)
@given(st.dictionaries(st.integers(), st.one_of(st.none(), SCORES), max_size=9))
def test_who_shows_more_stands_before_and_who_shows_the_same_beside(
    values: dict[Any, Decimal | None],
) -> None:
    places = rule.ranks(values)
    for a, x in values.items():
        assert (places[a] is None) == (x is None)
        for b, y in values.items():
            if x is not None and y is not None:
                assert (order(places[a]) < order(places[b])) == (rule.shown(x) > rule.shown(y))


def order(place: int | None) -> int:
    assert place is not None
    return place


def test_the_rules_that_are_kept_are_the_rules_that_are_read() -> None:
    assert Rules.read(RULES.record()) == RULES
