"""Checklist, its versions, and the sections and items of a version, which never change."""

import uuid
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from inspector.checklists import requirement
from inspector.db import Base, Keyed, Utc, one_of
from inspector.decimals import Hundredths


class Kind(StrEnum):
    """The way of inspecting that a checklist is for (domain.md 2.8)."""

    ONSITE = "onsite"
    OFFSITE = "offsite"
    MYSTERY = "mystery"


class ItemType(StrEnum):
    """What an answer looks like: yes or no, whole points 0 to max, a number, or whole seconds."""

    YESNO = "yesno"
    SCORE = "score"
    NUMBER = "number"
    DURATION = "duration"


class Severity(StrEnum):
    """Whether a failed item is a main problem, 主要问题 or 一般问题 (S18); `info` never fails."""

    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"


class Effect(StrEnum):
    """What a failed item does to the score (domain.md 2.2 and 3.7): it loses its points, zeroes
    the rest of its section, or is taken off the final result."""

    SCORE = "score"
    GATE = "gate"
    DEDUCT = "deduct"


class Checklist(Keyed, Base):
    """A checklist under its stable code, whatever its versions say."""

    __tablename__ = "checklist"
    __table_args__ = (CheckConstraint(one_of("kind", Kind), name="kind"),)

    code: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(10))

    versions: Mapped[list["Version"]] = relationship(back_populates="checklist")

    @property
    def by_number(self) -> list["Version"]:
        """Its versions, the highest first."""
        return sorted(self.versions, key=lambda version: version.number, reverse=True)

    @property
    def latest(self) -> "Version":
        """Its highest version: the one that visits are planned on."""
        return self.by_number[0]


class Version(Keyed, Base):
    """One published version. A visit is scored by the version it began with (domain.md 6, 7)."""

    __tablename__ = "checklist_version"
    __table_args__ = (UniqueConstraint("checklist_id", "version"),)

    checklist_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("checklist.id"))
    version: Mapped[str] = mapped_column(String(20))
    title_zh: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(160))
    item_count: Mapped[int]
    total_points: Mapped[Decimal] = mapped_column(Hundredths)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the content, so that two prints can be told to say the same."""
    published_at: Mapped[datetime] = mapped_column(Utc)

    checklist: Mapped[Checklist] = relationship(back_populates="versions")
    sections: Mapped[list["Section"]] = relationship(
        back_populates="version", order_by="Section.position"
    )
    items: Mapped[list["Item"]] = relationship(viewonly=True, order_by="Item.position")

    @property
    def kind(self) -> str:
        """The kind of visit that it is for."""
        return self.checklist.kind

    @property
    def number(self) -> tuple[int, ...]:
        """The version as numbers, so that 1.10 comes after 1.9."""
        return tuple(int(part) for part in self.version.split("."))


class Section(Keyed, Base):
    """A part of a checklist, such as the brochure racks."""

    __tablename__ = "section"
    __table_args__ = (
        UniqueConstraint("version_id", "code"),
        UniqueConstraint("version_id", "position"),
        UniqueConstraint("version_id", "id"),  # what items refer to
    )

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("checklist_version.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(10))
    title_zh: Mapped[str] = mapped_column(String(40))
    title_en: Mapped[str] = mapped_column(String(80))

    version: Mapped[Version] = relationship(back_populates="sections")
    items: Mapped[list["Item"]] = relationship(back_populates="section", order_by="Item.position")

    @property
    def points(self) -> Decimal:
        """What its items add up to; what is taken off the final result is not among them."""
        return sum((i.points for i in self.items if i.effect != Effect.DEDUCT), Decimal(0))


class Item(Keyed, Base):
    """One line of a checklist: what is looked at, what passes, and what a failure costs."""

    __tablename__ = "item"
    __table_args__ = (
        # Through the version, so that an item cannot stand in another version's section.
        ForeignKeyConstraint(["version_id", "section_id"], ["section.version_id", "section.id"]),
        UniqueConstraint("version_id", "code"),
        UniqueConstraint("version_id", "position"),
        CheckConstraint(one_of("type", ItemType), name="type"),
        CheckConstraint(one_of("severity", Severity), name="severity"),
        CheckConstraint(one_of("effect", Effect), name="effect"),
        CheckConstraint("op IN ('<=', '>=')", name="op"),
        CheckConstraint("applies = 'fitout'", name="applies"),
        CheckConstraint("(type = 'score') = (max IS NOT NULL)", name="max_of_score"),
        CheckConstraint("(type IN ('number', 'duration')) = (unit IS NOT NULL)", name="unit"),
        CheckConstraint('(op IS NULL) = ("limit" IS NULL)', name="op_with_limit"),
        CheckConstraint("type <> 'yesno' OR \"limit\" IS NULL", name="no_limit_of_yesno"),
        CheckConstraint('half_limit IS NULL OR "limit" IS NOT NULL', name="half_with_limit"),
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint(
            "(severity = 'info') = (type <> 'yesno' AND \"limit\" IS NULL)",
            name="information",
        ),
        CheckConstraint("severity <> 'info' OR points = 0", name="information_is_free"),
        CheckConstraint("applies IS NULL OR na_allowed", name="na_if_conditional"),
        CheckConstraint("rectify_days >= 0", name="rectify_days"),
    )

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("checklist_version.id"))
    section_id: Mapped[uuid.UUID]
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    issue: Mapped[str] = mapped_column(String(40))
    text_zh: Mapped[str] = mapped_column(String(200))
    text_en: Mapped[str] = mapped_column(String(400))
    type: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str | None] = mapped_column(String(10))
    max: Mapped[int | None]
    op: Mapped[str | None] = mapped_column(String(2))
    limit: Mapped[Decimal | None] = mapped_column(Hundredths)
    half_limit: Mapped[Decimal | None] = mapped_column(Hundredths)
    points: Mapped[Decimal] = mapped_column(Hundredths)
    severity: Mapped[str] = mapped_column(String(10))
    critical: Mapped[bool]
    effect: Mapped[str] = mapped_column(String(10))
    na_allowed: Mapped[bool]
    photo_on_fail: Mapped[bool]
    rectify_days: Mapped[int]
    ref: Mapped[str] = mapped_column(String(120))
    applies: Mapped[str | None] = mapped_column(String(10))
    """`fitout`: only for outlets lately moved or refurbished (domain.md 6, 15)."""

    section: Mapped[Section] = relationship(back_populates="items")

    @property
    def version(self) -> Version:
        """The version it belongs to."""
        return self.section.version

    @property
    def requirement_zh(self) -> str:
        """What passes, in Chinese."""
        return requirement.requirement_zh(self)

    @property
    def requirement_en(self) -> str:
        """What passes, in English."""
        return requirement.requirement_en(self)

    @property
    def information(self) -> bool:
        """Whether it is only recorded: it has no limit, no points, and never fails."""
        return self.severity == Severity.INFO


@event.listens_for(Version, "before_update")
@event.listens_for(Section, "before_update")
@event.listens_for(Item, "before_update")
def _refuse_change(_mapper: object, _connection: object, row: Base) -> None:
    """What visits were scored by must stay what it was: a change is a new version."""
    if (session := object_session(row)) and session.is_modified(row, include_collections=False):
        raise RuntimeError(f"a published checklist does not change: {row!r}")
