"""Which sessions began by single sign-on, and what they are called there."""

import sqlalchemy as sa
from alembic import op

revision = "024"
down_revision = "023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("there", sa.String(length=255), nullable=False),
        sa.Column("id_token", sa.String(length=20000), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("fk_arrival_identity_id")
        ),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_arrival_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
        sa.UniqueConstraint("session_id", name=op.f("uq_arrival_session_id")),
    )
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arrival_identity_id"), ["identity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_arrival_there"), ["there"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_arrival_there"))
        batch_op.drop_index(batch_op.f("ix_arrival_identity_id"))

    op.drop_table("arrival")
