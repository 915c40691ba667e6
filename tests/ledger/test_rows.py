"""Which rows the ledger holds under each filter, held against what the models say."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.findings.models import Finding, Rectification
from inspector.ledger import queries, stages
from inspector.ledger.filters import REPEATS, SEVERITIES, STAGES, Filters
from inspector.ledger.paper import STAGES as WORDS_ON_PAPER
from inspector.notices.models import Notice
from inspector.people.models import Person
from tests import rows
from tests.cast import MONDAY, Cast
from tests.population import a_mixed_department

WAITING = {"open", "in_progress", "returned", "reopened"}
Row = tuple[Rectification, Notice | None]


@pytest.fixture(autouse=True)
def _december(monkeypatch: pytest.MonkeyPatch) -> None:
    """A week later, when all that waits has waited too long."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=8))


@pytest.fixture
def department(cast: Cast) -> list[Row]:
    """All rows: notices at each stage, one held and one paused, and what was put right on the
    spot; among them a veto, minor ones and repeats."""
    secret = rows.a_visit_at(cast, "confirmed", kind="mystery")
    held = rows.a_notice_at(cast, secret, 0, "draft")
    paused = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 3, "paused", seq=90)
    again = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 4, "reopened", seq=91)
    held.finding.severity, paused.finding.critical = "minor", True
    a_mixed_department(cast)
    again.finding.occurrence = 4
    db.session.flush()
    there = select(Rectification, Notice).outerjoin(Notice)
    return [(row[0], row[1]) for row in db.session.execute(there)]


def shown(person: Person, **filters: str) -> list[uuid.UUID]:
    said = Filters(**filters)
    lines = list(queries.everything(person, said))
    assert len(lines) == queries.count(person, said)
    return [line.key for line in lines]


def key(row: Row) -> uuid.UUID:
    return row[1].id if row[1] else row[0].id


def in_force(row: Row) -> bool:
    return row[0].finding.withdrawn_at is None if row[1] is None else row[1].withdrawn_at is None


def is_open(row: Row) -> bool:
    return row[1] is not None and in_force(row) and row[0].closed_at is None


def has(*names: str) -> Callable[[Row], bool]:
    return lambda row: is_open(row) and row[0].stage in names


SAYS: dict[str, Callable[[Row], bool]] = {
    "open": is_open,
    "held": lambda r: is_open(r) and r[0].finding.visit.is_secret,
    "draft": lambda r: r[1] is not None and r[1].stage == "draft",
    "to_acknowledge": lambda r: r[1] is not None and r[1].stage == "issued",
    "to_report": lambda r: has(*WAITING)(r) and r[1] is not None and r[1].stage == "acknowledged",
    "to_verify": has("reported"),
    "asked": lambda r: is_open(r) and r[1] is not None and r[1].extension is not None,
    "returned": has("returned"),
    "reopened": has("reopened"),
    "paused": has("paused"),
    "warned": lambda r: r[1] is not None and in_force(r) and (r[0].finding.occurrence or 1) >= 3,
    "late_issue": lambda r: r[1] is not None and r[1].stage == "draft",
    "late_verify": has("reported"),
    "closed": lambda r: r[1] is not None and in_force(r) and r[0].closed_at is not None,
    "on_spot": lambda r: r[1] is None and in_force(r),
    "withdrawn": lambda r: not in_force(r),
    "notices": lambda r: r[1] is not None and in_force(r),
    "all": in_force,
}


def test_each_stage_holds_the_rows_that_their_facts_say(cast: Cast, department: list[Row]) -> None:
    assert set(SAYS) == set(STAGES)
    numbers = queries.open_counts(cast.channel, Filters())
    assert set(numbers) == set(stages.OPEN) < set(STAGES)
    for stage, holds in SAYS.items():
        expected = {key(row) for row in department if holds(row)}
        assert expected, f"the department has none that is {stage}"
        assert set(shown(cast.channel, stage=stage)) == expected, stage
        assert numbers.get(stage, len(expected)) == len(expected), stage
        assert queries.count_up_to(cast.channel, Filters(stage=stage), 2) == min(3, len(expected))


def test_the_one_word_of_a_row_is_that_of_the_paper(cast: Cast, department: list[Row]) -> None:
    def word(row: Row) -> str:
        if not in_force(row):
            return "withdrawn"
        if row[1] is None:
            return "on_spot"
        stage = row[0].stage
        return (
            stage
            if stage in WORDS_ON_PAPER and stage not in {"closed", "on_spot"}
            else row[1].stage
        )

    said = {
        line.key: line.stage
        for stage in ("all", "withdrawn")
        for line in queries.everything(cast.channel, Filters(stage=stage))
    }
    assert said == {key(row): word(row) for row in department}
    assert set(said.values()) == set(stages.ORDER)


