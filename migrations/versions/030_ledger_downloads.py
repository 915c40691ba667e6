"""A ledger of many rows is made in the background, as notices are."""

import sqlalchemy as sa
from alembic import op

revision = "030"
down_revision = "029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("download", schema=None) as batch_op:
        batch_op.alter_column("scope", existing_type=sa.String(60), type_=sa.Text())
        batch_op.add_column(sa.Column("seen_as", sa.String(length=60), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM download WHERE scope LIKE 'ledger:%'")
    with op.batch_alter_table("download", schema=None) as batch_op:
        batch_op.drop_column("seen_as")
        batch_op.alter_column("scope", existing_type=sa.Text(), type_=sa.String(60))
