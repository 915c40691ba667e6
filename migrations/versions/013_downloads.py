"""Many notices at once, made in the background."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "013"
down_revision = "012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "download",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=3), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("beat_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(coalesce(outcome, '') = 'failed') = (failure IS NOT NULL)",
            name=op.f("ck_download_failure"),
        ),
        sa.CheckConstraint(
            "(coalesce(outcome, '') = 'ready') = (sha256 IS NOT NULL)",
            name=op.f("ck_download_sha256"),
        ),
        sa.CheckConstraint("form IN ('zip', 'pdf')", name=op.f("ck_download_form")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('ready', 'failed', 'cancelled')",
            name=op.f("ck_download_outcome"),
        ),
        sa.CheckConstraint("(claim IS NULL) = (beat_at IS NULL)", name=op.f("ck_download_claim")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_download_ended")
        ),
        sa.CheckConstraint("(sha256 IS NULL) = (size IS NULL)", name=op.f("ck_download_size")),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_download_done")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_download_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download")),
    )
    with op.batch_alter_table("download", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_download_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_download_under_way",
            ["person_id", "scope", "form"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "download_notice",
        sa.Column("download_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["download_id"],
            ["download.id"],
            name=op.f("fk_download_notice_download_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_download_notice_notice_id")
        ),
        sa.PrimaryKeyConstraint("download_id", "position", name=op.f("pk_download_notice")),
    )


def downgrade() -> None:
    op.drop_table("download_notice")
    with op.batch_alter_table("download", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_download_under_way",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_download_person_id"))

    op.drop_table("download")
