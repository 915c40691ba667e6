"""How far the clocks were off by which two records of the same thing were made."""

import sqlalchemy as sa
from alembic import op

revision = "009"
down_revision = "008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.add_column(sa.Column("earlier_offset_ms", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("later_offset_ms", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.drop_column("later_offset_ms")
        batch_op.drop_column("earlier_offset_ms")
