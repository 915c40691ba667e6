"""Rows written directly: for lists, counts and refusals, where the road through every verb and its
paper would be slow, or would not lead."""

import uuid
from datetime import date, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from inspector import clock
from inspector.bulletins.models import Bulletin
from inspector.clock import Quarter
from inspector.db import db
from inspector.downloads.models import Download
from inspector.findings.models import Finding, Rectification, Reopening, Report
from inspector.ledger.filters import Filters
from inspector.ledger.models import SavedView
from inspector.notices.appeals import Appeal
from inspector.notices.extensions import Extension
from inspector.notices.models import Acknowledgement, Notice
from inspector.notices.papers.bulletin import BulletinDocument, Example
from inspector.notices.papers.drawing import Photo as PaperPhoto
from inspector.notices.papers.models import Paper
from inspector.notices.risks import Risk
from inspector.notices.warnings import WarningOrder
from inspector.offline.models import Operation, Parked, Stream
from inspector.people.models import Person
from inspector.photos.models import keep
from inspector.plans.models import Draw, Plan
from inspector.reminders.models import Delivery, Reminder
from inspector.scores.models import Freeze
from inspector.scores.rules import Rules
from inspector.scores.uploads import FigureUpload
from inspector.storage import storage
from inspector.visits.batches import Batch
from inspector.visits.conflicts import Conflict
from inspector.visits.models import Answer, Photo, Visit
from tests import cast as make
from tests.cast import MONDAY, Cast

DUE = date(2026, 11, 26)
APPEAL_UNTIL = date(2026, 11, 28)
LATER = timedelta(hours=1)
PAPER = b"%PDF-1.7 not a real one"


def a_visit_at(cast: Cast, stage: str = "submitted", **which: Any) -> Visit:
    """A visit as far as `stage`, with nothing recorded."""
    if stage == "published":
        which["kind"] = "mystery"  # no other is
    visit = make.a_visit(cast, **which)
    if stage in {"in_progress", "submitted", "confirmed", "published", "void"}:
        visit.started_at = MONDAY
    if stage in {"submitted", "confirmed", "published", "void"}:
        visit.submitted_at = MONDAY + LATER
    if stage in {"confirmed", "published"}:
        visit.confirmed_at, visit.confirmed_by_id = MONDAY + 2 * LATER, cast.channel.id
    if stage == "void":
        asked_void(visit, cast.channel)
        visit.voided_at, visit.voided_by_id = MONDAY + 4 * LATER, cast.leader.id
    if stage == "cancelled":
        visit.cancelled_at, visit.cancelled_by_id = MONDAY, cast.channel.id
        visit.cancel_reason = "网点停电"
    db.session.flush()
    if stage == "published":
        published(a_batch(cast, visit, name=uuid.uuid4().hex), cast.channel)
    return visit


def a_batch(cast: Cast, *visits: Visit, **changes: Any) -> Batch:
    """A batch of confirmed mystery visits, to be published on the day of the stories."""
    facts = {"quarter": "2026Q4", "publish_on": MONDAY.date(), "opened_at": MONDAY}
    batch = Batch(id=uuid.uuid4(), opened_by_id=cast.channel.id, **({"name": ""} | facts | changes))
    batch.visits.extend(visits)
    db.session.add(batch)
    db.session.flush()
    return batch


def published(batch: Batch, by: Person) -> Batch:
    """A batch that was published, with its visits."""
    at = MONDAY + 2 * LATER
    batch.published_at, batch.published_by_id = at, by.id
    db.session.flush()
    for visit in batch.visits:
        visit.published_at = at
    db.session.flush()
    return batch


def asked_void(visit: Visit, by: Person) -> Visit:
    """A visit that the leader is asked to declare void."""
    visit.void_asked_at, visit.void_asked_by_id = MONDAY + 3 * LATER, by.id
    visit.void_reason = "检查员走错网点"
    return visit


