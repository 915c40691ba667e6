"""The ledger: its page, and the same rows as files."""

from flask import Blueprint, current_app, render_template, request, send_file
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock, spreadsheets
from inspector.ledger import choices, paper, queries, sheet
from inspector.ledger.filters import Filters
from inspector.notices.papers import drawing
from inspector.notices.papers.serving import served
from inspector.problems import Problem
from inspector.web import Answer

blueprint = Blueprint("ledger", __name__)


@blueprint.get("/ledger")
def index() -> Answer:
    """The rows one may see, narrowed and sorted by what stands in the address (filters.py);
    `?after=` goes on after that row."""
    filters, after = asked(), request.args.get("after", "")
    try:
        page = queries.page(current_user, filters, after)
    except ValueError:
        raise Problem("request.unknown") from None
    options = choices.options(current_user, filters)
    stages = queries.open_counts(current_user, filters)
    lates = queries.late_counts(current_user, filters, choices.late_ways())
    return render_template(
        "ledger/index.html",
        filters=filters,
        page=page,
        goes_on=bool(after),
        total=queries.count_up_to(current_user, filters, queries.COUNTED),
        counted=queries.COUNTED,
        stages=choices.stage_chips(current_user, filters, stages),
        lates=choices.late_chips(filters, lates),
        options=options,
        chosen=choices.chosen(filters, options),
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


def asked() -> Filters:
    """The filters of the address. Raises Problem request.unknown for what there is none of."""
    try:
        return Filters.of(request.args)
    except ValueError:
        raise Problem("request.unknown") from None


def _named(scope: str, form: str) -> str:
    """A file says which rows it holds before anybody opens it."""
    return f"{_('Ledger')} {scope[:60]} {clock.today():%Y%m%d}.{form}"
