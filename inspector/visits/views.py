"""Visits: the list, planning, the tablet's page or the record, photos, calling off."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import selectinload

from inspector import clock
from inspector.checklists.models import Kind, Version
from inspector.checklists.queries import latest_versions
from inspector.db import db
from inspector.paging import page_of
from inspector.people.models import Branch, Person
from inspector.people.queries import are_many, outlets, visitors
from inspector.people.roles import BRANCH_SIDE, DESK, VISITORS, Role
from inspector.people.telling import timeline
from inspector.problems import Problem
from inspector.templating import chosen_locale, day, local, month, word
from inspector.visits import counting, deadlines, queries, unmasking
from inspector.visits.conflicts import Conflict, conflicts_of, may_resolve
from inspector.visits.forms import PlanForm, ReasonForm
from inspector.visits.lifecycle import WRITABLE, Stage
from inspector.visits.models import SENT_FOR, Visit
from inspector.visits.observed import observed_en, observed_zh
from inspector.visits.photos import serve_one
from inspector.visits.sheet import Stamp, write
from inspector.visits.signatures import is_outdated, signatures_of
from inspector.visits.snapshot import snapshot
from inspector.visits.unplanned import blank_visit, choices, unplanned_versions
from inspector.web import Answer, for_roles, go, keepable, respond

blueprint = Blueprint("visits", __name__)
blueprint.add_app_template_global(deadlines.deadline_of, "deadline_of_visit")

TOLD: Final = frozenset(
    {"submit", "sign", "refuse_signature", "confirm", "withdraw", "publish", "void"}
)
"""What a branch is told of the history of its visit; how it was planned and sent back, and what was
not confirmed, is the department's own."""
TOLD_OF_A_SECRET: Final = frozenset({"publish"})
"""The same of a mystery visit: nothing that was before the branch could see it (domain.md 6, 2)."""


@blueprint.get("/visits")
def index() -> Answer:
    """The visits one may see, by stage; an inspector's own are those still to do first."""
    seen = queries.visits_seen_by(current_user)
    stage = request.args.get("stage", "")
    if stage in queries.STAGE_SQL:
        seen = seen.where(queries.STAGE_SQL[Stage(stage)])
    elif stage == counting.LATE:
        seen = seen.where(deadlines.late(clock.today()))
    seen = seen.options(selectinload(Visit.send_backs)).order_by(*_order(current_user))
    counts, as_of = counting.counts(current_user, anew="anew" in request.args)
    html = render_template(
        "visits/index.html",
        page=page_of(seen),
        stage=stage,
        counts=counts,
        as_of=as_of,
        shows_inspector=queries.shows_inspector,
        shows_day=queries.shows_day,
        Stage=Stage,
        WRITABLE=WRITABLE,
        unplanned=choices(current_user) if not stage else None,
        sunday=clock.today() + timedelta(days=6 - clock.today().weekday()),
    )
    keep = current_user.role in VISITORS and not stage and "page" not in request.args
    return keepable(html, keep=keep)


@blueprint.get("/visits/new")
@for_roles(Role.CHANNEL)
def new() -> Answer:
    """The form to plan a visit, at an outlet that the address may name."""
    form = _plan_form(request.args.get("branch"))
    form.branch.data = request.args.get("branch", form.branch.data)
    return render_template("visits/new.html", form=form)


@blueprint.post("/visits")
@for_roles(Role.CHANNEL)
def create() -> Answer:
    """Plan a visit; recusal is told beside the inspector's name."""
    form = _plan_form(request.form.get("branch"))
    if not form.validate_on_submit():
        return render_template("visits/new.html", form=form), 422
    version = db.session.get_one(Version, uuid.UUID(form.version.data))
    inspector = db.session.get_one(Person, uuid.UUID(form.inspector.data))
    if inspector.role not in SENT_FOR[Kind(version.checklist.kind)]:
        form.inspector.errors = [_("This person does not make that kind of visit.")]
        return render_template("visits/new.html", form=form), 422
    try:
        visit = Visit.plan(
            branch=db.session.get_one(Branch, uuid.UUID(form.branch.data)),
            version=version,
            inspector=inspector,
            on=form.planned_on.data or clock.today(),
            by=current_user,
            at=clock.now(),
        )
    except Problem as problem:
        form.inspector.errors = [_(problem.sentence)]
        return render_template("visits/new.html", form=form), 422
    db.session.flush()
    return go(url_for("visits.show", visit_id=visit.id), _("The visit is planned."))


