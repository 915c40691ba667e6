"""Repeat offences: occurrence, duplicates of an open one, outlets that merged."""

import sqlalchemy as sa
from alembic import op

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("branch") as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_branch_merged_into_another"), "merged_into_id <> id"
        )
        batch_op.create_foreign_key(
            op.f("fk_branch_merged_into_id"), "branch", ["merged_into_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_branch_merged_into_id"), ["merged_into_id"])

    yes, no = sa.true(), sa.false()
    with op.batch_alter_table("finding") as batch_op:
        batch_op.add_column(sa.Column("original", sa.Boolean(), nullable=False, server_default=yes))
        batch_op.add_column(sa.Column("occurrence", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("duplicate_of_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("not_carried_out", sa.Boolean(), nullable=False, server_default=no)
        )
    op.execute("UPDATE finding SET occurrence = 1 WHERE decision = 'confirmed'")
    with op.batch_alter_table("finding") as batch_op:
        batch_op.create_unique_constraint(op.f("uq_finding_id_original"), ["id", "original"])
        batch_op.create_index(op.f("ix_finding_duplicate_of_id"), ["duplicate_of_id"])
        for name, rule in FINDING_RULES.items():
            batch_op.create_check_constraint(op.f(f"ck_finding_{name}"), rule)

    with op.batch_alter_table("rectification") as batch_op:
        batch_op.add_column(
            sa.Column("of_original", sa.Boolean(), nullable=False, server_default=yes)
        )
        batch_op.create_check_constraint(op.f("ck_rectification_of_original"), "of_original")
        batch_op.drop_constraint(op.f("fk_rectification_finding_id"), type_="foreignkey")
        batch_op.create_foreign_key(
            op.f("fk_rectification_finding_id_of_original"),
            "finding",
            ["finding_id", "of_original"],
            ["id", "original"],
        )
    with op.batch_alter_table("finding") as batch_op:
        batch_op.create_foreign_key(
            op.f("fk_finding_duplicate_of_id"),
            "rectification",
            ["duplicate_of_id"],
            ["finding_id"],
            deferrable=True,
        )
    for table, column in DEFAULTS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, server_default=None)


FINDING_RULES = {
    "original": "original = (duplicate_of_id IS NULL)",
    "duplicate_of_another": "duplicate_of_id <> id",
    "not_carried_out": "NOT (original AND not_carried_out)",
    "duplicate_if_confirmed": "original OR (decision IS NOT NULL AND decision = 'confirmed')",
    "occurrence_if_original": (
        "(occurrence IS NOT NULL)"
        " = (original AND (decision IS NOT NULL AND decision = 'confirmed'))"
    ),
    "occurrence": "occurrence >= 1",
}

DEFAULTS = (
    ("finding", "original"),
    ("finding", "not_carried_out"),
    ("rectification", "of_original"),
)


def downgrade() -> None:
    with op.batch_alter_table("finding") as batch_op:
        batch_op.drop_constraint(op.f("fk_finding_duplicate_of_id"), type_="foreignkey")
    with op.batch_alter_table("rectification") as batch_op:
        batch_op.drop_constraint(
            op.f("fk_rectification_finding_id_of_original"), type_="foreignkey"
        )
        batch_op.create_foreign_key(
            op.f("fk_rectification_finding_id"), "finding", ["finding_id"], ["id"]
        )
        batch_op.drop_constraint(op.f("ck_rectification_of_original"), type_="check")
        batch_op.drop_column("of_original")
    with op.batch_alter_table("finding") as batch_op:
        for name in FINDING_RULES:
            batch_op.drop_constraint(op.f(f"ck_finding_{name}"), type_="check")
        batch_op.drop_index("ix_finding_duplicate_of_id")
        batch_op.drop_constraint(op.f("uq_finding_id_original"), type_="unique")
        for column in ("original", "occurrence", "duplicate_of_id", "not_carried_out"):
            batch_op.drop_column(column)
    with op.batch_alter_table("branch") as batch_op:
        batch_op.drop_index("ix_branch_merged_into_id")
        batch_op.drop_constraint(op.f("fk_branch_merged_into_id"), type_="foreignkey")
        batch_op.drop_constraint(op.f("ck_branch_merged_into_another"), type_="check")
        batch_op.drop_column("merged_into_id")
