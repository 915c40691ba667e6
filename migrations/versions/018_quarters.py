"""Frozen quarters, all that they were made of, their adjustments; and what comes from outside."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Exact, Utc
from inspector.decimals import Hundredths

revision = "018"
down_revision = "017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_started_at"), ["started_at"], unique=False)

    op.create_table(
        "quarter_freeze",
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("frozen_at", Utc(), nullable=False),
        sa.Column("frozen_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", Utc(), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("returned_at", Utc(), nullable=True),
        sa.Column("returned_by_id", sa.Uuid(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)",
            name=op.f("ck_quarter_freeze_confirmed_by"),
        ),
        sa.CheckConstraint(
            "(returned_at IS NULL) = (return_reason IS NULL)",
            name=op.f("ck_quarter_freeze_returned_why"),
        ),
        sa.CheckConstraint(
            "(returned_at IS NULL) = (returned_by_id IS NULL)",
            name=op.f("ck_quarter_freeze_returned_by"),
        ),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR returned_at IS NULL", name=op.f("ck_quarter_freeze_one_answer")
        ),
        sa.CheckConstraint(
            "confirmed_by_id <> frozen_by_id", name=op.f("ck_quarter_freeze_recusal")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_quarter_freeze_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by_id"], ["person.id"], name=op.f("fk_quarter_freeze_frozen_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["person.id"], name=op.f("fk_quarter_freeze_returned_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarter_freeze")),
    )
    with op.batch_alter_table("quarter_freeze", schema=None) as batch_op:
        batch_op.create_index(
            "uq_quarter_freeze_stands",
            ["quarter"],
            unique=True,
            sqlite_where=sa.text("returned_at IS NULL"),
            postgresql_where=sa.text("returned_at IS NULL"),
        )

    op.create_table(
        "other_score",
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("value", Hundredths(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("value BETWEEN 0 AND 10000", name=op.f("ck_other_score_value")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_other_score_branch_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_other_score_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_score")),
    )
    with op.batch_alter_table("other_score", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_other_score_quarter_branch_id"), ["quarter", "branch_id"], unique=False
        )

    op.create_table(
        "quarter_score",
        sa.Column("freeze_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("outlets", sa.Integer(), nullable=False),
        sa.Column("inspected", sa.Integer(), nullable=False),
        sa.Column("before", Exact(), nullable=True),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("deduction", Exact(), nullable=False),
        sa.Column("value", Exact(), nullable=True),
        sa.Column("contribution", Exact(), nullable=True),
        sa.Column("adjusted", Exact(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "level IN ('city', 'subbranch', 'outlet')", name=op.f("ck_quarter_score_level")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_quarter_score_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["freeze_id"], ["quarter_freeze.id"], name=op.f("fk_quarter_score_freeze_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["branch.id"], name=op.f("fk_quarter_score_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarter_score")),
        sa.UniqueConstraint(
            "freeze_id", "branch_id", name=op.f("uq_quarter_score_freeze_id_branch_id")
        ),
    )
    with op.batch_alter_table("quarter_score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarter_score_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_quarter_score_freeze_id_level"), ["freeze_id", "level"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_quarter_score_freeze_id_parent_id"),
            ["freeze_id", "parent_id"],
            unique=False,
        )

    op.create_table(
        "counted_visit",
        sa.Column("freeze_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("score", Exact(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('onsite', 'offsite', 'mystery')", name=op.f("ck_counted_visit_kind")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_counted_visit_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["freeze_id"], ["quarter_freeze.id"], name=op.f("fk_counted_visit_freeze_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_counted_visit_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted_visit")),
        sa.UniqueConstraint(
            "freeze_id", "visit_id", name=op.f("uq_counted_visit_freeze_id_visit_id")
        ),
    )
    with op.batch_alter_table("counted_visit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_counted_visit_freeze_id_branch_id"),
            ["freeze_id", "branch_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_counted_visit_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "adjustment",
        sa.Column("freeze_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("subbranch_id", sa.Uuid(), nullable=False),
        sa.Column("outlet_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=True),
        sa.Column("score", Exact(), nullable=True),
        sa.Column("outlet_was", Exact(), nullable=True),
        sa.Column("outlet_now", Exact(), nullable=True),
        sa.Column("was", Exact(), nullable=True),
        sa.Column("now", Exact(), nullable=True),
        sa.Column("points", Exact(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", Utc(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(visit_id IS NULL) <> (notice_id IS NULL)", name=op.f("ck_adjustment_one_cause")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_adjustment_by_id")),
        sa.ForeignKeyConstraint(
            ["freeze_id"], ["quarter_freeze.id"], name=op.f("fk_adjustment_freeze_id")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_adjustment_notice_id")),
        sa.ForeignKeyConstraint(["outlet_id"], ["branch.id"], name=op.f("fk_adjustment_outlet_id")),
        sa.ForeignKeyConstraint(
            ["subbranch_id"], ["branch.id"], name=op.f("fk_adjustment_subbranch_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_adjustment_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
        sa.UniqueConstraint("freeze_id", "position", name=op.f("uq_adjustment_freeze_id_position")),
    )
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_adjustment_subbranch_id"), ["subbranch_id"], unique=False
        )

    op.create_table(
        "counted_lateness",
        sa.Column("freeze_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "how IN ('closed_late', 'overdue')", name=op.f("ck_counted_lateness_how")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_counted_lateness_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["freeze_id"], ["quarter_freeze.id"], name=op.f("fk_counted_lateness_freeze_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_counted_lateness_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted_lateness")),
        sa.UniqueConstraint(
            "freeze_id", "notice_id", name=op.f("uq_counted_lateness_freeze_id_notice_id")
        ),
    )
    with op.batch_alter_table("counted_lateness", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_counted_lateness_freeze_id_branch_id"),
            ["freeze_id", "branch_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_counted_lateness_notice_id"), ["notice_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("counted_lateness", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_counted_lateness_notice_id"))
        batch_op.drop_index(batch_op.f("ix_counted_lateness_freeze_id_branch_id"))

    op.drop_table("counted_lateness")
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adjustment_subbranch_id"))

    op.drop_table("adjustment")
    with op.batch_alter_table("counted_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_counted_visit_visit_id"))
        batch_op.drop_index(batch_op.f("ix_counted_visit_freeze_id_branch_id"))

    op.drop_table("counted_visit")
    with op.batch_alter_table("quarter_score", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quarter_score_freeze_id_parent_id"))
        batch_op.drop_index(batch_op.f("ix_quarter_score_freeze_id_level"))
        batch_op.drop_index(batch_op.f("ix_quarter_score_branch_id"))

    op.drop_table("quarter_score")
    with op.batch_alter_table("other_score", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_other_score_quarter_branch_id"))

    op.drop_table("other_score")
    with op.batch_alter_table("quarter_freeze", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_quarter_freeze_stands",
            sqlite_where=sa.text("returned_at IS NULL"),
            postgresql_where=sa.text("returned_at IS NULL"),
        )

    op.drop_table("quarter_freeze")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_started_at"))