@blueprint.get("/mystery-visits")
def mystery() -> Answer:
    """What everybody is told of mystery visits in general: that they happen, and what is learnt of
    them (domain.md 2.5)."""
    setting = current_app.config
    return render_template(
        "visits/mystery.html", least=setting["BATCH_LEAST"], days=setting["FOOTAGE_DAYS"]
    )


@blueprint.get("/visits/unplanned/<uuid:version_id>")
@for_roles(*VISITORS)
def unplanned(version_id: uuid.UUID) -> Answer:
    """The page to record on, by one version of a checklist, of no visit yet: a tablet that begins
    one without a network makes its page of this (static/js/unplanned.js)."""
    version = next((v for v in unplanned_versions(current_user) if v.id == version_id), None)
    if version is None:
        raise Problem("request.unknown")
    visit = blank_visit(version, current_user)
    page = render_template(
        "visits/tablet.html", visit=visit, snapshot=snapshot(visit, current_user)
    )
    return keepable(page, keep=True)


@blueprint.get("/visits/<uuid:visit_id>")
def show(visit_id: uuid.UUID) -> Answer:
    """The page to record on, for the inspector until submission; for all others the record."""
    visit = queries.visit_seen_by(current_user, visit_id)
    if visit.inspector_id == current_user.id and visit.stage in WRITABLE:
        data = snapshot(visit, current_user)
        page = render_template("visits/tablet.html", visit=visit, snapshot=data)
        return keepable(page, keep=True)
    disputed = _conflicts(visit)
    page = render_template(
        "visits/show.html",
        visit=visit,
        shows_day=queries.shows_day(current_user, visit),
        history=_history(visit, disputed["conflicts"]),
        given_up=queries.given_up(visit) if current_user.role in DESK else [],
        **disputed,
        signatures=signatures_of(visit),
        is_outdated=is_outdated,
        cancel_form=ReasonForm(),
    )
    return keepable(page, keep=False)


@blueprint.get("/visits/<uuid:visit_id>/photos/<sha256>")
def photo(visit_id: uuid.UUID, sha256: str) -> Answer:
    """A photo of a visit; `?size=thumb` for the small one."""
    visit = queries.visit_seen_by(current_user, visit_id)
    return serve_one(visit.photos, sha256)


@blueprint.post("/visits/<uuid:visit_id>/cancellation")
def cancel(visit_id: uuid.UUID) -> Answer:
    """Call a visit off, with a reason."""
    visit = queries.visit_seen_by(current_user, visit_id, to_change=True)
    reason = ReasonForm().reason.data or ""
    visit.cancel(reason=reason, by=current_user, at=clock.now())
    return go(url_for("visits.index"), _("The visit is cancelled."))


@blueprint.post("/visits/<uuid:visit_id>/unmasking")
def unmask(visit_id: uuid.UUID) -> Answer:
    """Learn who made a mystery visit, with a reason."""
    visit = queries.visit_seen_by(current_user, visit_id)
    unmasking.unmask(visit, reason=ReasonForm().reason.data or "", by=current_user, at=clock.now())
    return go(url_for("visits.show", visit_id=visit.id))


@blueprint.post("/visits/<uuid:visit_id>/conflicts/<uuid:conflict_id>/resolution")
def resolve(visit_id: uuid.UUID, conflict_id: uuid.UUID) -> Answer:
    """Decide which of two records stands; it is written as a new revision, so that all tablets
    hear of it."""
    visit = queries.visit_seen_by(current_user, visit_id, to_change=True)
    conflict = next((c for c in conflicts_of(visit) if c.id == conflict_id), None)
    if conflict is None:
        raise Problem("request.unknown")
    if not may_resolve(visit, current_user):
        raise Problem("move.not_now" if visit.stage not in WRITABLE else "move.not_yours")
    if conflict.resolved_at is None:
        kept = conflict.earlier if request.form.get("kept") == "earlier" else conflict.later
        stamp = Stamp(current_user, clock.now(), clock.now())
        write(visit, [(conflict.item.code, conflict.field, kept)], stamp)
    return respond(
        "visits/_conflicts.html",
        to=url_for("visits.show", visit_id=visit.id),
        message=_("It is decided."),
        visit=visit,
        **_conflicts(visit),
    )


