"""Indexes of the few rows that are asked for all the time, however long the history."""

import sqlalchemy as sa
from alembic import op

revision = "032"
down_revision = "031"
branch_labels = None
depends_on = None

NEW = (
    ("ix_finding_undecided", "finding", "visit_id", "decision IS NULL"),
    ("ix_finding_withdrawn", "finding", "id", "withdrawn_at IS NOT NULL"),
    ("ix_report_unverified", "report", "rectification_id", "verdict IS NULL"),
    ("ix_visit_unconfirmed", "visit", "submitted_at", "confirmed_at IS NULL"),
    ("ix_visit_void_asked", "visit", "void_asked_at", "void_asked_at IS NOT NULL"),
)


def upgrade() -> None:
    for name, table, column, where in NEW:
        only = sa.text(where)
        op.create_index(name, table, [column], sqlite_where=only, postgresql_where=only)
    op.create_index("ix_finding_raised_at", "finding", ["raised_at"])
    # Nearly all findings are confirmed: it told nothing, and SQLite went by it.
    op.drop_index("ix_finding_decision", table_name="finding")


def downgrade() -> None:
    op.create_index("ix_finding_decision", "finding", ["decision"])
    op.drop_index("ix_finding_raised_at", table_name="finding")
    for name, table, _column, _where in NEW:
        op.drop_index(name, table_name=table)
