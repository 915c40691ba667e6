"""Paper: a document that an act of the branch or the desk made, frozen like a notice."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.db import Base, Keyed, Utc, one_of
from inspector.notices.models import Notice


class PaperKind(StrEnum):
    """What a paper is (domain.md 3.10). Notice and warning order have numbers and rows of their
    own; feedback sheet and ledger are drawn from what is shown, and kept nowhere."""

    RECEIPT = "receipt"
    REPORT = "report"
    CLOSING = "closing"


class Paper(Keyed, Base):
    """One paper about one notice. `round` is that of the report; 0 of a receipt."""

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("notice_id", "kind", "round"),
        CheckConstraint(one_of("kind", PaperKind), name="kind"),
        CheckConstraint("(kind = 'receipt') = (round = 0)", name="round"),
    )

    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"))
    kind: Mapped[str] = mapped_column(String(10))
    round: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The frozen record from which the PDF was made."""
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Utc)

    notice: Mapped[Notice] = relationship()