@blueprint.app_template_global()
def visited(visit: Visit) -> str:
    """When a visit took place, as far as whoever is signed in may know: the day, or the month."""
    shown = day if queries.shows_day(current_user, visit) else month
    return shown(visit.started_at or visit.planned_on)


def _history(visit: Visit, conflicts: list[Conflict]) -> list[dict[str, str]]:
    """The trail of the visit, its findings and conflicts: for the desk with names, for its
    inspector by role, for a branch by role what it may know."""
    if current_user.role not in DESK and visit.inspector_id != current_user.id:
        known = TOLD if queries.shows_day(current_user, visit) else TOLD_OF_A_SECRET
        return timeline(visit.id, *(f.id for f in visit.findings), names=False, verbs=known)
    return timeline(
        visit.id,
        *(finding.id for finding in visit.findings),
        *(conflict.id for conflict in conflicts),
        names=current_user.role in DESK,
        shopper=queries.shows_inspector(current_user, visit),
    )


def _conflicts(visit: Visit) -> dict[str, Any]:
    reads = current_user.role in DESK or visit.inspector_id == current_user.id
    return {
        "conflicts": conflicts_of(visit) if reads else [],
        "shows_inspector": queries.shows_inspector(current_user, visit) or bool(_unmasked(visit)),
        "may_resolve": may_resolve(visit, current_user),
        "answered": observed_zh if chosen_locale() == "zh_CN" else observed_en,
    }


@blueprint.app_template_global("unmasked_until")
def _unmasked(visit: Visit) -> datetime | None:
    """Until when whoever is signed in is shown who made a mystery visit."""
    return unmasking.unmasked_until(visit, current_user, clock.now())


@blueprint.app_template_global()
def maker(visit: Visit) -> str:
    """Who made a visit, as far as whoever is signed in may know: by name, or as a shopper."""
    if queries.shows_inspector(current_user, visit) or _unmasked(visit):
        return visit.inspector.name
    return word("role", Role.SHOPPER)


def _order(person: Person) -> tuple[Any, ...]:
    if person.role in DESK:
        return Visit.planned_on.desc(), Visit.id
    if person.role in BRANCH_SIDE:
        return queries.KNOWN_SINCE.desc(), Visit.id
    return Visit.submitted_at.is_not(None), Visit.submitted_at.desc(), Visit.planned_on, Visit.id


def _plan_form(outlet: str | None) -> PlanForm:
    """Of very many outlets the form offers those of the named one's sub-branch, and the inspectors
    of its city branch."""
    form, among, city = PlanForm(), outlets(), None
    if are_many():
        named = db.session.scalar(among.where(_is(outlet)))
        if named is None:
            form.branch.choices = []
            return form
        among, city = among.where(Branch.parent_id == named.parent_id), named.subbranch.parent
    form.branch.choices = [_choice(b, local(b, "name")) for b in db.session.scalars(among)]
    form.version.choices = [
        _choice(v, f"{word('kind', v.checklist.kind)} · {local(v, 'title')} {v.version}")
        for v in latest_versions()
        if v.checklist.kind != Kind.MYSTERY or current_user.is_unmasker
    ]
    form.inspector.choices = [
        _choice(p, f"{p.name} · {word('role', p.role)} · {local(p.branch, 'name')}")
        for p in db.session.scalars(visitors(city))
        if p.role != Role.SHOPPER or current_user.is_unmasker
    ]
    return form


def _is(key: str | None) -> ColumnElement[bool]:
    try:
        return Branch.id == uuid.UUID(key)
    except (TypeError, ValueError):
        return false()


def _choice(row: Any, label: str) -> tuple[str, str]:
    return str(row.id), label
