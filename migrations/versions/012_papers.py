"""Receipts, reports and closing forms as paper, frozen by the act that makes them."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "012"
down_revision = "011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.CheckConstraint("(kind = 'receipt') = (round = 0)", name=op.f("ck_paper_round")),
        sa.CheckConstraint("kind IN ('receipt', 'report', 'closing')", name=op.f("ck_paper_kind")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_paper_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint(
            "notice_id", "kind", "round", name=op.f("uq_paper_notice_id_kind_round")
        ),
    )


def downgrade() -> None:
    op.drop_table("paper")
