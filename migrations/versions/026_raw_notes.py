"""The words of notes apart from the log of entries, so that a shopper's can be removed."""

import sqlalchemy as sa
from alembic import op

revision = "026"
down_revision = "025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "raw_note",
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["op_id"], ["operation.op_id"], name=op.f("fk_raw_note_op_id")),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_raw_note")),
    )
    with op.batch_alter_table("raw_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_raw_note_visit_id"), ["visit_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("raw_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_raw_note_visit_id"))

    op.drop_table("raw_note")
