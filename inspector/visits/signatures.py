"""Signature: the branch's word on what was seen, given on the inspector's tablet at the end of an
on-site visit, or refused (domain.md 2.3, 3.10.5). It confirms facts, not judgement nor score.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.checklists.models import Kind
from inspector.db import Base, Keyed, Utc, db
from inspector.history import record
from inspector.problems import Problem
from inspector.visits import completeness, scoring
from inspector.visits.models import Photo, Visit
from inspector.visits.sheet import Stamp


class Signature(Keyed, Base):
    """Who signed, or refused to, and `seen`: word for word what was shown to them. Signing again
    adds a row; the latest counts. The tablet makes the id."""

    __tablename__ = "signature"
    __table_args__ = (
        CheckConstraint("(photo_id IS NULL) = (refusal <> '')", name="refusal"),
        CheckConstraint("photo_id IS NULL OR name <> ''", name="name"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    photo_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("photo.id"))
    """The signature as a picture."""
    name: Mapped[str] = mapped_column(String(60))
    remark: Mapped[str] = mapped_column(String(500))
    refusal: Mapped[str] = mapped_column(String(500))
    """Why nobody signed; empty when somebody did."""
    seen: Mapped[dict[str, Any]] = mapped_column(JSON)
    signed_at: Mapped[datetime] = mapped_column(Utc)
    """By the tablet's clock."""
    received_at: Mapped[datetime] = mapped_column(Utc)

    photo: Mapped[Photo | None] = relationship()


def sign(visit: Visit, signature: Signature, stamp: Stamp) -> None:
    """Add a signature. Raises Problem signature.kind on any visit but an on-site one, and
    signature.incomplete without a name and a picture, or a reason for the refusal."""
    require_signable(visit)
    signature.name, signature.remark = signature.name.strip(), signature.remark.strip()
    signature.refusal = signature.refusal.strip()
    is_signed = signature.name and not signature.refusal
    if not (is_signed if signature.photo else signature.refusal):
        raise Problem("signature.incomplete")
    visit.begin(by=stamp.by, at=stamp.at, device_at=stamp.device_at)
    signature.visit_id, signature.received_at = visit.id, stamp.at
    db.session.add(signature)
    record(visit, "refuse_signature" if signature.refusal else "sign", stamp.by, stamp.at)


def require_signable(visit: Visit) -> None:
    """Raise Problem signature.kind unless the branch is there: it must not learn of the others."""
    if visit.kind != Kind.ONSITE:
        raise Problem("signature.kind")


def signatures_of(visit: Visit) -> list[Signature]:
    """All signatures of a visit, the latest first."""
    wanted = select(Signature).where(Signature.visit_id == visit.id)
    order = Signature.received_at.desc(), Signature.signed_at.desc(), Signature.id
    return list(db.session.scalars(wanted.order_by(*order)))


def is_outdated(signature: Signature, visit: Visit) -> bool:
    """Whether what was recorded says something else now than what was shown and signed."""
    return signature.seen != facts(visit)


def facts(visit: Visit) -> dict[str, Any]:
    """What the branch is shown: what does not comply, and good practice. The twin of
    static/js/facts.js."""
    failed = scoring.score(completeness.rules(visit), completeness.values(visit)).failed
    answers = {item.code: visit.answers.get(item.id) for item in visit.version.items}
    findings = [
        {
            "item": code,
            "value": answer.value,
            "place": answer.place,
            "note": answer.note,
            "corrected": answer.corrected,
        }
        for code, answer in answers.items()
        if answer is not None and code in failed
    ]
    practices = [p.text for p in visit.practices if p.removed_at is None]
    return {"findings": findings, "practices": sorted(practices)}
