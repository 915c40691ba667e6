"""The plan of a quarter: the grid of outlets and kinds, coverage, and the targets."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import selectinload

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.people.models import Person
from inspector.people.queries import visitors
from inspector.people.roles import DESK, Role
from inspector.plans import bulk, queries
from inspector.plans.models import MOST, Plan
from inspector.plans.queries import ONLY, SHOWN, Grid, Wanted
from inspector.problems import Problem
from inspector.visits.queries import shows_inspector
from inspector.web import Answer, for_roles, go, respond, sentence, wants_part

blueprint = Blueprint("plans", __name__, url_prefix="/plans")

PAGE = 50
"""How many outlets a page has."""

AHEAD = 4
"""How many quarters ahead can be planned."""


@blueprint.get("")
@for_roles(*DESK)
def index() -> Answer:
    """The plan of the present quarter."""
    return redirect(url_for("plans.show", quarter=Quarter.of(clock.today())))


@blueprint.get("/<quarter>")
@for_roles(*DESK)
def show(quarter: str) -> Answer:
    """Every outlet and kind: target, done, planned, missing; narrowed by what the address says."""
    return render_template("plans/show.html", **page_of(named(quarter), wanted_in(request.args)))


@blueprint.post("/<quarter>/targets")
@for_roles(Role.CHANNEL)
def set_targets(quarter: str) -> Answer:
    """Ask so many visits of each kind of every outlet in a quarter."""
    of = named(quarter)
    try:
        given = {kind.value: int(request.form[kind]) for kind in SHOWN}
    except (KeyError, ValueError):
        raise Problem("plan.target", most=MOST) from None
    Plan.set_targets(of, given, was=queries.targets(of), by=current_user, at=clock.now())
    return go(url_for("plans.show", quarter=of), _("Kept."))


@blueprint.post("/<quarter>/visits")
@for_roles(Role.CHANNEL)
def change(quarter: str) -> Answer:
    """Reassign, move or cancel the ticked visits, and tell of each what became of it."""
    of, form = named(quarter), request.form
    said = {"by": current_user, "at": clock.now()}
    ways = {
        "reassign": lambda: bulk.reassigning(form.get("to", ""), **said),
        "move": lambda: bulk.moving(form.get("on", ""), **said),
        "cancel": lambda: bulk.cancelling(form.get("reason", ""), **said),
    }
    if form.get("act") not in ways:
        raise Problem("request.malformed")
    ticked = form.getlist("shown" if form.get("all") else "visit")
    visits = queries.open_visits(bulk.keys(ticked), current_user)
    outcomes = bulk.change(visits, ways[form["act"]]())
    wanted = wanted_in(form)
    done = sum(outcome.why is None for outcome in outcomes)
    message = _("%(done)s of %(all)s done.", done=done, all=len(outcomes))
    return respond(
        "plans/_plan.html",
        to=url_for("plans.show", quarter=of, **{k: v for k, v in vars(wanted).items() if v}),
        message=message if done == len(outcomes) else _refusals(message, outcomes),
        **page_of(of, wanted),
        outcomes=[_told(outcome) for outcome in outcomes],
    )


def named(text: str) -> Quarter:
    """The quarter of that name. Raises Problem request.unknown, also for one too far ahead."""
    try:
        quarter = Quarter.named(text)
    except ValueError:
        raise Problem("request.unknown") from None
    if not 2000 <= quarter.year <= 9000 or quarter > _latest():
        raise Problem("request.unknown")
    return quarter


def wanted_in(said: Any) -> Wanted:
    """Which part of the grid an address or a form asks for; what it does not know is left out."""
    kind, only = said.get("kind", ""), said.get("only", "")
    return Wanted(
        kind=kind if kind in set(SHOWN) else "",
        subbranch=said.get("subbranch", "")[:20],
        only=only if only in ONLY else "",
    )


def page_of(quarter: Quarter, wanted: Wanted) -> dict[str, Any]:
    """What the page of a plan shows."""
    today = clock.today()
    grid = Grid(quarter, seen_by=current_user, today=today)
    said = request.form if wants_part() else request.args
    after = said.get("after", "")[:20]
    lines, following = grid.lines(wanted, after, PAGE)
    counts, coverage = grid.totals(wanted)
    return {
        "quarter": quarter,
        "quarters": _quarters(quarter),
        "wanted": wanted,
        "counts": counts,
        "coverage": coverage,
        "targets": grid.targets,
        "most": MOST,
        "lines": lines,
        "after": after,
        "following": following,
        "subbranches": queries.subbranches(grid),
        "draws": queries.draws_seen_by(current_user, quarter),
        "kinds": [kind.value for kind in SHOWN],
        "only": ONLY,
        "changes": current_user.role == Role.CHANNEL,
        "people": _people() if current_user.role == Role.CHANNEL else [],
        "is_over": quarter.last < today,
        "shows_inspector": shows_inspector,
    }


def _people() -> Sequence[Person]:
    """To whom visits can be given by name: nobody who shops."""
    found = visitors().where(Person.role != Role.SHOPPER)
    return db.session.scalars(found.options(selectinload(Person.branch))).all()


def _told(outcome: bulk.Outcome) -> dict[str, Any]:
    return {"visit": outcome.visit, "why": sentence(outcome.why) if outcome.why else ""}


def _refusals(message: str, outcomes: list[bulk.Outcome]) -> str:
    """The same with each reason once, for a browser that gets no list."""
    return " ".join([message, *sorted({sentence(one.why) for one in outcomes if one.why})])


def _latest() -> Quarter:
    latest = Quarter.of(clock.today())
    for _ahead in range(AHEAD):
        latest = latest.after
    return latest


def _quarters(shown: Quarter) -> list[Quarter]:
    """The quarters to choose from: the present one, the next, and two before; and what is shown."""
    now = Quarter.of(clock.today())
    found = [now.after, now, now.before, now.before.before]
    return sorted({*found, shown}, reverse=True)
