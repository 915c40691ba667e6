"""The key that seals what one person keeps on tablets."""

import sqlalchemy as sa
from alembic import op

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tablet_key",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tablet_key_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_tablet_key")),
    )


def downgrade() -> None:
    op.drop_table("tablet_key")
