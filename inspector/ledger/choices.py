"""What can be chosen on the ledger's page: filters with their words, each with an address."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, false, func, or_, select

from inspector import clock
from inspector.checklists.models import Kind, Section
from inspector.clock import Quarter
from inspector.db import db
from inspector.deadlines import Days
from inspector.findings.models import Finding
from inspector.ledger.filters import SORTS, Filters
from inspector.ledger.stages import OPEN
from inspector.notices.queries import DUE_SOON_DAYS
from inspector.people.models import Branch, Level, Person
from inspector.people.queries import are_many, branch_called, branches_seen_by
from inspector.people.roles import BRANCH_SIDE, DESK
from inspector.templating import day, local, word

OF_THE_DESK: Final = ("held", "draft", "late_issue", "late_verify")
"""Stages that wait for the desk, of which others know nothing."""
UNCOUNTED: Final = ("warned", "closed", "on_spot", "withdrawn", "all")
"""What is open is counted: that is little, however long the history of these."""
QUARTERS: Final = 12


@dataclass(frozen=True)
class Choice:
    """One value of a filter."""

    value: str
    label: str


def stage_chips(
    person: Person, filters: Filters, counts: Mapping[str, int]
) -> list[dict[str, Any]]:
    """The stages one can look at, with how many rows each holds under the other filters. One that
    holds none is left out, unless it is the one that is looked at."""
    desk = person.role in DESK
    names = [n for n in (*OPEN, *UNCOUNTED) if desk or n not in OF_THE_DESK]
    return [
        {
            "label": word("ledger_filter", name),
            "count": counts.get(name),
            "href": address(filters.but(stage=name)),
            "current": name == filters.stage,
        }
        for name in names
        if counts.get(name, 1) or name in {filters.stage, "open"}
    ]


def late_ways() -> tuple[str, ...]:
    """How late one can ask for: due soon, and the three steps of escalation."""
    days = Days.of(current_app.config)
    steps = sorted({days.late_subbranch, days.late_bulletin, days.late_leader})
    return ("soon", *(str(step) for step in steps))


def late_chips(filters: Filters, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """How late rows can be; the one that is chosen leads back."""
    return [
        {
            "label": late_in_words(late),
            "count": counts.get(late),
            "href": address(filters.but(late="" if late == filters.late else late)),
            "current": late == filters.late,
        }
        for late in late_ways()
    ]


def late_in_words(late: str) -> str:
    """Such as: overdue by 3 days or more."""
    if late == "soon":
        return str(_("Due within %(days)s days", days=DUE_SOON_DAYS))
    least, _minus, most = late.partition("-")
    if most:
        return str(_("Overdue by %(least)s to %(most)s days", least=least, most=most))
    days = int(least)
    return str(ngettext("Overdue by %(num)s day or more", "Overdue by %(num)s days or more", days))


def took_in_words(days: str) -> str:
    """Such as: struck off within 4 to 7 days."""
    least, _minus, most = days.partition("-")
    if most:
        return str(_("Struck off within %(least)s to %(most)s days", least=least, most=most))
    return str(_("Struck off after %(least)s days or more", least=least))


def options(person: Person, filters: Filters) -> dict[str, list[Choice]]:
    """The values of the filters that are chosen from lists."""
    found = {
        "branch": _units(person, filters.branch),
        "section": _sections(),
        "kind": [Choice(kind.value, word("kind", kind)) for kind in Kind],
        "severity": [Choice(n, severity_in_words(n)) for n in ("critical", "major", "minor")],
        "repeat": [Choice(n, _repeat(n)) for n in ("1", "2", "3", "again", "not_carried_out")],
        "quarter": [Choice(str(q), _quarter(q)) for q in _quarters()],
        "sort": list(_orders()),
    }
    for name, choices in found.items():
        value = getattr(filters, name)
        if value and value not in {choice.value for choice in choices}:
            choices.append(Choice(value, value))
    return found


def chosen(filters: Filters, found: Mapping[str, Sequence[Choice]]) -> list[dict[str, str]]:
    """What narrows the rows beyond the stage, in words, each with the address without it."""
    return [
        {"label": label, "href": address(filters.but(**{name: ""}))}
        for name, label in in_words(filters, found).items()
    ]


def in_words(filters: Filters, found: Mapping[str, Sequence[Choice]]) -> dict[str, str]:
    """What narrows the rows beyond the stage, in the language of the page."""
    said: dict[str, str] = {}
    for name, value in filters.narrowed.items():
        names = {choice.value: choice.label for choice in found.get(name, ())}
        match name:
            case "late":
                said[name] = late_in_words(value)
            case "issue":
                said[name] = _("Issue %(issue)s", issue=issue_in_words(value))
            case "since":
                said[name] = _("Visited since %(day)s", day=_day(value))
            case "until":
                said[name] = _("Visited until %(day)s", day=_day(value))
            case "closed":
                said[name] = _("Struck off in %(quarter)s", quarter=_quarter(Quarter.named(value)))
            case "took":
                said[name] = took_in_words(value)
            case "q":
                said[name] = _("“%(text)s”", text=value)
            case _:
                said[name] = names.get(value, value)
    return said


def scope(person: Person, filters: Filters) -> str:
    """Which rows these are, as files and papers say it."""
    stage = word("ledger_filter", filters.stage)
    said = [stage, *in_words(filters, options(person, filters)).values()]
    if person.role in BRANCH_SIDE:
        said.insert(0, local(person.branch, "name"))
    return str(_(", ").join(said))


def severity_in_words(name: str) -> str:
    """A severity, of which a veto is the worst."""
    return str(_("Veto")) if name == "critical" else word("severity", name)


def issue_in_words(issue: str) -> str:
    """An issue has a code but no words of its own: those of one of its findings."""
    one = select(Finding.text_zh, Finding.text_en).where(Finding.issue == issue).limit(1)
    found = db.session.execute(one).first()
    return f"{issue} {local(found, 'text')}" if found else issue


def address(filters: Filters) -> str:
    """Where rows under these filters are to be seen, from the first on."""
    return url_for("ledger.index", **_parameters(filters))


def _parameters(filters: Filters) -> dict[str, Any]:
    return dict(filters.query)


def _units(person: Person, code: str) -> list[Choice]:
    """The units above the outlets; of the sub-branch that is chosen its outlets too, for of all
    outlets there can be thousands. Where there are, also of sub-branches only those of one city."""
    units = branches_seen_by(person).with_only_columns(Branch.code, Branch.name_zh, Branch.name_en)
    if person.role not in BRANCH_SIDE:
        above_outlets: ColumnElement[bool] = Branch.level != Level.OUTLET
        chosen = branch_called(code)
        if are_many():
            city = chosen.subbranch.parent or chosen if chosen else None
            its = Branch.parent_id == city.id if city else false()
            above_outlets = (Branch.level == Level.CITY) | its
        its_outlets = Branch.parent_id == chosen.subbranch.id if chosen else false()
        units = units.where(or_(above_outlets, its_outlets))
    found = db.session.execute(units)
    return [Choice(unit.code, f"{unit.code} {local(unit, 'name')}") for unit in found]


def _sections() -> list[Choice]:
    """The sections of all lists, each once."""
    titles = func.max(Section.title_zh).label("title_zh"), func.max(Section.title_en)
    found = (
        select(Section.code, titles[0], titles[1].label("title_en"))
        .group_by(Section.code)
        .order_by(func.min(Section.position), Section.code)
    )
    return [Choice(row.code, local(row, "title")) for row in db.session.execute(found)]


def _quarters() -> list[Quarter]:
    quarter = Quarter.of(clock.today())
    found = []
    for _n in range(QUARTERS):
        found.append(quarter)
        quarter = quarter.before
    return found


def _quarter(quarter: Quarter) -> str:
    return str(_("%(year)s, quarter %(number)s", year=quarter.year, number=quarter.number))


def _repeat(repeat: str) -> str:
    names = {
        "1": _("For the first time"),
        "2": _("For the second time"),
        "3": _("For the third time or more"),
        "again": _("Repeat offences"),
        "not_carried_out": _("Seen again after the due day"),
    }
    return str(names[repeat])


def _orders() -> Iterator[Choice]:
    for name in SORTS:
        said = word("ledger_sort", name)
        yield Choice(name, _("%(column)s, rising", column=said))
        yield Choice(f"-{name}", _("%(column)s, falling", column=said))


def _day(text: str) -> str:
    return day(date.fromisoformat(text))
