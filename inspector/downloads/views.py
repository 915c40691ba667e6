"""Asking for many notices at once, one's own downloads, and their files."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock
from inspector.db import after_commit
from inspector.downloads import ledger, queries, work
from inspector.downloads.lifecycle import UNDER_WAY, Form
from inspector.downloads.models import Download
from inspector.downloads.wording import title_of
from inspector.ledger import queries as rows
from inspector.ledger.filters import Filters
from inspector.problems import REGISTRY, Problem
from inspector.queue import queue
from inspector.storage import Missing, storage
from inspector.templating import chosen_locale
from inspector.web import Answer, go, sentence

blueprint = Blueprint("downloads", __name__)

TYPES = {Form.ZIP: "application/zip", Form.PDF: "application/pdf"}


@blueprint.get("/downloads")
def index() -> Answer:
    """One's own downloads, and the quarters that can be asked for."""
    now = clock.now()
    downloads = queries.downloads_of(current_user, _kept_since(now))
    return render_template(
        "downloads/index.html",
        rows=[(download, download.stage(now), _title(download)) for download in downloads],
        under_way=sum(download.stage(now) in UNDER_WAY for download in downloads),
        quarters=queries.quarters(current_user),
        keep=timedelta(days=current_app.config["DOWNLOAD_DAYS"]),
        why=_why,
        now=now,
    )


@blueprint.post("/downloads")
def ask() -> Answer:
    """Ask for the notices `of` a visit, a quarter or a filter, in a `form`: zip or pdf; or for the
    rows of the ledger, which are a PDF."""
    scope = request.form.get("of", "")
    form = request.form.get("form", "")
    if form not in set(Form):
        raise Problem("request.unknown")
    try:
        filters = ledger.filters_of(scope)
    except ValueError:
        raise Problem("request.unknown") from None
    if filters is not None:
        return _ask_ledger(filters, Form(form))
    notices = queries.notices_of(scope, current_user)
    limit = current_app.config["MERGED_AT_MOST"]
    if form == Form.PDF and len(notices) > limit:
        raise Problem("download.too_many", limit=limit)
    download = Download.ask(
        scope=scope,
        form=Form(form),
        notices=notices,
        by=current_user,
        at=clock.now(),
    )
    return _queued(download)


def _ask_ledger(filters: Filters, form: Form) -> Answer:
    if form != Form.PDF:
        raise Problem("request.unknown")
    download = Download.ask(
        scope=f"{ledger.KIND}:{filters.text}",
        form=form,
        rows=rows.count(current_user, filters),
        by=current_user,
        at=clock.now(),
    )
    return _queued(download)


@blueprint.get("/downloads/<uuid:download_id>/file")
def file(download_id: uuid.UUID) -> Answer:
    """The ZIP or the PDF, as long as its owner may see all that is in it."""
    download = _own(download_id)
    if download.sha256 is None:
        raise Problem("download.not_now")
    try:
        opened = storage().open(download.sha256)
    except Missing:
        raise Problem("download.gone") from None
    day = clock.day(download.asked_at)
    response = send_file(
        opened,
        mimetype=TYPES[Form(download.form)],
        as_attachment=True,
        download_name=f"{_papers(download)}{_title(download)} {day:%Y%m%d}.{download.form}",
        etag=download.sha256,
        conditional=False,
    )
    # A gigabyte over a branch's line can be taken up again where it broke off.
    response.make_conditional(request, accept_ranges=True, complete_length=download.size)
    response.headers.setdefault("Content-Length", str(download.size))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.post("/downloads/<uuid:download_id>/cancellation")
def cancel(download_id: uuid.UUID) -> Answer:
    """Call it off."""
    return _changed(download_id, lambda download: download.cancel(at=clock.now()))


@blueprint.post("/downloads/<uuid:download_id>/retry")
def retry(download_id: uuid.UUID) -> Answer:
    """Have it made once more."""
    download = _own(download_id, to_change=True)
    download.try_again(at=clock.now())
    return _queued(download)


@blueprint.post("/downloads/<uuid:download_id>/deletion")
def delete(download_id: uuid.UUID) -> Answer:
    """Delete it now; a worker that has it in hand stops."""
    return _changed(download_id, lambda download: work.remove(download.id))


def _own(download_id: uuid.UUID, *, to_change: bool = False) -> Download:
    since = _kept_since(clock.now())
    return queries.download_of(current_user, download_id, since, to_change=to_change)


def _kept_since(now: datetime) -> datetime:
    return queries.kept_since(now, current_app.config["DOWNLOAD_DAYS"])


def _changed(download_id: uuid.UUID, change: Callable[[Download], None]) -> Answer:
    change(_own(download_id, to_change=True))
    return go(url_for("downloads.index"))


def _queued(download: Download) -> Answer:
    """Only what is committed is queued: else a worker could look for it too soon."""
    jobs, key = queue(), str(download.id)
    after_commit(lambda: jobs.put(work.MAKE, key))
    return go(url_for("downloads.index"), _("It is being made. You can go on working meanwhile."))


def _title(download: Download) -> str:
    return title_of(download.scope, download.person, chosen_locale())


def _papers(download: Download) -> str:
    """What is in the file; the title of a ledger says so itself."""
    return "" if download.seen_as else "整改通知书 "


def _why(download: Download) -> str:
    """Why it failed, in words."""
    failure = download.failure or {}
    code = failure.get("code", "")
    return sentence(Problem(code, **failure["details"])) if code in REGISTRY else ""
