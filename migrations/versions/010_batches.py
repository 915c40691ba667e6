"""Batches in which mystery visits are published, and what footage is to be kept of them.

A mystery visit of which a notice was issued already is known to its branch: all such visits become
one batch, published now.
"""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "010"
down_revision = "009"
branch_labels = None
depends_on = None

FACTS = {
    12: "batch_id IS NULL OR (kind = 'mystery' AND confirmed_at IS NOT NULL)",
    13: "published_at IS NULL OR batch_id IS NOT NULL",
}


VISIT = sa.table(
    "visit",
    sa.column("id", sa.Uuid()),
    sa.column("kind"),
    sa.column("confirmed_at", Utc()),
    sa.column("confirmed_by_id", sa.Uuid()),
    sa.column("batch_id", sa.Uuid()),
    sa.column("published_at", Utc()),
)
FINDING = sa.table("finding", sa.column("id", sa.Uuid()), sa.column("visit_id", sa.Uuid()))
RECTIFICATION = sa.table(
    "rectification", sa.column("id", sa.Uuid()), sa.column("finding_id", sa.Uuid())
)
NOTICE = sa.table("notice", sa.column("rectification_id", sa.Uuid()), sa.column("issued_at", Utc()))
BATCH = sa.table(
    "batch",
    sa.column("id", sa.Uuid()),
    sa.column("quarter"),
    sa.column("name"),
    sa.column("publish_on", sa.Date()),
    sa.column("opened_at", Utc()),
    sa.column("opened_by_id", sa.Uuid()),
    sa.column("published_at", Utc()),
    sa.column("published_by_id", sa.Uuid()),
)


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("publish_on", sa.Date(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", Utc(), nullable=True),
        sa.Column("published_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)", name=op.f("ck_batch_published_by")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_batch_opened_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_batch_published_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("id", "published_at", name=op.f("uq_batch_id_published_at")),
        sa.UniqueConstraint("quarter", "name", name=op.f("uq_batch_quarter_name")),
    )
    op.create_table(
        "footage_request",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_footage_request_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_footage_request_visit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_footage_request")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_footage_request_visit_id")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("published_at", Utc(), nullable=True))
        batch_op.create_index(batch_op.f("ix_visit_batch_id"), ["batch_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_visit_batch_id_published_at"),
            "batch",
            ["batch_id", "published_at"],
            ["id", "published_at"],
        )
        batch_op.create_foreign_key(batch_op.f("fk_visit_batch_id"), "batch", ["batch_id"], ["id"])
        for n, sql in FACTS.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_visit_facts_{n}"), sql)
    _publish_what_is_known()


def _publish_what_is_known() -> None:
    connection = op.get_bind()
    known = connection.execute(
        sa.select(VISIT.c.id, VISIT.c.confirmed_by_id).where(
            VISIT.c.kind == "mystery",
            VISIT.c.confirmed_at.is_not(None),
            VISIT.c.id.in_(
                sa.select(FINDING.c.visit_id)
                .join(RECTIFICATION, RECTIFICATION.c.finding_id == FINDING.c.id)
                .join(NOTICE, NOTICE.c.rectification_id == RECTIFICATION.c.id)
                .where(NOTICE.c.issued_at.is_not(None))
            ),
        )
    ).all()
    if not known:
        return
    now, by, key = datetime.now(UTC), known[0].confirmed_by_id, uuid.uuid4()
    connection.execute(
        sa.insert(BATCH).values(
            id=key,
            quarter=f"{now.year}Q{(now.month + 2) // 3}",
            name="此前已下发通知书",
            publish_on=now.date(),
            opened_at=now,
            opened_by_id=by,
            published_at=now,
            published_by_id=by,
        )
    )
    published = VISIT.c.id.in_([visit.id for visit in known])
    connection.execute(sa.update(VISIT).where(published).values(batch_id=key, published_at=now))


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        for n in FACTS:
            batch_op.drop_constraint(batch_op.f(f"ck_visit_facts_{n}"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_visit_batch_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_visit_batch_id_published_at"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_visit_batch_id"))
        batch_op.drop_column("published_at")
        batch_op.drop_column("batch_id")

    op.drop_table("footage_request")
    op.drop_table("batch")
