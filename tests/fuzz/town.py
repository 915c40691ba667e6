"""What the storm rages over: a department in full swing, with a word planted in each text that is
not for everybody, and who may read it; worked out anew from the rows each time, for a visit may be
confirmed, or a notice issued, in the middle of the storm."""

import base64
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import select
from werkzeug.routing import Rule

from inspector.db import db
from inspector.downloads.models import Download
from inspector.findings.models import Finding, Report, ReportPhoto
from inspector.history import record
from inspector.notices.appeals import Appeal, AppealPhoto
from inspector.notices.extensions import Extension
from inspector.notices.models import Notice
from inspector.notices.risks import Risk
from inspector.offline import keys
from inspector.people.models import Branch, Person
from inspector.photos.models import Picture, keep
from inspector.storage import storage
from inspector.visits.batches import Batch
from inspector.visits.models import Answer, Visit
from tests import cast as make
from tests import rows
from tests.cast import MEMBERS, MONDAY, Cast
from tests.population import a_mixed_department

DESK = frozenset({"channel", "leader", "admin"})
BRANCHES = {"outlet": "YA0302", "other_outlet": "YA0102", "subbranch": "YA03"}
"""Who sits in which branch; nobody of the sub-branch of the other outlet."""

Readers: TypeAlias = Callable[[], frozenset[str]]


@dataclass(repr=False)
class Town:
    """The rules of all addresses, the words that were planted, the photos, and all keys by the name
    of what they are of."""

    rules: list[Rule] = field(default_factory=list)
    readers: dict[bytes, Readers] = field(default_factory=dict)
    pictures: dict[bytes, Readers] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)

    def word(self, readers: Readers) -> str:
        """A new word that only these may read."""
        word = f"needle{len(self.readers):04}"
        self.readers[word.encode()] = readers
        return word


def build(cast: Cast) -> Town:
    """The town, committed."""
    town = Town()
    a_mixed_department(cast)
    _more_of_everything(cast)
    db.session.flush()
    _plant_in_visits(town)
    _plant_in_notices(town)
    _plant_for_persons(town, cast)
    _plant_photos(town, cast)
    parked = [rows.parked(visit, "note.set", _note(town)) for visit in _visits()[:3]]
    for table in db.metadata.sorted_tables:
        if "id" in table.columns and table.name != "item":
            found = db.session.scalars(select(table.c.id).limit(60))
            town.keys[f"{table.name}_id"] = [str(key) for key in found]
    town.keys["op_id"] = [str(one.op_id) for one in parked]
    town.keys["stream"] = town.keys["stream_id"]
    town.keys["version_id"] = town.keys["checklist_version_id"]
    town.keys["sha256"] = list(db.session.scalars(select(Picture.sha256)))
    town.keys["system_code"] = [key.replace("-", "")[:12].upper() for key in town.keys["notice_id"]]
    town.keys["code"], town.keys["version"] = ["OFFSITE", "ONSITE", "MYSTERY"], ["1.0", "0", "9"]
    town.keys["noun"], town.keys["form"] = ["people", "branches"], ["csv", "xlsx"]
    town.keys["quarter"] = ["2026Q4", "2026Q3", "2026Q9"]
    town.keys["month"] = ["2026-11", "2026-13", "0000-00"]
    town.keys["filename"] = ["img/favicon.svg", "dist/manifest.json", "../inspector/config.py"]
    db.session.commit()
    return town


def _more_of_everything(cast: Cast) -> None:
    """What the department lacks: side roads, batches, conflicts, what tablets hold."""
    for n, stage in enumerate(("acknowledged", "reported", "closed", "paused", "returned")):
        visit = rows.a_visit_at(cast, "confirmed", at="YA0102" if n % 2 else "YA0302")
        notice = rows.a_notice_at(cast, visit, 0, stage, seq=900 + n)
        if stage == "acknowledged":
            rows.asked_for_more_time(notice, cast.subbranch)
        rows.a_risk(notice, cast.subbranch)
        if stage in {"acknowledged", "paused"}:
            rows.an_appeal(notice, cast.subbranch)
        rows.a_paper(notice)
        rows.a_reminder(notice, cast.outlet)
        rows.a_reminder(visit, cast.channel, "late")
    waiting = rows.a_visit_at(cast, "confirmed", kind="mystery")
    rows.a_notice_at(cast, waiting, 1, "draft")
    rows.a_batch(cast, waiting, name="waiting")
    rows.asked_void(rows.a_visit_at(cast, "submitted", kind="offsite"), cast.channel)
    rows.a_conflict(cast, rows.a_visit_at(cast, "in_progress", kind="offsite"))
    rows.a_visit_at(cast, "in_progress", kind="mystery", at="YA0102")
    make.a_visit(cast, inspector=cast.reviewer, kind="offsite")
    for person in (cast.channel, cast.outlet, cast.inspector):
        rows.a_download(person)


def _note(town: Town) -> dict[str, Any]:
    word = town.word(lambda: frozenset({"channel"}))
    return {"item": "ON-ENV-01", "field": "note", "text": word}


def _visits() -> list[Visit]:
    return list(db.session.scalars(select(Visit).order_by(Visit.id)))


