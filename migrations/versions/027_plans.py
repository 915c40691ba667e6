"""The plan of a quarter, and the draws that were kept."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "027"
down_revision = "026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan",
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("onsite", sa.Integer(), nullable=False),
        sa.Column("offsite", sa.Integer(), nullable=False),
        sa.Column("mystery", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("mystery BETWEEN 0 AND 20", name=op.f("ck_plan_mystery")),
        sa.CheckConstraint("offsite BETWEEN 0 AND 20", name=op.f("ck_plan_offsite")),
        sa.CheckConstraint("onsite BETWEEN 0 AND 20", name=op.f("ck_plan_onsite")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_plan_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("quarter", name=op.f("uq_plan_quarter")),
    )
    op.create_table(
        "plan_draw",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("kinds", sa.String(length=40), nullable=False),
        sa.Column("subbranch_id", sa.Uuid(), nullable=True),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("adjusted", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("kept_at", Utc(), nullable=False),
        sa.Column("kept_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("adjusted BETWEEN 0 AND visits", name=op.f("ck_plan_draw_adjusted")),
        sa.CheckConstraint("visits > 0", name=op.f("ck_plan_draw_visits")),
        sa.ForeignKeyConstraint(
            ["kept_by_id"], ["person.id"], name=op.f("fk_plan_draw_kept_by_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_draw_plan_id")),
        sa.ForeignKeyConstraint(
            ["subbranch_id"], ["branch.id"], name=op.f("fk_plan_draw_subbranch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_draw")),
    )
    with op.batch_alter_table("plan_draw", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_draw_plan_id"), ["plan_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("plan_draw", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_draw_plan_id"))

    op.drop_table("plan_draw")
    op.drop_table("plan")
