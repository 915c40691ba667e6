"""Visits given back to their inspector, or declared void."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "008"
down_revision = "007"
branch_labels = None
depends_on = None


FACTS = {
    7: "(void_asked_at IS NULL) = (void_asked_by_id IS NULL)",
    8: "(void_asked_at IS NULL) = (void_reason IS NULL)",
    9: "(voided_at IS NULL) = (voided_by_id IS NULL)",
    10: "voided_at IS NULL OR (void_asked_at IS NOT NULL AND submitted_at IS NOT NULL)",
    11: "voided_by_id <> void_asked_by_id",
}


def upgrade() -> None:
    op.create_table(
        "send_back",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("submitted_at", Utc(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_send_back_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_send_back_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send_back")),
        sa.UniqueConstraint(
            "visit_id", "submitted_at", name=op.f("uq_send_back_visit_id_submitted_at")
        ),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("void_asked_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("void_asked_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("void_reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("voided_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("voided_by_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_visit_void_asked_by_id"), "person", ["void_asked_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_visit_voided_by_id"), "person", ["voided_by_id"], ["id"]
        )
        for n, sql in FACTS.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_visit_facts_{n}"), sql)


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        for n in FACTS:
            batch_op.drop_constraint(batch_op.f(f"ck_visit_facts_{n}"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_visit_voided_by_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_visit_void_asked_by_id"), type_="foreignkey")
        batch_op.drop_column("voided_by_id")
        batch_op.drop_column("voided_at")
        batch_op.drop_column("void_reason")
        batch_op.drop_column("void_asked_by_id")
        batch_op.drop_column("void_asked_at")

    op.drop_table("send_back")
