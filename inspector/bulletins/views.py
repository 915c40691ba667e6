"""The bulletins: the list, the page and the paper of each, and issuing."""

import uuid
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock
from inspector.bulletins import issuing, queries
from inspector.bulletins.gathering import Edition, gather, is_offered, offered, tells_the_same
from inspector.bulletins.models import Bulletin
from inspector.clock import Quarter
from inspector.db import db
from inspector.notices.papers.bulletin import BulletinDocument
from inspector.notices.papers.serving import served
from inspector.people.roles import DESK
from inspector.photos.models import Picture
from inspector.photos.serving import serve
from inspector.problems import Problem
from inspector.scores import results
from inspector.scores.periods import named, quarters
from inspector.storage import storage
from inspector.templating import said
from inspector.visits.forms import ReasonForm
from inspector.web import Answer, for_roles, go

blueprint = Blueprint("bulletins", __name__)


@blueprint.get("/bulletins")
@for_roles(*queries.READERS)
def index() -> Answer:
    """The bulletins that were issued; for the desk also the quarters that have none yet."""
    issued = queries.latest(current_user)
    there = {one.quarter for one in issued}
    is_desk = current_user.role in DESK
    drafts = [one for one in quarters() if str(one) not in there] if is_desk else []
    return render_template("bulletins/index.html", issued=issued, drafts=drafts)


@blueprint.get("/bulletins/<quarter>")
@for_roles(*queries.READERS)
def show(quarter: str) -> Answer:
    """The bulletin of a quarter as it was issued, or one of its editions; before that, and with
    `?draft=yes`, the desk sees what it would say today."""
    of = named(quarter)
    editions = queries.editions_of(current_user, of)
    is_desk = current_user.role in DESK
    if is_desk and (not editions or request.args.get("draft") == "yes"):
        return _draft(of, editions[0] if editions else None)
    bulletin = _chosen(of)
    return render_template(
        "bulletins/show.html",
        **_frame(of, bulletin.record),
        bulletin=bulletin,
        editions=editions,
        is_desk=is_desk,
        is_returned=is_desk and bulletin.freeze_id != _standing(of),
    )


@blueprint.get("/bulletins/<quarter>/paper")
@for_roles(*queries.READERS)
def paper(quarter: str) -> Answer:
    """The PDF of a bulletin as it was issued; for the desk, of the draft."""
    of = named(quarter)
    wants_draft = current_user.role in DESK and (
        request.args.get("draft") == "yes" or not queries.editions_of(current_user, of)
    )
    if wants_draft:
        doc = gather(of, by=current_user, on=clock.today())
        return served(issuing.paper(doc), f"bulletin-{of}-draft")
    bulletin = _chosen(of)
    return served(storage().get(bulletin.pdf_sha256), f"bulletin-{of}-{bulletin.edition}")


@blueprint.get("/bulletins/<quarter>/photos/<sha256>")
@for_roles(*queries.READERS)
def photo(quarter: str, sha256: str) -> Answer:
    """A photo of a good example in an issued bulletin, or of one that the desk may choose."""
    of = named(quarter)
    editions = queries.editions_of(current_user, of)
    shown = {name for one in editions for name in one.record.pictures()}
    is_shown = sha256 in shown or (current_user.role in DESK and is_offered(of, sha256))
    picture = db.session.get(Picture, sha256) if is_shown else None
    if picture is None:
        raise Problem("request.unknown")
    return serve(picture, thumb=request.args.get("size") == "thumb")


@blueprint.post("/bulletins/<quarter>/issue")
@for_roles(*DESK)
def issue(quarter: str) -> Answer:
    """Issue it, with the good examples that were chosen."""
    of = named(quarter)
    made = issuing.issue(
        of,
        edition=request.form.get("edition", 1, type=int),
        reason=request.form.get("reason", ""),
        practices=set(request.form.getlist("practice", type=uuid.UUID)),
        by=current_user,
        at=clock.now(),
    )
    told = _("Bulletin %(number)s is issued. Every branch can read it.", number=made.number)
    return go(url_for("bulletins.show", quarter=of), told)


def _draft(of: Quarter, issued: Bulletin | None) -> str:
    edition = Edition(issued.edition + 1, None, issued.number) if issued else Edition()
    doc = gather(of, by=current_user, on=clock.today(), edition=edition)
    may_issue = doc.is_frozen and not (issued and tells_the_same(doc, issued))
    return render_template(
        "bulletins/draft.html",
        **_frame(of, doc),
        issued=issued,
        edition=edition.edition,
        may_issue=may_issue and current_user.role == "channel",
        practices=offered(of) if may_issue else [],
        reason_form=ReasonForm(),
    )


def _frame(of: Quarter, doc: BulletinDocument) -> dict[str, Any]:
    return {"doc": doc, "quarter": of, "said": said}


def _chosen(of: Quarter) -> Bulletin:
    """The edition that the address names; without a number, the latest."""
    edition = request.args.get("edition", type=int)
    if edition is None:
        editions = queries.editions_of(current_user, of)
        edition = editions[0].edition if editions else 0
    return queries.edition_seen_by(current_user, of, edition)


def _standing(of: Quarter) -> uuid.UUID | None:
    freeze = results.freeze_of(of)
    return freeze.id if freeze else None
