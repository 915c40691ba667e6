"""Which section loses how much of its points at which outlet, in a quarter: one statement. Where
there are very many outlets, that of all is of the city branches, and the worker counts it.

Of the visits that count, of one kind, since each kind has sections of its own. Lost is what the
findings in force took off once, and what stands behind a failed gate; what was not applicable is
not among the points. Points that are taken off the final result belong to no section.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    and_,
    case,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from inspector import plots
from inspector.checklists.models import Effect, Item, Section
from inspector.clock import Quarter
from inspector.db import db
from inspector.findings.models import Finding
from inspector.findings.queries import IN_FORCE
from inspector.people.models import Branch, Person
from inspector.people.queries import are_many, branches_seen_by
from inspector.people.roles import DESK, Role
from inspector.scores.courses import HOME
from inspector.scores.queries import COUNTS, during, within
from inspector.snapshots import Countable
from inspector.templating import local, word
from inspector.visits import queries as visits
from inspector.visits.models import Answer, Visit

AT_ONCE: Final = 100
"""Outlets of which all are shown; of more only the sub-branches, each to be opened. So many lines a
picture has at most."""

WORST: Final = 30
"""Per cent lost from which on a cell is darkest."""

STEPS: Final = 10


@dataclass
class Cell:
    """What one unit lost in one section."""

    lost: float = 0
    points: float = 0
    findings: int = 0

    @property
    def percent(self) -> float | None:
        """How much of the points; None where there were none to be had."""
        return 100 * self.lost / self.points if self.points else None

    @property
    def step(self) -> int:
        """How dark, from 0 to STEPS; in the plot it is the same."""
        return min(math.ceil((self.percent or 0) / WORST * STEPS), STEPS)

    def add(self, other: "Cell") -> None:
        """Count another one in."""
        self.lost += other.lost
        self.points += other.points
        self.findings += other.findings


@dataclass
class Title:
    """What a section is called."""

    title_zh: str
    title_en: str


@dataclass
class Line:
    """An outlet, or a branch with all its outlets; cells by section."""

    code: str
    name_zh: str
    name_en: str
    cells: dict[str, Cell] = field(default_factory=dict)
    outlets: list["Line"] = field(default_factory=list)


@dataclass
class Heat:
    """The whole: sections by code with their titles, and the sub-branches, or the city branches."""

    quarter: Quarter
    kind: str
    sections: dict[str, Title] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    @property
    def outlets(self) -> int:
        """How many outlets there are in it."""
        return sum(len(line.outlets) for line in self.lines)


def told(
    quarter: Quarter, kind: str, seen_by: Person, branch: Branch | None
) -> tuple[Heat, datetime | None]:
    """The heat map of a quarter, of all outlets that a person may see, or of one branch's; and as
    of when it was counted, None: now. Raises BeingCounted where the worker is at it."""
    if seen_by.role in DESK and branch is None:
        return countable(str(quarter), kind).asked()
    return heat(quarter, kind, seen_by, branch), None


def countable(quarter: str, kind: str) -> Countable[Heat]:
    """That of all outlets."""
    of, desk = Quarter.named(quarter), Person(role=Role.CHANNEL)
    return Countable(f"heatmap {quarter} {kind}", Heat, lambda: heat(of, kind, desk))


def heat(quarter: Quarter, kind: str, seen_by: Person, branch: Branch | None = None) -> Heat:
    """The same, counted now. Of all, where they are very many, only the city branches."""
    found = Heat(quarter, kind)
    lines: dict[str, Line] = {}
    outlets: dict[str, Line] = {}
    of_cities = seen_by.role in DESK and branch is None and are_many()
    rows = _by_city(quarter, kind) if of_cities else _by_outlet(quarter, kind, seen_by, branch)
    for row in db.session.execute(rows):
        found.sections.setdefault(row.section, Title(row.title_zh, row.title_en))
        above = lines.setdefault(row.above, Line(row.above, row.above_zh, row.above_en))
        cell = Cell(float(row.lost), float(row.points) / 100, int(row.findings))
        above.cells.setdefault(row.section, Cell()).add(cell)
        if of_cities:
            continue
        if row.code not in outlets:
            outlets[row.code] = Line(row.code, row.name_zh, row.name_en)
            above.outlets.append(outlets[row.code])
        outlets[row.code].cells[row.section] = cell
    found.lines = list(lines.values())
    return found


def _by_city(quarter: Quarter, kind: str) -> Any:
    cells = _by_visit(COUNTS, during(quarter), Visit.kind == kind).subquery()
    home, subbranch, city = (aliased(Branch, name=name) for name in ("home", "subbranch", "city"))
    return (
        select(*_named(city), *_sums(cells))
        .join(home, home.id == cells.c.home)
        .join(subbranch, subbranch.id == home.parent_id)
        .join(city, city.id == subbranch.parent_id)
        .group_by(city.id, cells.c.section)
        .order_by(city.code, func.min(cells.c.position))
    )


def _by_outlet(quarter: Quarter, kind: str, seen_by: Person, branch: Branch | None) -> Any:
    home, above = aliased(Branch, name="home"), aliased(Branch, name="above")
    among = *visits.of(seen_by), within(branch.id if branch else None)
    cells = _by_visit(COUNTS, during(quarter), Visit.kind == kind, *among).subquery()
    rows = (
        select(home.code, home.name_zh, home.name_en, *_named(above), *_sums(cells))
        .join(home, home.id == cells.c.home)
        .join(above, above.id == home.parent_id)
        .group_by(home.id, above.id, cells.c.section)
        .order_by(above.code, home.code, func.min(cells.c.position))
    )
    if seen_by.role not in DESK:
        theirs = branches_seen_by(seen_by).with_only_columns(Branch.id).order_by(None)
        rows = rows.where(home.id.in_(theirs))
    return rows


def _named(above: Any) -> tuple[Any, ...]:
    return (
        above.code.label("above"),
        above.name_zh.label("above_zh"),
        above.name_en.label("above_en"),
    )


def _sums(cells: Any) -> tuple[Any, ...]:
    """Of the cells of visits those of a unit."""
    return (
        cells.c.section,
        func.max(cells.c.title_zh).label("title_zh"),
        func.max(cells.c.title_en).label("title_en"),
        func.sum(cells.c.points).label("points"),
        func.sum(cells.c.lost + cells.c.behind / 100.0).label("lost"),
        func.sum(cells.c.findings).label("findings"),
    )


def _by_visit(*which: ColumnElement[bool]) -> Any:
    """Per visit and section: hundredths of points to be had, and of those behind a failed gate;
    points lost; findings. Of these visits only, which both halves are told."""
    lost = (
        select(
            Finding.visit_id,
            Item.section_id,
            func.sum(case((Item.effect != Effect.DEDUCT, cast(Finding.lost, Float)), else_=0.0)),
            func.count(),
            func.min(case((Item.effect == Effect.GATE, Item.position))),
        )
        .join(Finding.item)
        .join(Finding.visit)
        .where(IN_FORCE, *which)
        .group_by(Finding.visit_id, Item.section_id)
        .subquery()
        .alias("lost")
    )
    visit, section, amount, findings, gate = lost.c
    weight = case((Item.effect == Effect.DEDUCT, 0), else_=type_coerce(Item.points, Integer))
    there = case((Answer.id.is_(None), weight), else_=0)
    return (
        select(
            HOME.label("home"),
            Section.code.label("section"),
            func.max(Section.title_zh).label("title_zh"),
            func.max(Section.title_en).label("title_en"),
            func.max(Section.position).label("position"),
            func.sum(there).label("points"),
            func.sum(case((Item.position > gate, there), else_=0)).label("behind"),
            func.coalesce(func.max(amount), 0.0).label("lost"),
            func.coalesce(func.max(findings), 0).label("findings"),
        )
        .select_from(Visit)
        .join(Visit.branch)
        .join(Item, Item.version_id == Visit.version_id)
        .join(Item.section)
        .outerjoin(
            Answer,
            and_(Answer.visit_id == Visit.id, Answer.item_id == Item.id, Answer.value == "na"),
        )
        .outerjoin(lost, and_(visit == Visit.id, section == Section.id))
        .where(*which)
        .group_by(Visit.id, HOME, Section.id, Section.code)
    )


def drawn(found: Heat) -> Markup | None:
    """The same as a plot, of the bold lines; None when nothing counts yet, or they are too many
    for a picture."""
    if not 0 < len(found.lines) <= AT_ONCE:
        return None
    by_subbranch = _(
        "Per cent of the points lost in %(quarter)s on %(kind)s visits, by sub-branch and section.",
        quarter=found.quarter,
        kind=word("kind", found.kind),
    )
    by_city = _(
        "Per cent of the points lost in %(quarter)s on %(kind)s visits, by city and section.",
        quarter=found.quarter,
        kind=word("kind", found.kind),
    )
    alt = by_subbranch if found.outlets else by_city
    cells = [
        [line.cells[code].percent if code in line.cells else None for code in found.sections]
        for line in found.lines
    ]
    names = [local(line, "name") for line in found.lines]
    titles = [local(title, "title") for title in found.sections.values()]
    return plots.heat_map(names, titles, cells, alt=alt, worst=WORST)
