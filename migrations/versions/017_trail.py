"""The trail as a chain: each row hashed with the one before it, and none ever changed."""

import uuid
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa
from alembic import op

from inspector.db import Utc
from inspector.history import digest, keeping

revision = "017"
down_revision = "016"
branch_labels = None
depends_on = None

KEPT = ("event", "link", "operation")

event = sa.table(
    "event",
    sa.column("id", sa.Uuid()),
    sa.column("at", Utc()),
    sa.column("by_id", sa.Uuid()),
    sa.column("verb", sa.String()),
    sa.column("subject_table", sa.String()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("detail", sa.JSON()),
    sa.column("device_at", Utc()),
    sa.column("address", sa.String()),
    sa.column("device", sa.String()),
)
stream = sa.table("stream", sa.column("id", sa.Uuid()), sa.column("person_id", sa.Uuid()))
operation = sa.table(
    "operation",
    sa.column("op_id", sa.Uuid()),
    sa.column("stream_id", sa.Uuid()),
    sa.column("seq", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("visit_id", sa.Uuid()),
    sa.column("payload", sa.JSON()),
    sa.column("digest", sa.String()),
    sa.column("device_at", Utc()),
    sa.column("received_at", Utc()),
    sa.column("clock_offset_ms", sa.Integer()),
    sa.column("result", sa.JSON()),
)


def upgrade() -> None:
    link = op.create_table(
        "link",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_link_event_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_link")),
        sa.UniqueConstraint("event_id", name=op.f("uq_link_event_id")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_at", Utc(), nullable=True))
        for name in ("address", "device"):
            column = sa.Column(name, sa.String(length=60), nullable=False, server_default="")
            batch_op.add_column(column)
    _receive_what_is_there()
    _chain_what_is_there(link)
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.alter_column("address", server_default=None)
        batch_op.alter_column("device", server_default=None)
        batch_op.create_foreign_key(
            op.f("fk_event_id"), "link", ["id"], ["event_id"], deferrable=True, initially="DEFERRED"
        )
    for statement in keeping.triggers(op.get_bind().dialect.name, KEPT):
        op.execute(statement)


def _receive_what_is_there() -> None:
    """An event for what each tablet has sent, as if it had come in one batch."""
    its_stream = stream.c.id == operation.c.stream_id
    wanted = sa.select(operation, stream.c.person_id).join(stream, its_stream)
    in_order = wanted.order_by(operation.c.stream_id, operation.c.seq)
    found = op.get_bind().execute(in_order.execution_options(yield_per=1000))
    for key, several in groupby(found.mappings(), itemgetter("stream_id")):
        rows = list(several)
        detail = {
            "first": rows[0]["seq"],
            "last": rows[-1]["seq"],
            "count": len(rows),
            "sha256": digest.of_operations(rows),
        }
        row = {
            "id": uuid.uuid4(),
            "at": rows[-1]["received_at"],
            "by_id": rows[0]["person_id"],
            "verb": "receive",
            "subject_table": "stream",
            "subject_id": key,
            "detail": detail,
            "address": "",
            "device": "",
        }
        op.get_bind().execute(sa.insert(event), row)


def _chain_what_is_there(link: sa.Table) -> None:
    in_order = sa.select(event).order_by(event.c.at, event.c.id)
    found = op.get_bind().execute(in_order.execution_options(yield_per=1000))
    seq, previous = 0, digest.START
    for rows in found.mappings().partitions(1000):
        links = []
        for row in rows:
            seq += 1
            sha256 = digest.chained(seq, previous, row, version=1)
            place = {"seq": seq, "event_id": row["id"], "version": 1}
            links.append({**place, "previous": previous, "sha256": sha256})
            previous = sha256
        op.get_bind().execute(sa.insert(link), links)


def downgrade() -> None:
    for statement in keeping.without_triggers(op.get_bind().dialect.name, KEPT):
        op.execute(statement)
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_event_id"), type_="foreignkey")
        batch_op.drop_column("device")
        batch_op.drop_column("address")
        batch_op.drop_column("device_at")

    op.drop_table("link")
    op.execute("DELETE FROM event WHERE verb = 'receive' AND subject_table = 'stream'")
