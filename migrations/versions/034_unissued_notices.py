"""An index of the notices that are not issued yet: few are, however long the history."""

import sqlalchemy as sa
from alembic import op

revision = "034"
down_revision = "033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    only = sa.text("issued_at IS NULL")
    op.create_index(
        "ix_notice_unissued", "notice", ["drafted_at"], sqlite_where=only, postgresql_where=only
    )


def downgrade() -> None:
    op.drop_index("ix_notice_unissued", table_name="notice")
