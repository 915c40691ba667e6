"""Secret links by which people's own calendars read their visits."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "025"
down_revision = "024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_link",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_link_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_calendar_link_token_sha256")),
    )


def downgrade() -> None:
    op.drop_table("calendar_link")
