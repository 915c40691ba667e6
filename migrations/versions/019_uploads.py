"""Files of people and branches that are looked at before they are imported."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "019"
down_revision = "018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("noun", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("imported_at", Utc(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("noun IN ('people', 'branches')", name=op.f("ck_upload_noun")),
        sa.CheckConstraint(
            "(imported_at IS NULL) = (content IS NOT NULL)", name=op.f("ck_upload_content")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_upload_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_by_id"), ["by_id"], unique=False)


def downgrade() -> None:
    op.drop_table("upload")