def a_finding(visit: Visit, n: int = 0, **changes: Any) -> Finding:
    """The n-th item of the visit's checklist as a finding, not decided."""
    item = visit.version.items[n]
    facts: dict[str, Any] = {
        "visit": visit,
        "item": item,
        "item_code": item.code,
        "position": n,
        "issue": item.issue,
        "ref": item.ref,
        "severity": "major",
        "critical": item.critical,
        "points": item.points,
        "lost": item.points,
        "rectify_days": item.rectify_days,
        "note": "",
        "place": "",
        "corrected_on_spot": False,
        "raised_at": MONDAY + LATER,
    }
    for name in ("section", "text", "requirement", "observed"):
        facts |= {f"{name}_zh": f"{item.code} 的{name}", f"{name}_en": f"{name} of {item.code}"}
    finding = Finding(id=uuid.uuid4(), **(facts | changes))
    db.session.add(finding)
    return finding


def a_photo(visit: Visit, n: int = 0, colour: str = "grey", **changes: Any) -> Photo:
    """A photo of the fault at the n-th item of the visit's checklist, arrived."""
    picture = keep(make.picture_bytes(colour), by=visit.inspector, at=MONDAY)
    facts = {
        "visit": visit,
        "item_id": visit.version.items[n].id,
        "stage": "before",
        "sha256": picture.sha256,
        "taken_at": MONDAY,
        "added_at": MONDAY,
    }
    photo = Photo(id=uuid.uuid4(), **(facts | changes))
    db.session.add(photo)
    db.session.flush()
    return photo


def decided(finding: Finding, by: Person, decision: str = "confirmed") -> Finding:
    """A finding with its decision."""
    finding.decision, finding.decided_at, finding.decided_by = decision, MONDAY + 2 * LATER, by
    finding.reason = "证据不足" if decision == "rejected" else None
    finding.occurrence = 1 if decision == "confirmed" else None
    return finding


def a_duplicate(finding: Finding, of: Finding, by: Person) -> Finding:
    """A finding, confirmed as the sight of one that is still open."""
    db.session.flush()  # the one that it points at comes first
    decided(finding, by).original = False
    finding.occurrence, finding.duplicate_of_id = None, of.id
    return finding


def a_rectification(finding: Finding, **changes: Any) -> Rectification:
    """The rectification of a finding, waiting for its notice."""
    facts = {"mode": "notice", "opened_at": MONDAY + 2 * LATER}
    rectification = Rectification(id=uuid.uuid4(), finding=finding, **(facts | changes))
    db.session.add(rectification)
    return rectification


def on_spot(finding: Finding, by: Person) -> Rectification:
    """A confirmed finding that was corrected on the spot."""
    decided(finding, by).corrected_on_spot = True
    at = MONDAY + 2 * LATER
    return a_rectification(finding, mode="on_spot", closed_at=at, closed_by=by)


def a_notice(rectification: Rectification, **changes: Any) -> Notice:
    """A draft notice of a rectification."""
    facts = {"drafted_at": MONDAY + 2 * LATER}
    notice = Notice(id=uuid.uuid4(), rectification=rectification, **(facts | changes))
    db.session.add(notice)
    return notice


def issued(notice: Notice, by: Person, seq: int, due_on: date = DUE) -> Notice:
    """The notice with all that issuing sets, but with a stand-in for its paper."""
    notice.doc_year, notice.doc_seq = 2026, seq
    notice.document = {"appeal_until": APPEAL_UNTIL.isoformat()}
    notice.issued_at, notice.issued_by = MONDAY + 3 * LATER, by
    notice.due_on = notice.rectification.due_on = due_on
    notice.pdf_sha256 = storage().put(PAPER)
    return notice


def a_warning(notice: Notice, by: Person, seq: int) -> WarningOrder:
    """The warning order of an issued notice, with a stand-in for its paper and record."""
    notice.warning = WarningOrder(
        id=uuid.uuid4(),
        doc_year=2026,
        doc_seq=seq,
        issued_at=notice.issued_at,
        issued_by_id=by.id,
        document={},
        pdf_sha256=storage().put(PAPER),
    )
    return notice.warning


