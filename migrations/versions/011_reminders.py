"""Reminders, their way to addresses outside, and the email of a person."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("subject_table", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("read_at", Utc(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "subject_table IN ('visit', 'notice')", name=op.f("ck_reminder_subject_table")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["person.id"], name=op.f("fk_reminder_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "rule",
            "subject_id",
            "recipient_id",
            "round",
            name=op.f("uq_reminder_rule_subject_id_recipient_id_round"),
        ),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reminder_recipient_id_at_id"), ["recipient_id", "at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_reminder_recipient_id_read_at"),
            ["recipient_id", "read_at"],
            unique=False,
        )

    op.create_table(
        "delivery",
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Utc(), nullable=False),
        sa.Column("taken_until", Utc(), nullable=True),
        sa.Column("failed_at", Utc(), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("delivered_at", Utc(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(failed_at IS NULL) = (error IS NULL)", name=op.f("ck_delivery_failed_why")
        ),
        sa.ForeignKeyConstraint(
            ["reminder_id"], ["reminder.id"], name=op.f("fk_delivery_reminder_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "address",
            "rule",
            "subject_id",
            "round",
            name=op.f("uq_delivery_address_rule_subject_id_round"),
        ),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_delivered_at_next_try_at"),
            ["delivered_at", "next_try_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_delivery_reminder_id"), ["reminder_id"], unique=False)

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(length=200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("email")

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_reminder_id"))
        batch_op.drop_index(batch_op.f("ix_delivery_delivered_at_next_try_at"))

    op.drop_table("delivery")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_recipient_id_read_at"))
        batch_op.drop_index(batch_op.f("ix_reminder_recipient_id_at_id"))

    op.drop_table("reminder")
