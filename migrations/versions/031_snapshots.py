"""What the worker counts where there are very many outlets."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "031"
down_revision = "030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("begun_at", Utc(), nullable=True),
        sa.Column("counted_at", Utc(), nullable=True),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_snapshot")),
    )


def downgrade() -> None:
    op.drop_table("snapshot")