def a_paper(notice: Notice, kind: str = "receipt", round: int = 0) -> Paper:
    """A paper of a notice, with a stand-in for its PDF and record."""
    paper = Paper(
        id=uuid.uuid4(),
        notice_id=notice.id,
        kind=kind,
        round=round,
        document={},
        pdf_sha256=storage().put(PAPER),
        made_at=MONDAY + 4 * LATER,
    )
    db.session.add(paper)
    db.session.flush()
    return paper


def acknowledged(notice: Notice, by: Person) -> Notice:
    """The notice with its acknowledgement."""
    at = MONDAY + 4 * LATER
    notice.acknowledgement = Acknowledgement(id=uuid.uuid4(), at=at, by=by, post="outlet_head")
    notice.rectification.begun_at = at
    return notice


def a_report(rectification: Rectification, by: Person, **changes: Any) -> Report:
    """The next report on a rectification, waiting for verification."""
    facts = {
        "round": len(rectification.reports) + 1,
        "cause": "换季时未清理",
        "measure": "每周一逐格检查",
        "result": "已全部撤换",
        "done_on": DUE,
        "remark": "",
        "reported_at": MONDAY + 5 * LATER,
        "reported_by": by,
    }
    report = Report(id=uuid.uuid4(), **(facts | changes))
    rectification.reports.append(report)
    return report


def verified(report: Report, by: Person, verdict: str) -> Report:
    """A report with its verdict: closed or returned."""
    report.verdict, report.verified_at, report.verified_by = verdict, MONDAY + 6 * LATER, by
    report.remark = "照片看不清" if verdict == "returned" else ""
    if verdict == "closed":
        report.rectification.closed_at = report.verified_at
        report.rectification.closed_by = by
    return report


def reopened(rectification: Rectification, by: Person) -> Reopening:
    """A closed rectification, open again."""
    reopening = Reopening(
        id=uuid.uuid4(),
        round=len(rectification.reports),
        closed_at=rectification.closed_at,
        due_on=DUE,
        reason="回头看发现未整改",
        at=MONDAY + 7 * LATER,
        by=by,
    )
    rectification.reopenings.append(reopening)
    rectification.closed_at = rectification.closed_by = None
    return reopening


def withdrawn(finding: Finding, by: Person) -> Finding:
    """A confirmed finding that was taken back, with its notice."""
    finding.withdrawn_at, finding.withdrawn_by_id = MONDAY + 8 * LATER, by.id
    finding.withdrawn_reason = "申诉成立"
    if finding.rectification and finding.rectification.notice:
        taken_back(finding.rectification.notice, by)
    return finding


def taken_back(notice: Notice, by: Person) -> Notice:
    """A withdrawn notice."""
    notice.withdrawn_at, notice.withdrawn_by_id = MONDAY + 8 * LATER, by.id
    notice.withdrawn_reason = "检查项写错"
    return notice


def asked_for_more_time(notice: Notice, by: Person) -> Extension:
    """An extension that waits for its answer."""
    due_on = notice.rectification.due_on
    assert due_on is not None
    notice.extension = Extension(
        id=uuid.uuid4(),
        due_on=due_on,
        wanted_on=due_on + timedelta(days=2),
        reason="门头字缺货",
        asked_at=MONDAY + 5 * LATER,
        asked_by_id=by.id,
    )
    return notice.extension


def a_risk(notice: Notice, by: Person) -> Risk:
    """What cannot be put right, waiting for its answer."""
    risk = Risk(id=uuid.uuid4(), reason="历史建筑", asked_at=MONDAY + 5 * LATER, asked_by_id=by.id)
    notice.risks.append(risk)
    return risk


def an_appeal(notice: Notice, by: Person) -> Appeal:
    """An appeal that waits to be taken up."""
    notice.appeal = Appeal(
        id=uuid.uuid4(),
        ground="fact",
        statement="正在更换",
        filed_at=MONDAY + 5 * LATER,
        filed_by_id=by.id,
    )
    return notice.appeal


