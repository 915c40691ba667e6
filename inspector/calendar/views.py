"""The calendar of visits: a month on a page, and a feed for people's own calendars."""

from datetime import date

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock
from inspector.calendar import queries
from inspector.calendar.entries import Words, ical
from inspector.calendar.months import Month
from inspector.checklists.models import Kind
from inspector.people import calendar_links
from inspector.people.models import Person
from inspector.people.roles import DESK, VISITORS, Role
from inspector.problems import Problem
from inspector.templating import word
from inspector.visits.queries import shows_inspector
from inspector.web import Answer, for_roles

blueprint = Blueprint("calendar", __name__)


@blueprint.get("/calendar")
@for_roles(*DESK, *VISITORS)
def index() -> Answer:
    """The present month."""
    return _page(Month.of(clock.today()))


@blueprint.get("/calendar/<month>")
@for_roles(*DESK, *VISITORS)
def show(month: str) -> Answer:
    """A month: at the desk everybody's visits, or those of one person; for who makes visits their
    own. `?day=` lists all of a day."""
    try:
        return _page(Month.named(month))
    except ValueError:
        raise Problem("request.unknown") from None


@blueprint.get("/calendar/feeds/<token>.ics")
def feed(token: str) -> Answer:
    """The visits of whoever has this secret link. An address that is none, or no more, is answered
    the same whatever it was."""
    person = calendar_links.person_with(token)
    if person is None:
        return Response("404", 404, mimetype="text/plain")
    with force_locale("zh_CN"):  # whatever the browser of whoever looks at it speaks
        content = _ical(person)
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _page(month: Month) -> str:
    who = request.args.get("inspector", "") if current_user.role in DESK else ""
    on = _day(month)
    first, last = queries.months_of(current_user, clock.today())
    days = queries.days_of(current_user, month, who)
    return render_template(
        "calendar/show.html",
        month=month,
        this_month=Month.of(clock.today()),
        first=first,
        last=last,
        who=who,
        days=days,
        total=sum(day.total for day in days.values()),
        on=on,
        visits=queries.visits_on(current_user, on, who) if on else [],
        inspectors=queries.inspectors(month) if current_user.role in DESK else [],
        shows_inspector=shows_inspector,
        shopper=Role.SHOPPER,
    )


def _day(month: Month) -> date | None:
    text = request.args.get("day")
    if text is None:
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise Problem("request.unknown") from None
    if on not in month:
        raise Problem("request.unknown")
    return on


def _ical(person: Person) -> bytes:
    setting = current_app.config
    discreet = setting["CALENDAR_DISCREET"]
    visits = queries.own_visits(person, clock.now())
    addresses = {
        visit.id: setting["BASE_URL"] + url_for("visits.show", visit_id=visit.id)
        for visit in visits
    }
    words = Words(
        title=discreet if person.role == Role.SHOPPER else _("Outlet Inspection"),
        kinds={kind: word("kind", kind) for kind in Kind},
        discreet=discreet,
    )
    return ical(visits, queries.changes_of(person), words, addresses)
