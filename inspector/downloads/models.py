"""Download, one request for many notices, and which notices it holds."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.db import Base, Keyed, Utc, db, index_where, insert_if_new, one_of
from inspector.downloads.lifecycle import UNDER_WAY, Facts, Form, Outcome, Stage, stage_of
from inspector.history import record
from inspector.people.models import Person
from inspector.problems import Problem


class Download(Keyed, Base):
    """What a person asked for, how far it is, and what became of it. Of the same thing in the same
    form a person has one at a time under way: pressed twice, it is made once."""

    __tablename__ = "download"
    __table_args__ = (
        CheckConstraint(one_of("form", Form), name="form"),
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', Outcome)}", name="outcome"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
        CheckConstraint("(coalesce(outcome, '') = 'ready') = (sha256 IS NOT NULL)", name="sha256"),
        CheckConstraint("(sha256 IS NULL) = (size IS NULL)", name="size"),
        CheckConstraint(
            "(coalesce(outcome, '') = 'failed') = (failure IS NOT NULL)", name="failure"
        ),
        CheckConstraint("(claim IS NULL) = (beat_at IS NULL)", name="claim"),
        CheckConstraint("done BETWEEN 0 AND total", name="done"),
        index_where(
            "uq_download_under_way",
            "person_id",
            "scope",
            "form",
            where="ended_at IS NULL",
            unique=True,
        ),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    form: Mapped[str] = mapped_column(String(3))
    scope: Mapped[str] = mapped_column(Text)
    """What of: visit:KEY, quarter:2026Q4, or filter:NAME (queries.py); or ledger:FILTERS."""
    seen_as: Mapped[str | None] = mapped_column(String(60))
    """Of a ledger: as who it was looked at. Whoever is somebody else by now may see other rows."""
    asked_at: Mapped[datetime] = mapped_column(Utc)
    total: Mapped[int]
    """How many papers it holds, or how many rows."""
    done: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    claim: Mapped[uuid.UUID | None]
    """Whose hands it is in; a worker that is no longer named here has lost it."""
    beat_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    outcome: Mapped[str | None] = mapped_column(String(10))
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None] = mapped_column(BigInteger)
    """Bytes."""
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """A problem's code and details."""

    person: Mapped[Person] = relationship()

    @classmethod
    def ask(
        cls,
        *,
        scope: str,
        form: Form,
        notices: Sequence[uuid.UUID] = (),
        rows: int = 0,
        by: Person,
        at: datetime,
    ) -> "Download":
        """Ask for these notices, in this order, or for so many rows of the ledger; the one under
        way if they were asked for already.

        Raises Problem download.empty when there are none.
        """
        if not (notices or rows):
            raise Problem("download.empty")
        key = uuid.uuid4()
        facts = {"person_id": by.id, "scope": scope, "form": form.value, "done": 0, "tries": 0}
        seen_as = None if notices else cls.role_of(by)
        total = len(notices) or rows
        insert_if_new(cls, id=key, asked_at=at, total=total, seen_as=seen_as, **facts)
        same = select(cls).filter_by(person_id=by.id, scope=scope, form=form, ended_at=None)
        download = db.session.scalars(same).one()
        if download.id == key:
            held = [
                {"download_id": key, "position": n, "notice_id": notice}
                for n, notice in enumerate(notices)
            ]
            if held:
                db.session.execute(insert(DownloadNotice), held)
            record(download, "ask", by, at, scope=scope, form=form.value, notices=len(notices))
        return download

    @staticmethod
    def role_of(person: Person) -> str:
        """What decides which rows of the ledger a person sees."""
        return f"{person.role} {person.branch_id}"

    def stage(self, now: datetime) -> Stage:
        """How far it is."""
        outcome = Outcome(self.outcome) if self.outcome else None
        return stage_of(Facts(outcome, self.beat_at), now)

    def cancel(self, *, at: datetime) -> None:
        """Call it off; the worker notices. Harmless when it was called off already."""
        if self.outcome == Outcome.CANCELLED:
            return
        if self.outcome is not None:
            raise Problem("download.not_now")
        self.outcome, self.ended_at = Outcome.CANCELLED, at
        self.claim = self.beat_at = None

    def try_again(self, *, at: datetime) -> None:
        """Ask once more for what failed, was called off or fell silent; the same notices. Harmless
        when that is under way already."""
        stage = self.stage(at)
        if stage == Stage.READY:
            raise Problem("download.not_now")
        if stage in UNDER_WAY - {Stage.SILENT}:
            return
        self.asked_at = at
        self.outcome = self.ended_at = self.failure = self.claim = self.beat_at = None
        self.done = self.tries = 0


class DownloadNotice(Base):
    """A notice of a download, chosen when it was asked for."""

    __tablename__ = "download_notice"

    download_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("download.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"))
