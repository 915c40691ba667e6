"""What the other 60 % come from, out of files: their bytes while somebody looks at them, what their
columns mean, and the figures beside each entry."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "020"
down_revision = "019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure_upload",
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("imported_at", Utc(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(imported_at IS NULL) = (content IS NOT NULL)", name=op.f("ck_figure_upload_content")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_figure_upload_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_upload")),
    )
    with op.batch_alter_table("figure_upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_figure_upload_by_id"), ["by_id"], unique=False)
    op.create_table(
        "column_meaning",
        sa.Column("head", sa.String(length=200), nullable=False),
        sa.Column("meaning", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("head", name=op.f("pk_column_meaning")),
    )
    with op.batch_alter_table("other_score", schema=None) as batch_op:
        batch_op.add_column(sa.Column("figures", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("other_score", schema=None) as batch_op:
        batch_op.alter_column("figures", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("other_score", schema=None) as batch_op:
        batch_op.drop_column("figures")
    op.drop_table("column_meaning")
    with op.batch_alter_table("figure_upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_figure_upload_by_id"))
    op.drop_table("figure_upload")
