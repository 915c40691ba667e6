"""The side roads of a notice: extension, accepted risk, appeal, reopening, reissue, endorsement."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc

revision = "005"
down_revision = "004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reopening",
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("closed_at", Utc(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_reopening_by_id")),
        sa.ForeignKeyConstraint(
            ["rectification_id"], ["rectification.id"], name=op.f("fk_reopening_rectification_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopening")),
        sa.UniqueConstraint(
            "rectification_id",
            "round",
            "closed_at",
            name=op.f("uq_reopening_rectification_id_round_closed_at"),
        ),
    )
    op.create_table(
        "appeal",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=15), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("filed_at", Utc(), nullable=False),
        sa.Column("filed_by_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", Utc(), nullable=True),
        sa.Column("accepted_by_id", sa.Uuid(), nullable=True),
        sa.Column("refused_at", Utc(), nullable=True),
        sa.Column("refused_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("overturned", sa.Boolean(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ground IN ('fact', 'applicability')", name=op.f("ck_appeal_ground")),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by_id IS NULL)", name=op.f("ck_appeal_accepted_by")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_appeal_decided_by")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (overturned IS NULL)", name=op.f("ck_appeal_decision")
        ),
        sa.CheckConstraint(
            "(refused_at IS NULL) = (refused_by_id IS NULL)", name=op.f("ck_appeal_refused_by")
        ),
        sa.CheckConstraint(
            "decided_at IS NULL OR accepted_at IS NOT NULL", name=op.f("ck_appeal_decided_accepted")
        ),
        sa.CheckConstraint(
            "refused_at IS NULL OR accepted_at IS NULL", name=op.f("ck_appeal_one_answer")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["person.id"], name=op.f("fk_appeal_accepted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_appeal_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["filed_by_id"], ["person.id"], name=op.f("fk_appeal_filed_by_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_appeal_notice_id")),
        sa.ForeignKeyConstraint(
            ["refused_by_id"], ["person.id"], name=op.f("fk_appeal_refused_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_appeal_notice_id")),
    )
    op.create_table(
        "extension",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "answer IS NULL OR answer IN ('granted', 'refused')", name=op.f("ck_extension_answer")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_extension_answered_at")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_by_id IS NULL)", name=op.f("ck_extension_answered_by")
        ),
        sa.CheckConstraint("wanted_on > due_on", name=op.f("ck_extension_later")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_extension_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_extension_asked_by_id")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_extension_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_extension_notice_id")),
    )
    op.create_table(
        "risk",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(review_on IS NOT NULL) = (answer IS NOT NULL AND answer = 'accepted')",
            name=op.f("ck_risk_review_if_accepted"),
        ),
        sa.CheckConstraint(
            "answer IS NULL OR answer IN ('accepted', 'refused')", name=op.f("ck_risk_answer")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_risk_answered_at")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_by_id IS NULL)", name=op.f("ck_risk_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_risk_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_risk_asked_by_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_risk_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk")),
    )
    with op.batch_alter_table("risk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_risk_notice_id"), ["notice_id"], unique=False)
        batch_op.create_index(
            "uq_risk_one_waiting",
            ["notice_id"],
            unique=True,
            sqlite_where=sa.text("answer IS NULL"),
            postgresql_where=sa.text("answer IS NULL"),
        )

    op.create_table(
        "appeal_photo",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_photo_appeal_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["picture.sha256"], name=op.f("fk_appeal_photo_sha256")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_photo")),
        sa.UniqueConstraint("appeal_id", "sha256", name=op.f("uq_appeal_photo_appeal_id_sha256")),
    )
    op.create_table(
        "panel_seat",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("department", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_panel_seat_appeal_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_panel_seat_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_seat")),
        sa.UniqueConstraint(
            "appeal_id", "department", name=op.f("uq_panel_seat_appeal_id_department")
        ),
        sa.UniqueConstraint(
            "appeal_id", "person_id", name=op.f("uq_panel_seat_appeal_id_person_id")
        ),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_reason", sa.Text(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_finding_withdrawn_by_id"), "person", ["withdrawn_by_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_finding_withdrawn_by"),
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_finding_withdrawn_why"),
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_finding_withdrawn_if_confirmed"),
            "withdrawn_at IS NULL OR decision = 'confirmed'",
        )

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("supersedes_id", sa.Uuid(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_notice_supersedes_id"), ["supersedes_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_notice_withdrawn_by_id"), "person", ["withdrawn_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_notice_supersedes_id"), "notice", ["supersedes_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_notice_withdrawn_by"),
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_notice_withdrawn_why"),
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
        )

    with op.batch_alter_table("rectification", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("review_on", sa.Date(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_rectification_paused_after_begin"),
            "paused_at IS NULL OR begun_at IS NOT NULL",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_rectification_paused_or_closed"),
            "paused_at IS NULL OR closed_at IS NULL",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_rectification_review_if_closed"),
            "review_on IS NULL OR closed_at IS NOT NULL",
        )

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("endorsed_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("endorsed_by_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_report_endorsed_by_id"), "person", ["endorsed_by_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_report_endorsed_by"), "(endorsed_at IS NULL) = (endorsed_by_id IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_report_endorse_recusal"), "endorsed_by_id <> reported_by_id"
        )


def downgrade() -> None:
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_report_endorsed_by"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_report_endorse_recusal"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_report_endorsed_by_id"), type_="foreignkey")
        batch_op.drop_column("endorsed_by_id")
        batch_op.drop_column("endorsed_at")

    with op.batch_alter_table("rectification", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_rectification_paused_after_begin"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_rectification_paused_or_closed"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_rectification_review_if_closed"), type_="check")
        batch_op.drop_column("review_on")
        batch_op.drop_column("paused_at")

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_notice_withdrawn_by"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_notice_withdrawn_why"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_notice_supersedes_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_notice_withdrawn_by_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_notice_supersedes_id"), type_="unique")
        batch_op.drop_column("supersedes_id")
        batch_op.drop_column("withdrawn_reason")
        batch_op.drop_column("withdrawn_by_id")

    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_finding_withdrawn_by"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_finding_withdrawn_why"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_finding_withdrawn_if_confirmed"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_finding_withdrawn_by_id"), type_="foreignkey")
        batch_op.drop_column("withdrawn_reason")
        batch_op.drop_column("withdrawn_by_id")
        batch_op.drop_column("withdrawn_at")

    op.drop_table("panel_seat")
    op.drop_table("appeal_photo")
    with op.batch_alter_table("risk", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_risk_one_waiting",
            sqlite_where=sa.text("answer IS NULL"),
            postgresql_where=sa.text("answer IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_risk_notice_id"))

    op.drop_table("risk")
    op.drop_table("extension")
    op.drop_table("appeal")
    op.drop_table("reopening")
