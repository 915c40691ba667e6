"""Bulletins that were issued, each edition with its paper."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "028"
down_revision = "027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulletin",
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("freeze_id", sa.Uuid(), nullable=False),
        sa.Column("doc_year", sa.Integer(), nullable=False),
        sa.Column("doc_seq", sa.Integer(), nullable=False),
        sa.Column("issued_at", Utc(), nullable=False),
        sa.Column("issued_by_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_bulletin_edition")),
        sa.CheckConstraint("(edition = 1) = (reason IS NULL)", name=op.f("ck_bulletin_reason")),
        sa.ForeignKeyConstraint(
            ["freeze_id"], ["quarter_freeze.id"], name=op.f("fk_bulletin_freeze_id")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["person.id"], name=op.f("fk_bulletin_issued_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
        sa.UniqueConstraint("doc_year", "doc_seq", name=op.f("uq_bulletin_doc_year_doc_seq")),
        sa.UniqueConstraint("quarter", "edition", name=op.f("uq_bulletin_quarter_edition")),
    )


def downgrade() -> None:
    op.drop_table("bulletin")
