"""The ledger: its page, the same rows as files, and one act on many of them."""

import uuid
from collections.abc import Sequence

from flask import Blueprint, current_app, render_template, request, send_file
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock, spreadsheets
from inspector.ledger import bulk, choices, counting, paper, queries, saved, sheet
from inspector.ledger.bulk import Act
from inspector.ledger.filters import Filters
from inspector.notices.papers import drawing
from inspector.notices.papers.serving import served
from inspector.people.roles import Role
from inspector.problems import Problem
from inspector.snapshots import counted_up_to
from inspector.web import Answer, for_roles

blueprint = Blueprint("ledger", __name__)


@blueprint.get("/ledger")
def index() -> Answer:
    """The rows one may see, narrowed and sorted by what stands in the address (filters.py);
    `?after=` goes on after that row, `?anew=1` counts what was counted a while ago."""
    filters, after = asked(), request.args.get("after", "")
    try:
        page = queries.page(current_user, filters, after)
    except ValueError:
        raise Problem("request.unknown") from None
    options = choices.options(current_user, filters)
    numbers, as_of = counting.numbers(current_user, filters, anew="anew" in request.args)
    return render_template(
        "ledger/index.html",
        filters=filters,
        as_of=as_of,
        page=page,
        goes_on=bool(after),
        total=counting.total(current_user, filters, numbers, as_of),
        counted=counted_up_to(),
        at_once=current_app.config["LEDGER_PAPER_ROWS"],
        stages=choices.stage_chips(current_user, filters, numbers.stages),
        lates=choices.late_chips(filters, numbers.lates),
        options=options,
        chosen=choices.chosen(filters, options),
        views=list(saved.chips(current_user, filters)),
        acts=[*Act] if current_user.role == Role.CHANNEL and bulk.any_of(page.lines) else [],
        actable=bulk.ACTABLE,
        today=clock.today(),
    )


@blueprint.get("/ledger.<any(csv,xlsx):form>")
def table(form: str) -> Answer:
    """All rows that the page shows, on all of its pages, in their order, for a spreadsheet."""
    filters, today = asked(), clock.today()
    scope = choices.scope(current_user, filters)
    lines = queries.everything(current_user, filters)
    told = [_("Ledger"), scope, _("as of %(day)s", day=today.isoformat())]
    return send_file(
        spreadsheets.write(form, _("Ledger"), sheet.head(), sheet.rows(lines, today), told=told),
        mimetype=spreadsheets.TYPES[form],
        as_attachment=True,
        download_name=_named(scope, form),
    )


@blueprint.get("/ledger.pdf")
def print_() -> Answer:
    """The same as paper, in Chinese whatever the page speaks."""
    filters, today = asked(), clock.today()
    most = current_app.config["LEDGER_PAPER_ROWS"]
    if queries.count_up_to(current_user, filters, most) > most:
        raise Problem("ledger.too_long", limit=most)
    with force_locale("zh_CN"):
        scope = choices.scope(current_user, filters)
    lines = queries.everything(current_user, filters)
    doc = paper.document_of(lines, scope=scope, on=today)
    return served(drawing.draw(doc), f"ledger-{filters.stage}-{today}")


@blueprint.get("/ledger/acts/<act>")
@for_roles(Role.CHANNEL)
def confirm(act: str) -> Answer:
    """What an act would be done to: those of the ticked rows whose turn it is."""
    what, filters, keys = _act(act), asked(), _keys(request.args.getlist("row"))
    ticked = bulk.rows_for(what, keys, current_user)
    return render_template("ledger/confirm.html", act=what, filters=filters, ticked=ticked)


@blueprint.post("/ledger/acts/<act>")
@for_roles(Role.CHANNEL)
def act(act: str) -> Answer:
    """Do it, row by row, and tell what became of each."""
    what, filters, keys = _act(act), asked(), _keys(request.form.getlist("row"))
    outcomes = bulk.do(what, keys, current_user)
    return render_template("ledger/results.html", act=what, filters=filters, outcomes=outcomes)


def asked() -> Filters:
    """The filters of the address, or of a form. Raises Problem request.unknown for what there is
    none of."""
    try:
        return Filters.of(request.values)
    except ValueError:
        raise Problem("request.unknown") from None


def _named(scope: str, form: str) -> str:
    """A file says which rows it holds before anybody opens it."""
    return f"{_('Ledger')} {scope[:60]} {clock.today():%Y%m%d}.{form}"


def _act(name: str) -> Act:
    try:
        return Act(name)
    except ValueError:
        raise Problem("request.unknown") from None


def _keys(said: Sequence[str]) -> list[uuid.UUID]:
    """The ticked rows. Raises Problem bulk.nothing and bulk.too_many."""
    if not said:
        raise Problem("bulk.nothing")
    if len(said) > bulk.MOST:
        raise Problem("bulk.too_many", limit=bulk.MOST)
    try:
        return [uuid.UUID(key) for key in said]
    except ValueError:
        raise Problem("request.unknown") from None