def test_lateness_follows_the_due_day(cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    days = {}
    for n, late in enumerate((-4, -3, 0, 1, 2, 3, 6, 7, 30)):
        due_on = clock.today() - timedelta(days=late)
        days[rows.a_notice_at(cast, visit, n, "issued", due_on=due_on).id] = late

    def late_by(least: int, most: int = 999) -> set[uuid.UUID]:
        return {k for k, late in days.items() if least <= late <= most}

    ways = {
        "soon": late_by(-3, 0),
        "1": late_by(1),
        "3": late_by(3),
        "7": late_by(7),
        "1-2": late_by(1, 2),
        "3-6": late_by(3, 6),
    }
    numbers = queries.late_counts(cast.channel, Filters(), tuple(ways))
    for way, expected in ways.items():
        assert set(shown(cast.channel, late=way)) == expected, way
        assert numbers[way] == len(expected)


def test_every_other_filter_narrows_alone_and_together(cast: Cast, department: list[Row]) -> None:
    def of(rule: Callable[[Finding], object]) -> set[uuid.UUID]:
        return {key(row) for row in department if in_force(row) and rule(row[0].finding)}

    def struck_off(rule: Callable[[int], bool]) -> set[uuid.UUID]:
        return {
            key(row)
            for row in department
            if row[1] and in_force(row) and row[1].issued_at and row[0].closed_at
            if rule((clock.day(row[0].closed_at) - clock.day(row[1].issued_at)).days)
        }

    assert struck_off(lambda _days: True)
    one = department[0][0].finding
    section = one.item.section.code
    cases: list[tuple[dict[str, str], set[uuid.UUID]]] = [
        ({"branch": "YA03"}, of(lambda f: f.visit.branch.subbranch.code == "YA03")),
        ({"branch": "YA0302"}, of(lambda f: f.visit.branch.code == "YA0302")),
        ({"branch": "YA"}, of(lambda _f: True)),
        ({"section": section}, of(lambda f: f.item.section.code == section)),
        ({"kind": "mystery"}, of(lambda f: f.visit.kind == "mystery")),
        ({"severity": "critical"}, of(lambda f: f.critical)),
        ({"severity": "minor"}, of(lambda f: f.severity == "minor")),
        ({"severity": "major"}, of(lambda f: f.severity == "major" and not f.critical)),
        ({"repeat": "1"}, of(lambda f: f.occurrence == 1)),
        ({"repeat": "2"}, of(lambda f: f.occurrence == 2)),
        ({"repeat": "3"}, of(lambda f: (f.occurrence or 1) >= 3)),
        ({"repeat": "again"}, of(lambda f: (f.occurrence or 1) > 1)),
        ({"issue": one.issue}, of(lambda f: f.issue == one.issue)),
        ({"quarter": "2026Q4"}, of(lambda _f: True)),
        ({"quarter": "2026Q3"}, set()),
        ({"since": "2026-11-23", "until": "2026-11-23"}, of(lambda _f: True)),
        ({"since": "2026-11-24"}, set()),
        ({"until": "2026-11-22"}, set()),
        ({"closed": "2026Q4"}, struck_off(lambda _days: True)),
        ({"closed": "2026Q3"}, set()),
        ({"took": "0-9"}, struck_off(lambda days: days <= 9)),
        ({"took": "1"}, struck_off(lambda days: days >= 1)),
    ]
    for filters, expected in cases:
        assert set(shown(cast.channel, stage="all", **filters)) == expected, filters
    together = {"branch": "YA03", "kind": "mystery", "severity": "minor", "stage": "held"}
    assert len(shown(cast.channel, **together)) == 1


def test_what_was_seen_again_after_the_due_day_is_found(cast: Cast, department: list[Row]) -> None:
    late = db.session.scalars(select(Finding).where(Finding.not_carried_out)).one()
    found = shown(cast.channel, stage="all", repeat="not_carried_out")
    assert [row[0].finding_id for row in department if key(row) in found] == [late.duplicate_of_id]
    assert shown(cast.outlet, stage="all", repeat="not_carried_out") == [], "it waits at the desk"


@pytest.mark.parametrize("by", [*queries.BY])
def test_rows_are_counted_by_what_they_are_filtered_by(
    cast: Cast, department: list[Row], by: str
) -> None:
    filters = Filters(stage="open")
    numbers = queries.counts(cast.channel, filters, by)
    assert sum(numbers.values()) == queries.count(
        cast.channel, filters if by != "stage" else Filters(stage="all")
    )
    if by == "stage":
        return
    for value, number in numbers.items():
        name = by.partition("_")[0]
        assert queries.count(cast.channel, filters.but(**{name: value})) == number, value


def test_a_person_sees_their_notices_and_what_was_put_right_on_visits_they_see(
    cast: Cast, department: list[Row]
) -> None:
    def seen(person: Person) -> set[uuid.UUID]:
        return set(shown(person, stage="all")) | set(shown(person, stage="withdrawn"))

    for person in (cast.channel, cast.leader, cast.admin):
        assert seen(person) == {key(row) for row in department}
    for person, code in ((cast.outlet, "YA0302"), (cast.subbranch, "YA03")):
        theirs = {
            key(row)
            for row in department
            if row[0].finding.visit.branch.code.startswith(code)
            and (row[1].issued_at if row[1] else row[0].finding.visit.confirmed_at)
        }
        assert theirs
        assert seen(person) == theirs
    for person in (cast.inspector, cast.shopper):
        own = {
            key(row)
            for row in department
            if row[0].finding.visit.inspector_id == person.id
            and (row[1] is None or row[1].issued_at)
        }
        assert own
        assert seen(person) == own
    assert seen(cast.reviewer) == seen(cast.colleague) == set()


def test_what_there_is_none_of_is_refused() -> None:
    for bad in (
        {"stage": "x"},
        {"late": "0"},
        {"late": "soonest"},
        {"severity": "x"},
        {"repeat": "4"},
        {"quarter": "2026Q5"},
        {"closed": "2026"},
        {"took": "-3"},
        {"took": "3-"},
        {"since": "yesterday"},
        {"sort": "colour"},
        {"q": "长" * 101},
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - of any wording
            Filters.of(bad)


def test_filters_say_themselves_in_an_address() -> None:
    for filters in (
        Filters(),
        Filters(stage="closed", late="3", branch="YA03", q="资料架", sort="-visited"),
        *(Filters(severity=severity) for severity in SEVERITIES),
        *(Filters(repeat=repeat) for repeat in REPEATS),
        Filters(quarter=str(Quarter(2026, 4))),
    ):
        assert Filters.of(filters.query) == filters
    assert Filters().query == {}
