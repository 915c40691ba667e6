"""The branch's signature on a visit."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None

BEFORE = {
    "stage": "stage IN ('before', 'after', 'practice')",
    "item": "(stage = 'practice') = (item_id IS NULL)",
}
AFTER = {
    "stage": "stage IN ('before', 'after', 'practice', 'signature')",
    "item": "(stage IN ('practice', 'signature')) = (item_id IS NULL)",
}


def upgrade() -> None:
    _check_photos(AFTER)
    op.create_table(
        "signature",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("refusal", sa.String(length=500), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("signed_at", Utc(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(photo_id IS NULL) = (refusal <> '')", name=op.f("ck_signature_refusal")
        ),
        sa.CheckConstraint("photo_id IS NULL OR name <> ''", name=op.f("ck_signature_name")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_signature_photo_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_signature_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signature_visit_id"), ["visit_id"], unique=False)


def downgrade() -> None:
    op.drop_table("signature")
    op.execute("DELETE FROM photo WHERE stage = 'signature'")
    _check_photos(BEFORE)


def _check_photos(rules: dict[str, str]) -> None:
    with op.batch_alter_table("photo", schema=None) as batch_op:
        for name, sql in rules.items():
            batch_op.drop_constraint(batch_op.f(f"ck_photo_{name}"), type_="check")
            batch_op.create_check_constraint(batch_op.f(f"ck_photo_{name}"), sql)
