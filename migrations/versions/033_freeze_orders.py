"""Quarters that the worker is to freeze."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "033"
down_revision = "032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "freeze_order",
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", Utc(), nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_freeze_order_by_id_person")
        ),
        sa.PrimaryKeyConstraint("quarter", name=op.f("pk_freeze_order")),
    )


def downgrade() -> None:
    op.drop_table("freeze_order")
