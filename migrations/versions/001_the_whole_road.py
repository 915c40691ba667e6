"""The first road: people, checklists, visits, findings, notices, the log of operations."""

import sqlalchemy as sa
from alembic import op

from inspector.db import Exact, Utc
from inspector.decimals import Hundredths

revision = "001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "branch",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("renovated_on", sa.Date(), nullable=True),
        sa.Column("fitout", sa.String(length=10), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(level = 'city') = (parent_id IS NULL)", name=op.f("ck_branch_parent_unless_city")
        ),
        sa.CheckConstraint(
            "fitout = 'none' OR renovated_on IS NOT NULL",
            name=op.f("ck_branch_dated_if_fitted_out"),
        ),
        sa.CheckConstraint(
            "fitout IN ('none', 'renovated', 'relocated')", name=op.f("ck_branch_fitout")
        ),
        sa.CheckConstraint(
            "level IN ('city', 'subbranch', 'outlet')", name=op.f("ck_branch_level")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["branch.id"], name=op.f("fk_branch_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch")),
        sa.UniqueConstraint("code", name=op.f("uq_branch_code")),
    )
    with op.batch_alter_table("branch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_branch_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "checklist",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('onsite', 'offsite', 'mystery')", name=op.f("ck_checklist_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist")),
        sa.UniqueConstraint("code", name=op.f("uq_checklist_code")),
    )
    op.create_table(
        "document_number",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_document_number")),
    )
    op.create_table(
        "checklist_version",
        sa.Column("checklist_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("title_zh", sa.String(length=80), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("total_points", Hundredths(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", Utc(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklist.id"], name=op.f("fk_checklist_version_checklist_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_version")),
        sa.UniqueConstraint(
            "checklist_id", "version", name=op.f("uq_checklist_version_checklist_id_version")
        ),
    )
    op.create_table(
        "person",
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role IN ('inspector', 'shopper', 'reviewer', 'outlet', 'subbranch', 'channel', 'leader', 'admin')",
            name=op.f("ck_person_role"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_person_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_branch_id"), ["branch_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("subject_table", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_event_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_event_subject_table_subject_id"),
            ["subject_table", "subject_id"],
            unique=False,
        )

    op.create_table(
        "picture",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("jpeg", sa.String(length=64), nullable=False),
        sa.Column("thumb", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("received_from_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["received_from_id"], ["person.id"], name=op.f("fk_picture_received_from_id")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_picture")),
    )
    op.create_table(
        "section",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("title_zh", sa.String(length=40), nullable=False),
        sa.Column("title_en", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["checklist_version.id"], name=op.f("fk_section_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_section_version_id_code")),
        sa.UniqueConstraint("version_id", "id", name=op.f("uq_section_version_id_id")),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_section_version_id_position")),
    )
    op.create_table(
        "stream",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stream_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream")),
    )
    with op.batch_alter_table("stream", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stream_person_id"), ["person_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("inspector_id", sa.Uuid(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("planned_at", Utc(), nullable=False),
        sa.Column("planned_by_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", Utc(), nullable=True),
        sa.Column("submitted_at", Utc(), nullable=True),
        sa.Column("confirmed_at", Utc(), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("cancelled_at", Utc(), nullable=True),
        sa.Column("cancelled_by_id", sa.Uuid(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("score", Exact(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('onsite', 'offsite', 'mystery')", name=op.f("ck_visit_kind")),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancel_reason IS NULL)", name=op.f("ck_visit_facts_5")
        ),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by_id IS NULL)", name=op.f("ck_visit_facts_4")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_visit_facts_2")
        ),
        sa.CheckConstraint(
            "cancelled_at IS NULL OR submitted_at IS NULL", name=op.f("ck_visit_facts_6")
        ),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR submitted_at IS NOT NULL", name=op.f("ck_visit_facts_3")
        ),
        sa.CheckConstraint(
            "submitted_at IS NULL OR started_at IS NOT NULL", name=op.f("ck_visit_facts_1")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_visit_branch_id")),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["person.id"], name=op.f("fk_visit_cancelled_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_visit_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspector_id"], ["person.id"], name=op.f("fk_visit_inspector_id")
        ),
        sa.ForeignKeyConstraint(
            ["planned_by_id"], ["person.id"], name=op.f("fk_visit_planned_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["checklist_version.id"], name=op.f("fk_visit_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_branch_id"), ["branch_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_visit_inspector_id_submitted_at"),
            ["inspector_id", "submitted_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_visit_planned_on"), ["planned_on"], unique=False)

    op.create_table(
        "item",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("issue", sa.String(length=40), nullable=False),
        sa.Column("text_zh", sa.String(length=200), nullable=False),
        sa.Column("text_en", sa.String(length=400), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=True),
        sa.Column("max", sa.Integer(), nullable=True),
        sa.Column("op", sa.String(length=2), nullable=True),
        sa.Column("limit", Hundredths(), nullable=True),
        sa.Column("half_limit", Hundredths(), nullable=True),
        sa.Column("points", Hundredths(), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("effect", sa.String(length=10), nullable=False),
        sa.Column("na_allowed", sa.Boolean(), nullable=False),
        sa.Column("photo_on_fail", sa.Boolean(), nullable=False),
        sa.Column("rectify_days", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=120), nullable=False),
        sa.Column("applies", sa.String(length=10), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(type = 'score') = (max IS NOT NULL)", name=op.f("ck_item_max_of_score")
        ),
        sa.CheckConstraint(
            "(type IN ('number', 'duration')) = (unit IS NOT NULL)", name=op.f("ck_item_unit")
        ),
        sa.CheckConstraint("applies = 'fitout'", name=op.f("ck_item_applies")),
        sa.CheckConstraint("effect IN ('score', 'gate', 'deduct')", name=op.f("ck_item_effect")),
        sa.CheckConstraint("op IN ('<=', '>=')", name=op.f("ck_item_op")),
        sa.CheckConstraint(
            "severity <> 'info' OR points = 0", name=op.f("ck_item_information_is_free")
        ),
        sa.CheckConstraint("severity IN ('major', 'minor', 'info')", name=op.f("ck_item_severity")),
        sa.CheckConstraint(
            "type IN ('yesno', 'score', 'number', 'duration')", name=op.f("ck_item_type")
        ),
        sa.CheckConstraint('(op IS NULL) = ("limit" IS NULL)', name=op.f("ck_item_op_with_limit")),
        sa.CheckConstraint(
            "(severity = 'info') = (type <> 'yesno' AND \"limit\" IS NULL)",
            name=op.f("ck_item_information"),
        ),
        sa.CheckConstraint("applies IS NULL OR na_allowed", name=op.f("ck_item_na_if_conditional")),
        sa.CheckConstraint(
            'half_limit IS NULL OR "limit" IS NOT NULL', name=op.f("ck_item_half_with_limit")
        ),
        sa.CheckConstraint("points >= 0", name=op.f("ck_item_points")),
        sa.CheckConstraint("rectify_days >= 0", name=op.f("ck_item_rectify_days")),
        sa.CheckConstraint(
            "type <> 'yesno' OR \"limit\" IS NULL", name=op.f("ck_item_no_limit_of_yesno")
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "section_id"],
            ["section.version_id", "section.id"],
            name=op.f("fk_item_version_id_section_id"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["checklist_version.id"], name=op.f("fk_item_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_item_version_id_code")),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_item_version_id_position")),
    )
    op.create_table(
        "operation",
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("device_at", Utc(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["stream_id"], ["stream.id"], name=op.f("fk_operation_stream_id")),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_operation")),
        sa.UniqueConstraint("stream_id", "seq", name=op.f("uq_operation_stream_id_seq")),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operation_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "practice",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=20), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added_at", Utc(), nullable=False),
        sa.Column("removed_at", Utc(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_practice_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
    )
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(length=12), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("no_photo_reason", sa.String(length=500), nullable=False),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("device_at", Utc(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_answer_item_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_answer_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("visit_id", "item_id", name=op.f("uq_answer_visit_id_item_id")),
    )
    op.create_table(
        "finding",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_code", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("issue", sa.String(length=40), nullable=False),
        sa.Column("section_zh", sa.String(length=80), nullable=False),
        sa.Column("section_en", sa.String(length=120), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("requirement_zh", sa.Text(), nullable=False),
        sa.Column("requirement_en", sa.Text(), nullable=False),
        sa.Column("observed_zh", sa.String(length=200), nullable=False),
        sa.Column("observed_en", sa.String(length=200), nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("points", Exact(), nullable=False),
        sa.Column("lost", Exact(), nullable=False),
        sa.Column("rectify_days", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("corrected_on_spot", sa.Boolean(), nullable=False),
        sa.Column("raised_at", Utc(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(decision = 'rejected') = (reason IS NOT NULL)",
            name=op.f("ck_finding_reason_if_rejected"),
        ),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('confirmed', 'rejected')",
            name=op.f("ck_finding_decision"),
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_finding_decided_at")
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL)", name=op.f("ck_finding_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_finding_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_finding_item_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_finding_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("visit_id", "item_code", name=op.f("uq_finding_visit_id_item_code")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_decision"), ["decision"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_issue"), ["issue"], unique=False)

    op.create_table(
        "photo",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("practice_id", sa.Uuid(), nullable=True),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.Column("taken_at", Utc(), nullable=False),
        sa.Column("added_at", Utc(), nullable=False),
        sa.Column("removed_at", Utc(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(stage = 'practice') = (item_id IS NULL)", name=op.f("ck_photo_item")),
        sa.CheckConstraint(
            "(stage = 'practice') = (practice_id IS NOT NULL)", name=op.f("ck_photo_practice")
        ),
        sa.CheckConstraint("stage IN ('before', 'after', 'practice')", name=op.f("ck_photo_stage")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_photo_item_id")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_photo_practice_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_photo_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "rectification",
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("begun_at", Utc(), nullable=True),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "mode = 'notice' OR closed_at IS NOT NULL", name=op.f("ck_rectification_closed_on_spot")
        ),
        sa.CheckConstraint(
            "mode = 'notice' OR due_on IS NULL", name=op.f("ck_rectification_due_by_notice")
        ),
        sa.CheckConstraint("mode IN ('on_spot', 'notice')", name=op.f("ck_rectification_mode")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_rectification_closed_by")
        ),
        sa.CheckConstraint(
            "begun_at IS NULL OR due_on IS NOT NULL",
            name=op.f("ck_rectification_begun_after_issue"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_rectification_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_rectification_finding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_rectification_finding_id")),
    )
    with op.batch_alter_table("rectification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rectification_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_rectification_due_on"), ["due_on"], unique=False)

    op.create_table(
        "notice",
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", Utc(), nullable=False),
        sa.Column("doc_year", sa.Integer(), nullable=True),
        sa.Column("doc_seq", sa.Integer(), nullable=True),
        sa.Column("issued_at", Utc(), nullable=True),
        sa.Column("issued_by_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("viewed_at", Utc(), nullable=True),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(issued_at IS NULL) = (doc_seq IS NULL)", name=op.f("ck_notice_issued_doc_seq")
        ),
        sa.CheckConstraint(
            "(issued_at IS NULL) = (doc_year IS NULL)", name=op.f("ck_notice_issued_doc_year")
        ),
        sa.CheckConstraint(
            "(issued_at IS NULL) = (document IS NULL)", name=op.f("ck_notice_issued_document")
        ),
        sa.CheckConstraint(
            "(issued_at IS NULL) = (due_on IS NULL)", name=op.f("ck_notice_issued_due_on")
        ),
        sa.CheckConstraint(
            "(issued_at IS NULL) = (issued_by_id IS NULL)",
            name=op.f("ck_notice_issued_issued_by_id"),
        ),
        sa.CheckConstraint(
            "(issued_at IS NULL) = (pdf_sha256 IS NULL)", name=op.f("ck_notice_issued_pdf_sha256")
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR issued_at IS NOT NULL", name=op.f("ck_notice_withdrawn_issued")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["person.id"], name=op.f("fk_notice_issued_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["rectification_id"], ["rectification.id"], name=op.f("fk_notice_rectification_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("doc_year", "doc_seq", name=op.f("uq_notice_doc_year_doc_seq")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notice_rectification_id"), ["rectification_id"], unique=False
        )
        batch_op.create_index(
            "uq_notice_one_active",
            ["rectification_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "report",
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("reported_at", Utc(), nullable=False),
        sa.Column("reported_by_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("verified_at", Utc(), nullable=True),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "verdict <> 'returned' OR remark <> ''", name=op.f("ck_report_reason_if_returned")
        ),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('closed', 'returned')", name=op.f("ck_report_verdict")
        ),
        sa.CheckConstraint(
            "(verdict IS NULL) = (verified_at IS NULL)", name=op.f("ck_report_verified_at")
        ),
        sa.CheckConstraint(
            "(verdict IS NULL) = (verified_by_id IS NULL)", name=op.f("ck_report_verified_by")
        ),
        sa.CheckConstraint("verified_by_id <> reported_by_id", name=op.f("ck_report_recusal")),
        sa.ForeignKeyConstraint(
            ["rectification_id"], ["rectification.id"], name=op.f("fk_report_rectification_id")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["person.id"], name=op.f("fk_report_reported_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["person.id"], name=op.f("fk_report_verified_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "rectification_id", "round", name=op.f("uq_report_rectification_id_round")
        ),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("post", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_acknowledgement_by_id")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_acknowledgement_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_acknowledgement_notice_id")),
    )
    op.create_table(
        "report_photo",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_photo_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["picture.sha256"], name=op.f("fk_report_photo_sha256")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_photo")),
        sa.UniqueConstraint("report_id", "sha256", name=op.f("uq_report_photo_report_id_sha256")),
    )


def downgrade() -> None:
    op.drop_table("report_photo")
    op.drop_table("acknowledgement")
    op.drop_table("report")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_notice_one_active",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_notice_rectification_id"))

    op.drop_table("notice")
    with op.batch_alter_table("rectification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rectification_due_on"))
        batch_op.drop_index(batch_op.f("ix_rectification_closed_at"))

    op.drop_table("rectification")
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_visit_id"))
        batch_op.drop_index(batch_op.f("ix_photo_sha256"))

    op.drop_table("photo")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_issue"))
        batch_op.drop_index(batch_op.f("ix_finding_decision"))

    op.drop_table("finding")
    op.drop_table("answer")
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_visit_id"))

    op.drop_table("practice")
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operation_visit_id"))

    op.drop_table("operation")
    op.drop_table("item")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_planned_on"))
        batch_op.drop_index(batch_op.f("ix_visit_inspector_id_submitted_at"))
        batch_op.drop_index(batch_op.f("ix_visit_branch_id"))

    op.drop_table("visit")
    with op.batch_alter_table("stream", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stream_person_id"))

    op.drop_table("stream")
    op.drop_table("section")
    op.drop_table("picture")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_subject_table_subject_id"))

    op.drop_table("event")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_branch_id"))

    op.drop_table("person")
    op.drop_table("checklist_version")
    op.drop_table("document_number")
    op.drop_table("checklist")
    with op.batch_alter_table("branch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_branch_parent_id"))

    op.drop_table("branch")
