"""Who may unmask mystery shoppers, and each time that somebody did."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "022"
down_revision = "021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("may_unmask", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.alter_column("may_unmask", server_default=None)

    op.create_table(
        "unmasking",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_unmasking_reason")),
        sa.CheckConstraint("until > at", name=op.f("ck_unmasking_until")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_unmasking_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_unmasking_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmasking")),
    )
    with op.batch_alter_table("unmasking", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_unmasking_visit_id_by_id"), ["visit_id", "by_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("unmasking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unmasking_visit_id_by_id"))
    op.drop_table("unmasking")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("may_unmask")