def _plant_in_visits(town: Town) -> None:
    for visit in _visits():
        readers = _of_visit(visit.id)
        if visit.cancelled_at:
            visit.cancel_reason = town.word(readers)
        if visit.void_asked_at:
            visit.void_reason = town.word(readers)
        record(visit, "discard", visit.inspector, MONDAY, reason=town.word(lambda: DESK))
    for answer in db.session.scalars(select(Answer)):
        answer.note = town.word(_of_visit(answer.visit_id))
    for finding in db.session.scalars(select(Finding)):
        finding.note = town.word(_of_finding(finding.id))
    for batch in db.session.scalars(select(Batch)):
        batch.name = town.word(lambda: DESK)


def _plant_in_notices(town: Town) -> None:
    for notice in db.session.scalars(select(Notice)):
        readers = _of_notice(notice.id)
        if notice.pdf_sha256:
            notice.pdf_sha256 = storage().put(f"%PDF-1.7 {town.word(readers)}".encode())
        for report in notice.rectification.reports:
            report.cause = town.word(_of_finding(notice.rectification.finding_id))
    for extension in db.session.scalars(select(Extension)):
        extension.reason = town.word(_of_notice(extension.notice_id))
    for risk in db.session.scalars(select(Risk)):
        risk.reason = town.word(_of_notice(risk.notice_id))
    for appeal in db.session.scalars(select(Appeal)):
        appeal.statement = town.word(_of_notice(appeal.notice_id))


def _plant_for_persons(town: Town, cast: Cast) -> None:
    for username in MEMBERS:
        person: Person = getattr(cast, username)
        person.email = f"{town.word(_only('admin', username))}@bank.example"
        town.readers[person.password_hash.encode()] = frozenset
        if person.role in {"inspector", "shopper", "reviewer"}:
            secret = keys.release(person, device=uuid.uuid4(), at=MONDAY)
            town.readers[base64.b64encode(secret)] = _only(username)
    for download in db.session.scalars(select(Download)):
        word = town.word(_only(download.person.username))
        download.sha256 = storage().put(word.encode())
        download.size = len(word)
    town.readers["赵访".encode()] = _only("channel", "shopper", "admin")


def _plant_photos(town: Town, cast: Cast) -> None:
    for n, visit in enumerate(_visits()):
        photo = rows.a_photo(visit, colour=f"#{n * 37 % 256:02x}{n * 91 % 256:02x}{n:02x}")
        # Those who may see a finding of the item see its photos.
        findings = [f.id for f in visit.findings if f.item_id == photo.item_id]
        _kept(town, photo.picture, _of_visit(visit.id), *map(_of_finding, findings))
    for n, report in enumerate(db.session.scalars(select(Report))):
        picture = keep(make.picture_bytes(f"#00{n:02x}ff"), by=cast.outlet, at=MONDAY)
        report.photos.append(ReportPhoto(id=uuid.uuid4(), picture=picture))
        _kept(town, picture, _of_finding(report.rectification.finding_id))
    for n, appeal in enumerate(db.session.scalars(select(Appeal))):
        picture = keep(make.picture_bytes(f"#ff00{n:02x}"), by=cast.outlet, at=MONDAY)
        appeal.photos.append(AppealPhoto(id=uuid.uuid4(), picture=picture))
        _kept(town, picture, _of_notice(appeal.notice_id))


def _kept(town: Town, picture: Picture | None, *readers: Readers) -> None:
    assert picture is not None
    for name in (picture.jpeg, picture.thumb):
        town.pictures[storage().get(name)] = lambda: frozenset().union(*(r() for r in readers))


# Who may read what, by domain.md 3.1 and 7.5: none of the product's queries is asked.


def _only(*usernames: str) -> Readers:
    return lambda: frozenset(usernames)


def _of_visit(key: uuid.UUID) -> Readers:
    def readers() -> frozenset[str]:
        visit = db.session.get_one(Visit, key)
        found = DESK | {visit.inspector.username}
        if visit.confirmed_at and not visit.voided_at and not _is_hidden(visit):
            found |= _of_branch(visit.branch)
        return found

    return readers


def _of_finding(key: uuid.UUID) -> Readers:
    def readers() -> frozenset[str]:
        finding = db.session.get_one(Finding, key)
        found = _of_visit(finding.visit_id)()
        case = finding.rectification
        notices = case.notices if case and hasattr(case, "notices") else []
        for notice in notices or ([case.notice] if case and case.notice else []):
            found |= _of_notice(notice.id)()
        if finding.visit.confirmed_at and not _is_hidden(finding.visit):
            found |= _on_their_way_to(finding.visit.branch)
        return found

    return readers


def _of_notice(key: uuid.UUID) -> Readers:
    def readers() -> frozenset[str]:
        notice = db.session.get(Notice, key)
        if notice is None or notice.issued_at is None:
            return DESK
        visit = notice.rectification.finding.visit
        return DESK | {visit.inspector.username} | _of_branch(visit.branch)

    return readers


def _is_hidden(visit: Visit) -> bool:
    return visit.kind == "mystery" and visit.published_at is None


def _of_branch(branch: Branch) -> frozenset[str]:
    codes = {branch.code, branch.parent.code if branch.parent else ""}
    return frozenset(username for username, code in BRANCHES.items() if code in codes)


def _on_their_way_to(branch: Branch) -> frozenset[str]:
    """The pack of a visit tells what is known of its outlet."""
    visits: Iterable[Visit] = db.session.scalars(
        select(Visit).where(
            Visit.branch_id == branch.id,
            Visit.submitted_at.is_(None),
            Visit.cancelled_at.is_(None),
        )
    )
    return frozenset(visit.inspector.username for visit in visits)
