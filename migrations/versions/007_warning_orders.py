"""Warning orders, whose numbers are a series of their own."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "007"
down_revision = "006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_series",
        sa.Column("series", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_document_series")),
    )
    op.execute(
        "INSERT INTO document_series (series, year, last)"
        " SELECT 'notice', year, last FROM document_number"
    )
    op.drop_table("document_number")
    op.create_table(
        "warning_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("doc_year", sa.Integer(), nullable=False),
        sa.Column("doc_seq", sa.Integer(), nullable=False),
        sa.Column("issued_at", Utc(), nullable=False),
        sa.Column("issued_by_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["person.id"], name=op.f("fk_warning_order_issued_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_warning_order_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_order")),
        sa.UniqueConstraint("doc_year", "doc_seq", name=op.f("uq_warning_order_doc_year_doc_seq")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_warning_order_notice_id")),
    )


def downgrade() -> None:
    op.drop_table("warning_order")
    op.create_table(
        "document_number",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_document_number")),
    )
    op.execute(
        "INSERT INTO document_number (year, last)"
        " SELECT year, last FROM document_series WHERE series = 'notice'"
    )
    op.drop_table("document_series")
