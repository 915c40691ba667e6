"""The briefings: which there are, and the page and the paper of each."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from inspector import clock
from inspector.briefings.gathering import gather
from inspector.calendar.months import Month
from inspector.db import db
from inspector.notices.papers import drawing
from inspector.notices.papers.serving import served
from inspector.people.models import Branch, Level
from inspector.people.queries import branches_seen_by
from inspector.people.roles import DESK, Role
from inspector.problems import Problem
from inspector.templating import said
from inspector.web import Answer, for_roles

blueprint = Blueprint("briefings", __name__)

READERS = DESK | {Role.SUBBRANCH}
MONTHS = 6


@blueprint.get("/briefings")
@for_roles(*READERS)
def index() -> Answer:
    """The sub-branches that one may see, each with its briefing of a month."""
    month = _month(request.args.get("month"))
    mine = branches_seen_by(current_user).where(Branch.level == Level.SUBBRANCH)
    return render_template(
        "briefings/index.html",
        month=month,
        months=_months(month),
        subbranches=db.session.scalars(mine).all(),
    )


@blueprint.get("/briefings/<month>/<code>")
@for_roles(*READERS)
def show(month: str, code: str) -> Answer:
    """The briefing of a sub-branch for the meeting of a month, as it comes out today."""
    of, subbranch = _month(month), _subbranch(code)
    return render_template(
        "briefings/show.html",
        doc=gather(of, subbranch, on=clock.today()),
        month=of,
        months=_months(of),
        subbranch=subbranch,
        said=said,
    )


@blueprint.get("/briefings/<month>/<code>/paper")
@for_roles(*READERS)
def paper(month: str, code: str) -> Answer:
    """The same on one page of A4."""
    of, subbranch = _month(month), _subbranch(code)
    doc = gather(of, subbranch, on=clock.today())
    return served(drawing.draw(doc), f"briefing-{of}-{subbranch.code}")


def _month(text: str | None) -> Month:
    """The month of that name, the present one without a name. Raises Problem request.unknown, also
    for one that has not begun."""
    now = Month.of(clock.today())
    try:
        month = Month.named(text) if text else now
    except ValueError:
        raise Problem("request.unknown") from None
    if month.first > now.first:
        raise Problem("request.unknown")
    return month


def _months(shown: Month) -> list[Month]:
    """The months to choose from, the latest first."""
    found = [Month.of(clock.today())]
    while len(found) < MONTHS:
        found.append(found[-1].before)
    return found if shown in found else [*found, shown]


def _subbranch(code: str) -> Branch:
    """The sub-branch of that code, if one may see it. Raises Problem request.unknown."""
    wanted = branches_seen_by(current_user).where(
        Branch.code == code, Branch.level == Level.SUBBRANCH
    )
    found: Branch | None = db.session.scalar(wanted)
    if found is None:
        raise Problem("request.unknown")
    return found
