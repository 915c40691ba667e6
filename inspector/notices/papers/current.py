"""Feedback sheet and ledger: drawn when somebody asks, from what stands there then."""

from collections.abc import Sequence
from datetime import date

from flask import current_app

from inspector import clock
from inspector.checklists.models import Kind
from inspector.findings.lifecycle import WAITING_FOR_BRANCH, Decision, Stage
from inspector.findings.models import Finding
from inspector.findings.raising import score_of
from inspector.notices.models import Notice
from inspector.notices.papers import drawing
from inspector.notices.papers.cases import POSTS, english_of, images_of, is_bilingual
from inspector.notices.papers.feedback import Confirmation, FeedbackDocument, Found, SectionScore
from inspector.notices.papers.ledger import LedgerDocument, Line
from inspector.visits.models import Visit
from inspector.visits.signatures import Signature, facts, signatures_of

STAGES = {
    "held": "待发布",
    "draft": "待下发",
    "issued": "待签收",
    "acknowledged": "整改中",
    "reported": "待验收",
    "returned": "已退回",
    "reopened": "重新整改",
    "paused": "申诉中",
    "closed": "已销号",
    "withdrawn": "已撤回",
}
"""How far a notice has come, as paper says it."""


def feedback_of(visit: Visit, *, on: date) -> FeedbackDocument:
    """The feedback sheet of a submitted on-site visit; a draft until the visit is confirmed. What
    was rejected or withdrawn since is not on it."""
    assert visit.started_at is not None and visit.submitted_at is not None  # it is submitted
    version, score = visit.version, score_of(visit)
    signature = next(iter(signatures_of(visit)), None)
    shown = {fact["item"]: fact for fact in facts(visit)["findings"]}
    signed = signature.seen.get("findings", []) if signature else []
    bilingual = is_bilingual()
    return FeedbackDocument(
        issuer=current_app.config["ISSUER"],
        system_code=visit.id.hex[:12].upper(),
        is_draft=visit.confirmed_at is None,
        subbranch=visit.branch.subbranch.name_zh,
        outlet=visit.branch.name_zh,
        began_at=visit.started_at,
        ended_at=max((a.device_at for a in visit.answers.values()), default=visit.submitted_at),
        checklist_title=version.title_zh,
        checklist_title_en=version.title_en if bilingual else "",
        checklist_code=version.checklist.code,
        checklist_version=version.version,
        score=visit.score,
        is_vetoed=score.vetoed,
        sections=tuple(
            SectionScore(
                section.title_zh,
                section.title_en if bilingual else "",
                of.earned,
                of.available,
                of.failed,
            )
            for section in version.sections
            if (of := score.sections.get(section.code))
        ),
        findings=tuple(
            _found(finding, signed_for=shown.get(finding.item_code) in signed)
            for finding in visit.findings
            if finding.decision != Decision.REJECTED and finding.withdrawn_at is None
        ),
        practices=tuple(p.text for p in visit.practices if p.removed_at is None),
        photos=tuple(
            drawing.Photo(photo.sha256, photo.caption, photo.taken_at)
            for photo in visit.photos
            if photo.stage == "practice" and photo.removed_at is None
        ),
        confirmation=_confirmation(signature) if signature else None,
        issued_on=on,
        visit_url=f"{current_app.config['BASE_URL']}/visits/{visit.id}",
        bilingual=bilingual,
    )


def feedback_pdf(visit: Visit, *, on: date) -> bytes:
    """The feedback sheet, drawn."""
    doc = feedback_of(visit, on=on)
    wanted = set(doc.pictures())
    shown = [photo for photo in visit.photos if photo.sha256 in wanted]
    return drawing.draw(doc, images_of(shown))


def ledger_of(notices: Sequence[Notice], *, scope: str, on: date) -> LedgerDocument:
    """The ledger of these notices, in their order, as of a day."""
    return LedgerDocument(
        issuer=current_app.config["ISSUER"],
        system_code=f"{on:%Y%m%d}",
        scope=scope,
        lines=tuple(_line(notice, on) for notice in notices),
        issued_on=on,
        bilingual=is_bilingual(),
    )


def _found(finding: Finding, *, signed_for: bool) -> Found:
    case = finding.case
    notice = case.notice if case else None
    return Found(
        section=finding.section_zh,
        item_code=finding.item_code,
        item_text=finding.text_zh,
        observed=finding.observed_zh,
        place=finding.place,
        note=finding.note,
        severity="major" if finding.severity == "major" else "minor",
        occurrence=finding.occurrence or 1,
        corrected_on_spot=finding.corrected_on_spot,
        notice=(notice.number if notice else None) or "",
        same_as_open=not finding.original,
        signed_for=signed_for,
        item_text_en=english_of(finding).get("item_text_en", ""),
        observed_en=english_of(finding).get("observed_en", ""),
    )


def _confirmation(signature: Signature) -> Confirmation:
    return Confirmation(
        signed_at=signature.signed_at,
        signature=signature.photo.sha256 if signature.photo else "",
        remark=signature.remark,
        refusal=signature.refusal,
    )


def _line(notice: Notice, on: date) -> Line:
    finding, rectification = notice.finding, notice.rectification
    visit = finding.visit
    assert visit.started_at is not None  # a finding comes from a visit that took place
    kind: drawing.Kind = Kind(visit.kind).value
    stage = rectification.stage
    waits = stage in WAITING_FOR_BRANCH and notice.withdrawn_at is None
    due_on, closed_at = rectification.due_on, rectification.closed_at
    last = rectification.reports[-1] if rectification.reports else None
    done = last if last and stage in {Stage.REPORTED, Stage.CLOSED} else None
    return Line(
        notice=notice.number or "",
        visited=drawing.visited(kind, clock.day(visit.started_at)),
        kind=kind,
        subbranch=visit.branch.subbranch.name_zh,
        outlet=visit.branch.name_zh,
        section=finding.section_zh,
        item_code=finding.item_code,
        item_text=finding.text_zh,
        item_text_en=english_of(finding).get("item_text_en", ""),
        place=finding.place,
        observed=finding.observed_zh,
        note=finding.note,
        severity="major" if finding.severity == "major" else "minor",
        occurrence=finding.occurrence or 1,
        requirement=finding.requirement_zh,
        due_on=due_on,
        days_left=(due_on - on).days if due_on and waits else None,
        responsible=POSTS["duty_leader"],
        done_on=done.done_on if done else None,
        closed_on=clock.day(closed_at) if closed_at and not notice.withdrawn_at else None,
        stage=_stage(notice),
    )


def _stage(notice: Notice) -> str:
    if notice.withdrawn_at is None and notice.rectification.stage in STAGES:
        stage = notice.rectification.stage
        if stage not in {Stage.CLOSED, Stage.WITHDRAWN}:
            return STAGES[stage]
    return STAGES[notice.stage]
