"""The feedback sheet: drawn when somebody asks, from what stands there then."""

from datetime import date

from flask import current_app

from inspector.findings.lifecycle import Decision
from inspector.findings.models import Finding
from inspector.findings.raising import score_of
from inspector.notices.papers import drawing
from inspector.notices.papers.cases import english_of, images_of, is_bilingual
from inspector.notices.papers.feedback import Confirmation, FeedbackDocument, Found, SectionScore
from inspector.visits.models import Visit
from inspector.visits.signatures import Signature, facts, signatures_of


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
