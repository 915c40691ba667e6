"""The quarter: who stands where, what each score is made of, freezing, and what O is."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from inspector import clock, spreadsheets
from inspector.clock import Quarter
from inspector.db import db
from inspector.moves import check, may
from inspector.people.models import Branch, Level
from inspector.people.queries import are_many
from inspector.people.roles import BRANCH_SIDE, DESK
from inspector.problems import Problem
from inspector.scores import adjustments, freezing, lifecycle, ordered, other, queries, rules, sheet
from inspector.scores.forms import OtherForm
from inspector.scores.lifecycle import Stage
from inspector.scores.models import Freeze
from inspector.scores.parts import parts
from inspector.scores.periods import named, quarters
from inspector.scores.ranking import ranking
from inspector.scores.results import Result
from inspector.scores.whole import with_lines
from inspector.snapshots import asking_again
from inspector.templating import word
from inspector.visits.forms import ReasonForm
from inspector.web import Answer, for_roles, go, sentence

blueprint = Blueprint("scores", __name__)

FIRST = 100
"""How many sub-branches a page shows before somebody asks for all."""

READERS = DESK | BRANCH_SIDE


@blueprint.get("/scores")
@for_roles(*READERS)
def index() -> Answer:
    """A quarter: the sub-branches by rank for the desk; for a branch its own numbers only. Of very
    many the first are shown, `?all=1` shows all; `?anew=1` counts what was counted a while ago."""
    quarter = named(request.args.get("quarter"))
    if current_user.role in BRANCH_SIDE:
        return _own(quarter)
    found, lines, as_of = ranking(quarter, anew="anew" in request.args)
    order = None if found.freeze else ordered.order_of(quarter)
    page = render_template(
        "scores/index.html",
        **_frame(found),
        as_of=as_of,
        ranked=found.ranked[: None if "all" in request.args else FIRST],
        lines=lines,
        others=other.others(quarter),
        performance=rules.performance,
        returned=_returned(quarter),
        reason_form=ReasonForm(),
        may={name: may(lifecycle.MOVES, name, current_user.role, found.stage) for name in MOVES},
        is_over=freezing.is_over(quarter, clock.today()),
        order=order,
    )
    return asking_again(page) if order and not order.failure else page


MOVES = tuple(lifecycle.MOVES)


@blueprint.get("/scores/<quarter>/<code>")
@for_roles(*READERS)
def show(quarter: str, code: str) -> Answer:
    """What the score of a sub-branch or of an outlet is made of."""
    return _show(named(quarter), queries.unit_seen_by(current_user, code))


@blueprint.get("/scores/<quarter>/sheet.<any(csv, xlsx):form>")
@for_roles(*DESK)
def table(quarter: str, form: str) -> Answer:
    """All numbers of a quarter as a file for Excel, with its stage in the name."""
    of = named(quarter)
    found, _lines = with_lines(of)
    name = f"{of} {word('quarter', found.stage)}"
    return send_file(
        spreadsheets.write(form, str(of), sheet.head(), sheet.rows(found, other.others(of))),
        mimetype=spreadsheets.TYPES[form],
        as_attachment=True,
        download_name=f"{name}.{form}",
    )


@blueprint.post("/scores/<quarter>/freeze")
@for_roles(*DESK)
def freeze(quarter: str) -> Answer:
    """Lock a quarter; of very many outlets the worker does it."""
    of, at = named(quarter), clock.now()
    to = url_for("scores.index", quarter=of)
    if are_many():
        ordered.order(of, by=current_user, at=at)
        return go(to)
    freezing.freeze(of, by=current_user, at=at)
    return go(to, _("The quarter is frozen."))


@blueprint.post("/scores/<quarter>/confirmation")
@for_roles(*DESK)
def confirm(quarter: str) -> Answer:
    """The leader confirms a frozen quarter."""
    frozen = _frozen(quarter)
    frozen.confirm(by=current_user, at=clock.now())
    return go(url_for("scores.index", quarter=quarter), _("The quarter is confirmed."))


@blueprint.post("/scores/<quarter>/return")
@for_roles(*DESK)
def give_back(quarter: str) -> Answer:
    """The leader gives a frozen quarter back."""
    frozen = _frozen(quarter)
    frozen.give_back(reason=ReasonForm().reason.data or "", by=current_user, at=clock.now())
    return go(url_for("scores.index", quarter=quarter), _("The quarter is a draft again."))


@blueprint.post("/scores/<quarter>/<code>/other")
@for_roles(*DESK)
def enter_other(quarter: str, code: str) -> Answer:
    """Enter O of a sub-branch, or leave it blank."""
    of, branch = named(quarter), queries.unit_seen_by(current_user, code)
    form = OtherForm()
    try:
        value = other.number(form.value.data or "")
    except Problem as problem:
        form.value.errors = [sentence(problem)]
        return _show(of, branch, form), problem.status
    source = (form.source.data or "").strip()
    other.enter(of, branch, value, by=current_user, at=clock.now(), source=source)
    to = url_for("scores.show", quarter=of, code=code)
    return go(to, _("Kept.") if value is not None else _("O is blank."))


def _frozen(text: str) -> Freeze:
    """The freeze of a quarter, locked. Raises for a draft what the table of moves says of it."""
    quarter = named(text)
    stands = Freeze.quarter == str(quarter), Freeze.returned_at.is_(None)
    freeze = db.session.scalar(select(Freeze).where(*stands).with_for_update())
    if freeze is None:
        check(lifecycle.MOVES, "confirm", current_user.role, Stage.DRAFT)
        raise Problem("move.not_now")
    return freeze


def _frame(found: Result) -> dict[str, Any]:
    """What every page of a quarter shows."""
    return {
        "found": found,
        "quarter": found.quarter,
        "rules": found.rules,
        "freeze": found.freeze,
        "quarters": quarters(found.quarter),
        "Level": Level,
    }


def _returned(quarter: Quarter) -> Sequence[Freeze]:
    """The freezes of a quarter that the leader gave back."""
    back = Freeze.quarter == str(quarter), Freeze.returned_at.is_not(None)
    return db.session.scalars(select(Freeze).where(*back).order_by(Freeze.frozen_at)).all()


def _own(quarter: Quarter) -> Answer:
    """What a branch sees first: its own unit."""
    return _show(quarter, queries.unit_seen_by(current_user, current_user.branch.code))


def _show(quarter: Quarter, branch: Branch, form: OtherForm | None = None) -> str:
    subbranch = branch.subbranch
    found, lines = with_lines(quarter, subbranch.id)
    standing = found.by_id.get(branch.id)
    if standing is None:
        raise Problem("request.unknown")
    mine = [one for one in lines if branch.id in (one.subbranch_id, one.outlet_id)]
    later = adjustments.later_lines_of(quarter, subbranch.id)
    page = "subbranch" if branch.level == Level.SUBBRANCH else "outlet"
    return render_template(
        f"scores/{page}.html",
        **_frame(found),
        branch=branch,
        standing=standing,
        lines=mine,
        later=[one for one in later if branch.id in (one.subbranch_id, one.outlet_id)],
        parts=parts(found, standing) if page == "outlet" else None,
        other=other.others(quarter).get(branch.id),
        history=other.history_of(quarter, branch),
        form=form or OtherForm(),
        performance=rules.performance,
        is_desk=current_user.role in DESK,
        told=_figures,
    )


def _figures(figures: Mapping[str, str]) -> str:
    """Figures beside O, in words."""
    return " · ".join(f"{word('meaning', name)} {value}" for name, value in figures.items())
