"""The report of the unified standard: a quarter, the outlets behind each number, and the file."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, render_template, request, send_file
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock, plots, spreadsheets
from inspector.clock import Quarter
from inspector.fitout import counting, queries, sheet
from inspector.fitout.queries import Report
from inspector.fitout.rules import Scope, State
from inspector.fitout.standard import Part, standard
from inspector.people.roles import DESK
from inspector.plots import Series
from inspector.problems import Problem
from inspector.scores import trends
from inspector.templating import local
from inspector.visits.lifecycle import Stage
from inspector.web import Answer, for_roles

blueprint = Blueprint("fitout", __name__)

Choice = TypeVar("Choice", bound=StrEnum)


@blueprint.get("/fitout")
@for_roles(*DESK)
def index() -> Answer:
    """The present quarter."""
    return _page(Quarter.of(clock.today()))


@blueprint.get("/fitout/<quarter>")
@for_roles(*DESK)
def show(quarter: str) -> Answer:
    """A quarter: item by item how many outlets meet the standard, and how that went before."""
    return _page(_named(quarter))


@blueprint.get("/fitout/<quarter>/outlets")
@for_roles(*DESK)
def outlets(quarter: str) -> Answer:
    """The outlets that a number of the report counts."""
    of, scope, parts = _named(quarter), _chosen(Scope, "scope"), standard()
    state, after = _chosen(State, "state"), request.args.get("after", "")
    named, narrowed = _narrowed(parts)
    rows = queries.rows(of, scope, narrowed, state, current_user, after=after)
    return render_template(
        "fitout/outlets.html",
        quarter=of,
        scope=scope,
        state=state,
        named=named,
        rows=rows[: queries.AT_ONCE],
        further=len(rows) > queries.AT_ONCE,
        items={item.issue: item for part in parts for item in part.items},
    )


@blueprint.get("/fitout/<quarter>/table.<any(csv, xlsx):form>")
@for_roles(*DESK)
def table(quarter: str, form: str) -> Answer:
    """The report as a file for Excel, with the quarters before it."""
    of, scope, parts = _named(quarter), _chosen(Scope, "scope"), standard()
    reports, _as_of = counting.reports(of, scope, parts)
    rows = (row for report in reversed(reports) for row in sheet.rows(report, parts))
    return send_file(
        spreadsheets.write(form, str(of), sheet.head(), rows),
        mimetype=spreadsheets.TYPES[form],
        as_attachment=True,
        download_name=f"{_('Unified standard')} {of}.{form}",
    )


def _page(quarter: Quarter) -> str:
    scope, parts = _chosen(Scope, "scope"), standard()
    reports, as_of = counting.reports(quarter, scope, parts)
    return render_template(
        "fitout/show.html",
        as_of=as_of,
        quarter=quarter,
        quarters=_around(quarter),
        this_quarter=Quarter.of(clock.today()),
        scope=scope,
        parts=parts,
        report=reports[-1],
        reports=reports,
        fitted_out=queries.fitted_out(quarter, current_user),
        drawing=_drawing(reports) if parts else None,
        Stage=Stage,
    )


def _drawing(reports: Sequence[Report]) -> str:
    labels = [str(report.quarter) for report in reports]
    items = Series(_("Items met"), [report.items_share for report in reports])
    whole = Series(
        _("Outlets that meet all"), [report.whole.share for report in reports], tone="pass"
    )
    alt = _(
        "Share that meets the standard from %(first)s to %(last)s, in per cent.",
        first=labels[0],
        last=labels[-1],
    )
    return plots.trend(labels, [items, whole], alt=alt)


def _narrowed(parts: Sequence[Part]) -> tuple[str, list[Part]]:
    """What a number is about: one item, a section, or the whole standard, which needs no name."""
    issue, code = request.args.get("item", ""), request.args.get("section", "")
    for part in parts:
        if not issue and part.section.code == code:
            return local(part.section, "title"), [part]
        for item in part.items:
            if item.issue == issue:
                return f"{item.code} {local(item, 'text')}", [Part(part.section, [item])]
    if issue or code:
        raise Problem("request.unknown")
    return "", list(parts)


def _named(text: str) -> Quarter:
    """The quarter of that name. Raises Problem request.unknown, also for one to come."""
    try:
        quarter = Quarter.named(text)
    except ValueError:
        raise Problem("request.unknown") from None
    if quarter.year < 2000 or quarter > Quarter.of(clock.today()):
        raise Problem("request.unknown")
    return quarter


def _around(quarter: Quarter) -> list[Quarter]:
    """The quarters to choose from: the last ones, and the one that is open."""
    last = trends.until(Quarter.of(clock.today()), 6)
    return last if quarter in last else [quarter, *last]


def _chosen(choices: type[Choice], name: str) -> Choice:
    """What the address says; the first choice where it says nothing."""
    text = request.args.get(name, next(iter(choices)).value)
    try:
        return choices(text)
    except ValueError:
        raise Problem("request.unknown") from None
