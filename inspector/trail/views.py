"""The desk's pages of the trail: all that was done, and the state of the chain."""

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock, spreadsheets
from inspector.db import db
from inspector.people.roles import DESK
from inspector.people.telling import lines, who
from inspector.problems import Problem
from inspector.spreadsheets import Cell
from inspector.templating import act, word
from inspector.trail import notes, queries, roles
from inspector.trail.heads import head_of
from inspector.trail.queries import Act, Page, Wanted
from inspector.trail.verifying import WRONG
from inspector.web import Answer, for_roles
from inspector.words import WORDS

blueprint = Blueprint("history", __name__)


@blueprint.get("/history")
@for_roles(*DESK)
def index() -> Answer:
    """All that was done, the newest first; `?person=&thing=&verb=&day=` narrow it, `?before=` goes
    on with what was before that row."""
    wanted = _wanted()
    page = queries.page(wanted)
    return render_template(
        "history/index.html",
        rows=[_row(one, page) for one in page.acts],
        more=page.acts[-1].link.seq if page.more else None,
        wanted=wanted,
        verbs=[(verb, word("verb", verb)) for verb in queries.verbs()],
    )


@blueprint.get("/history.csv")
@for_roles(*DESK)
def table() -> Answer:
    """The same as a file, for a spreadsheet."""
    rows = map(_cells, queries.everything(_wanted()))
    file = spreadsheets.write("csv", _("History"), _heads(), rows)
    return send_file(
        file,
        mimetype=spreadsheets.TYPES["csv"],
        as_attachment=True,
        download_name=f"history-{clock.today()}.csv",
    )


@blueprint.get("/history/chain")
@for_roles(*DESK)
def chain() -> Answer:
    """The state of the chain: its head, when it was last verified, and where heads are kept."""
    connection = db.session.connection()
    verified = notes.last(notes.VERIFY)
    broken = verified.detail if verified and "broken" in verified.detail else None
    return render_template(
        "history/chain.html",
        head=head_of(connection),
        verified=verified,
        broken=_sentence(**broken) if broken else "",
        noted=notes.last(notes.NOTE),
        may_change=roles.may_change(connection),
        engine=connection.dialect.name,
    )


def _wanted() -> Wanted:
    try:
        return Wanted.of(request.args)
    except (ValueError, OverflowError):
        raise Problem("request.unknown") from None


def _sentence(what: str, said: dict[str, str], **_rest: object) -> str:
    sentence = WRONG[what]
    return str(_(sentence, **said))


def _row(one: Act, page: Page) -> dict[str, Any]:
    event = one.event
    return {
        "act": one,
        "who": who(one.by, names=True),
        "username": one.by.username if one.by and not one.is_shoppers else "",
        "what": act(event.subject_table, event.verb),
        "thing": _thing(event.subject_table) if one.thing else "",
        "href": _address(one, page),
        "lines": lines(one.detail),
    }


def _thing(table: str) -> str:
    return word("thing", table) if table in WORDS["thing"] else table


def _address(one: Act, page: Page) -> str:
    """Where the thing is to be seen; empty for what has no page, or is gone."""
    if one.thing is None:
        return ""
    table, key = one.thing
    match table:
        case "visit":
            return url_for("visits.show", visit_id=key)
        case "notice":
            return url_for("notices.show", notice_id=key)
        case "batch" if one.event.verb != "discard_batch":
            return url_for("batches.show", batch_id=key)
        case "person" if current_user.role == "admin":
            return url_for("accounts.show", person_id=key)
        case "finding" if key in page.visits:
            return url_for("visits.show", visit_id=page.visits[key], _anchor=f"finding-{key}")
        case "rectification" if key in page.notices:
            return url_for("notices.show", notice_id=page.notices[key])
    return ""


def _heads() -> list[str]:
    return [
        _("Row"),
        _("When"),
        _("Who"),
        _("Account"),
        _("What"),
        _("Thing"),
        _("Key of the thing"),
        _("Said with it"),
        _("By the tablet's clock"),
        _("Network address"),
        _("Device"),
        "SHA-256",
    ]


def _cells(one: Act) -> list[Cell]:
    row = _row(one, Page([], False))
    return [
        one.link.seq,
        _moment(one.event.at),
        row["who"],
        row["username"],
        row["what"],
        row["thing"],
        str(one.thing[1]) if one.thing else "",
        "; ".join(row["lines"]),
        _moment(one.device_at) if one.device_at else "",
        one.address,
        one.device,
        one.link.sha256,
    ]


def _moment(value: datetime) -> str:
    return f"{clock.local(value):%Y-%m-%d %H:%M:%S}"
