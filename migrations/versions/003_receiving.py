"""Conflicts, entries that could not be placed, clocks, and what tablets say of themselves."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "003"
down_revision = "002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("written", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.alter_column("written", server_default=None)
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("clock_offset_ms", sa.Integer(), nullable=True))
    with op.batch_alter_table("stream", schema=None) as batch_op:
        batch_op.add_column(sa.Column("heard_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("clock_offset_ms", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("unsent_entries", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("unsent_photos", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("unsent_bytes", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("oldest_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("told_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("app_version", sa.String(length=40), nullable=True))

    op.create_table(
        "conflict",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.Column("earlier_by_id", sa.Uuid(), nullable=False),
        sa.Column("earlier_device_at", Utc(), nullable=False),
        sa.Column("earlier_received_at", Utc(), nullable=False),
        sa.Column("later", sa.JSON(), nullable=False),
        sa.Column("later_by_id", sa.Uuid(), nullable=False),
        sa.Column("later_device_at", Utc(), nullable=False),
        sa.Column("later_received_at", Utc(), nullable=False),
        sa.Column("resolved_at", Utc(), nullable=True),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.Column("kept", sa.JSON(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by_id IS NULL)", name=op.f("ck_conflict_resolved_by")
        ),
        sa.ForeignKeyConstraint(
            ["earlier_by_id"], ["person.id"], name=op.f("fk_conflict_earlier_by_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_conflict_item_id")),
        sa.ForeignKeyConstraint(
            ["later_by_id"], ["person.id"], name=op.f("fk_conflict_later_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["person.id"], name=op.f("fk_conflict_resolved_by_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_conflict_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflict_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "parked",
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(decision = 'dismissed') = (reason IS NOT NULL)", name=op.f("ck_parked_reason")
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_parked_decided_at")
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_parked_decided_by")
        ),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('accepted', 'dismissed')",
            name=op.f("ck_parked_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_parked_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["op_id"], ["operation.op_id"], name=op.f("fk_parked_op_id")),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_parked")),
    )
    with op.batch_alter_table("parked", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parked_decision"), ["decision"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("parked", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parked_decision"))
    op.drop_table("parked")
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_visit_id"))
    op.drop_table("conflict")
    with op.batch_alter_table("stream", schema=None) as batch_op:
        for column in (
            "app_version",
            "told_at",
            "oldest_at",
            "unsent_bytes",
            "unsent_photos",
            "unsent_entries",
            "clock_offset_ms",
            "heard_at",
        ):
            batch_op.drop_column(column)
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_column("clock_offset_ms")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_column("written")