def a_reminder(about: Notice | Visit, to: Person, rule: str = "soon", **changes: Any) -> Reminder:
    """A reminder in somebody's inbox."""
    facts: dict[str, Any] = {
        "rule": rule,
        "subject_table": about.__tablename__,
        "subject_id": about.id,
        "recipient_id": to.id,
        "round": f"{DUE}.0",
        "detail": {
            "outlet_zh": "胜利路",
            "outlet_en": "Shengli Road",
            "number": "",
            "due": f"{DUE}",
        },
        "at": MONDAY + 8 * LATER,
    }
    reminder = Reminder(id=uuid.uuid4(), **(facts | changes))
    db.session.add(reminder)
    db.session.flush()
    return reminder


def a_delivery(reminder: Reminder, address: str, *, failing: bool = False) -> Delivery:
    """The way of a reminder to an address; with `failing`, tried in vain."""
    key = {name: getattr(reminder, name) for name in ("rule", "subject_id", "round")}
    delivery = Delivery(id=uuid.uuid4(), reminder=reminder, address=address, **key)
    delivery.next_try_at = reminder.at
    if failing:
        delivery.tries, delivery.failed_at = 2, reminder.at
        delivery.error = "A Connection error occurred sending JSON notification to …."
    db.session.add(delivery)
    db.session.flush()
    return delivery


def a_notice_at(
    cast: Cast, visit: Visit, n: int, stage: str, *, seq: int = 0, due_on: date = DUE
) -> Notice:
    """The notice of the n-th finding of a visit, as far as `stage`: draft, issued, acknowledged,
    reported, returned, closed, reopened or paused. Its number is n + 1 unless `seq` says
    another."""
    notice = a_notice(a_rectification(decided(a_finding(visit, n), cast.channel)))
    if stage != "draft":
        issued(notice, cast.channel, seq or n + 1, due_on)
    if stage not in {"draft", "issued"}:
        acknowledged(notice, cast.outlet)
    if stage in {"reported", "returned", "closed", "reopened"}:
        report = a_report(notice.rectification, cast.outlet)
        if stage != "reported":
            verified(report, cast.channel, "returned" if stage == "returned" else "closed")
    if stage == "reopened":
        reopened(notice.rectification, cast.channel)
    if stage == "paused":
        notice.rectification.paused_at = MONDAY + 6 * LATER
    db.session.flush()
    return notice


def a_download(by: Person, **changes: Any) -> Download:
    """A download that is ready, with a stand-in for its bytes."""
    now = clock.now()
    facts: dict[str, Any] = {
        "person": by,
        "form": "zip",
        "scope": "filter:all",
        "asked_at": now,
        "total": 3,
        "done": 3,
        "tries": 1,
        "ended_at": now,
        "outcome": "ready",
        "sha256": storage().put(PAPER),
        "size": len(PAPER),
    }
    download = Download(id=uuid.uuid4(), **(facts | changes))
    db.session.add(download)
    db.session.flush()
    return download


def a_saved_view(by: Person, name: str = "", **changes: Any) -> SavedView:
    """A person's view of what is late by three days."""
    filters = Filters(late="3", **changes)
    view = SavedView.save(name=name or uuid.uuid4().hex, filters=filters, by=by, at=MONDAY)
    db.session.flush()
    return view


def a_freeze(cast: Cast, quarter: str, **changes: Any) -> Freeze:
    """A frozen quarter in which nothing is."""
    of = Quarter.named(quarter)
    facts: dict[str, Any] = {
        "quarter": quarter,
        "starts_at": of.start,
        "ends_at": of.end,
        "rule_version": 1,
        "rules": Rules.of(current_app.config["SCORE"]).record(),
        "frozen_at": of.end + timedelta(days=10),
        "frozen_by_id": cast.channel.id,
    }
    freeze = Freeze(id=uuid.uuid4(), **(facts | changes))
    db.session.add(freeze)
    db.session.flush()
    return freeze


