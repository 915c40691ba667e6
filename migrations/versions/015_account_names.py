"""Account names in small letters: no two differ by capitals only."""

from alembic import op

revision = "015"
down_revision = "014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Where two accounts differ by capitals only, this stops at their unique key: close or rename one.
    op.execute("UPDATE person SET username = lower(username) WHERE username <> lower(username)")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_person_username_small"), "username = lower(username)"
        )


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_person_username_small"), type_="check")