def a_draw(cast: Cast, quarter: str = "2026Q4", **changes: Any) -> Draw:
    """A draw that was kept, and the plan of its quarter."""
    targets = {"onsite": 1, "offsite": 1, "mystery": 1}
    plan = Plan.set_targets(
        Quarter.named(quarter), targets, was=targets, by=cast.channel, at=MONDAY
    )
    db.session.flush()
    facts: dict[str, Any] = {
        "plan_id": plan.id,
        "seed": "7C1D90AA",
        "kinds": "onsite offsite",
        "subbranch_id": make.branch("YA03").id,
        "visits": 5,
        "adjusted": 1,
        "left_out": 0,
        "kept_at": MONDAY,
        "kept_by": cast.channel,
    }
    draw = Draw(id=uuid.uuid4(), **(facts | changes))
    db.session.add(draw)
    db.session.flush()
    return draw


def a_bulletin(cast: Cast, quarter: str, *photos: str) -> Bulletin:
    """An issued bulletin in which there is only one good example, with these photos."""
    freeze, of = a_freeze(cast, quarter), Quarter.named(quarter)
    shown = tuple(PaperPhoto(photo, "", None) for photo in photos)
    record = BulletinDocument(
        issuer="渠道部", doc_year=of.year, doc_seq=of.number, system_code=quarter, year=of.year,
        quarter=of.number, visits=0, outlets=0, inspected=0, found=0, on_spot=0, notices=0,
        closed=0, ranking=(), issued_on=of.last,
        examples=(Example("吴起支行", "胜利路", "撑伞", shown),),
    )  # fmt: skip
    bulletin = Bulletin(
        id=uuid.uuid4(),
        quarter=quarter,
        edition=1,
        freeze_id=freeze.id,
        doc_year=of.year,
        doc_seq=of.number,
        issued_at=freeze.frozen_at,
        issued_by=cast.channel,
        document=record.to_json(),
        pdf_sha256=storage().put(b"%PDF"),
    )
    db.session.add(bulletin)
    db.session.flush()
    return bulletin


FIGURES = "支行,得分,满意度\n吴起支行,90.50,98.2\n".encode()


def figures(cast: Cast, content: bytes = FIGURES, quarter: str = "2026Q3") -> FigureUpload:
    """A file of figures that waits to be looked at."""
    upload = FigureUpload.take(quarter, "o.csv", content, by=cast.channel, at=MONDAY)
    db.session.flush()
    return upload


def a_conflict(cast: Cast, visit: Visit, **changes: Any) -> Conflict:
    """Two answers to the first item of a visit, both the inspector's, the later one standing."""
    item = visit.version.items[0]
    make.answer(visit, (item.code, "value", "no"))
    facts: dict[str, Any] = {"visit": visit, "item": item, "field": "value"}
    for side, value, minutes in (("earlier", "yes", 0), ("later", "no", 7)):
        at = MONDAY + timedelta(minutes=minutes)
        facts |= {side: value, f"{side}_by": cast.inspector}
        facts |= {f"{side}_device_at": at, f"{side}_received_at": at + LATER}
    conflict = Conflict(id=uuid.uuid4(), **(facts | changes))
    db.session.add(conflict)
    answer = db.session.scalars(select(Answer).where(Answer.visit_id == visit.id)).one()
    answer.written = {"value": {**answer.written["value"], "disputed": 1}}
    db.session.flush()
    return conflict


def parked(
    visit: Visit, kind: str, payload: dict[str, Any], by: Person | None = None, **changes: Any
) -> Parked:
    """An entry that waits, of a stream of its own."""
    stream = Stream(id=uuid.uuid4(), person_id=(by or visit.inspector).id, last_seq=1)
    facts: dict[str, Any] = {
        "op_id": uuid.uuid4(),
        "stream": stream,
        "seq": 1,
        "kind": kind,
        "visit_id": visit.id,
        "payload": payload,
        "digest": "0" * 64,
        "device_at": MONDAY,
        "received_at": MONDAY + LATER,
        "result": {},
    }
    code = changes.pop("code", "request.unknown")
    found = Parked(operation=Operation(**(facts | changes)), code=code)
    db.session.add(found)
    db.session.flush()
    return found
