"""Whatever is changed past every wall is found, and the first row that is broken is named."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, func, insert, select, update

from inspector.db import db
from inspector.history import Event, Link
from inspector.history.digest import COLUMNS, START, chained
from inspector.offline.models import Operation, Stream
from inspector.trail.heads import Head, read_heads
from inspector.trail.verifying import Broken, verify
from tests import cast as make
from tests.cast import MONDAY, Cast
from tests.offline.conftest import TabletOf, tablet_of  # noqa: F401 - a fixture
from tests.trail.chains import acts, length
from tests.walls import past_the_walls

Row: TypeAlias = dict[str, Any]
event: Table = Event.__table__  # type: ignore[assignment]
link: Table = Link.__table__  # type: ignore[assignment]
operation: Table = Operation.__table__  # type: ignore[assignment]

ROWS = 9
"""Those that the tests change: the last of the chain."""


@pytest.fixture
def first(cast: Cast) -> int:
    """The number of the first of ROWS rows, of which every one was committed."""
    visit = make.a_visit(cast)
    acts(cast, visit, *(f"act {n}" for n in range(1, ROWS)))
    return length() - ROWS + 1


class Forger:
    """Hands that reach the tables, and know how rows are hashed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        both = select(link, event).join(event, event.c.id == link.c.event_id)
        found = connection.execute(both.order_by(link.c.seq)).mappings()
        self.rows = {row["seq"]: dict(row) for row in found}

    def change(self, seq: int, **values: Any) -> None:
        """Other words in an event."""
        wanted = event.c.id == self.rows[seq]["event_id"]
        self.connection.execute(update(event).where(wanted).values(**values))
        self.rows[seq] |= values

    def link(self, row: int, /, **values: Any) -> None:
        """Other words in a link."""
        self.connection.execute(update(link).where(link.c.seq == row).values(**values))
        self.rows[row] |= values

    def delete(self, seq: int, *, only_the_event: bool = False) -> None:
        """A row, or what was done there."""
        if not only_the_event:
            self.connection.execute(link.delete().where(link.c.seq == seq))
        key = self.rows[seq]["event_id"]
        self.connection.execute(event.delete().where(event.c.id == key))

    def swap(self, one: int, other: int) -> None:
        """The places of two events."""
        keys = [self.rows[seq]["event_id"] for seq in (one, other)]
        self.link(one, event_id=uuid.uuid4())
        self.link(other, event_id=keys[0])
        self.link(one, event_id=keys[1])

    def insert(self, seq: int) -> None:
        """An event that never was, with a right hash of its own, before what was there."""
        for later in sorted(self.rows, reverse=True):
            if later >= seq:
                self.link(later, seq=later + 1)
        false = {name: self.rows[seq][name] for name in COLUMNS[1]} | {"id": uuid.uuid4()}
        self.connection.execute(insert(event), false)
        before = self.rows[seq - 1]["sha256"]
        row = {"seq": seq, "event_id": false["id"], "version": 1, "previous": before}
        row["sha256"] = chained(seq, before, false)
        self.connection.execute(insert(link), row)

    def rehash(self, since: int) -> None:
        """Every row from there on, so that each follows on the one before."""
        previous = self.rows[since - 1]["sha256"] if since > 1 else START
        for seq in sorted(self.rows):
            if seq >= since:
                sha256 = chained(seq, previous, self.rows[seq])
                self.link(seq, previous=previous, sha256=sha256)
                previous = sha256


def forged(hand: Callable[[Forger], None]) -> None:
    with past_the_walls() as connection:
        hand(Forger(connection))


def broken(**how: Any) -> tuple[int, str]:
    """The row that is named, and what is said to be wrong with it."""
    db.session.commit()
    with pytest.raises(Broken) as found:
        verify(**how)
    return found.value.seq, found.value.what


@pytest.fixture
def whole_again(first: int) -> Callable[[], None]:
    """Puts the tables back as they were."""
    kept = {
        table: [dict(r) for r in db.session.execute(select(table)).mappings()]
        for table in (event, link)
    }

    def put_back() -> None:
        with past_the_walls() as connection:
            for table, rows in kept.items():
                connection.execute(table.delete())
                connection.execute(insert(table), rows)

    return put_back


CHANGED: dict[str, Any] = {
    "at": MONDAY + timedelta(microseconds=1),
    "by_id": None,
    "verb": "other",
    "subject_table": "notice",
    "subject_id": uuid.UUID(int=1),
    "detail": {"remark": "别的"},
    "device_at": MONDAY,
    "address": "10.0.0.1",
    "device": "other",
}
FORGERIES = st.tuples(
    st.sampled_from(["change", "sha256", "previous", "delete", "gone", "swap", "insert"]),
    st.integers(0, ROWS - 2),
    st.integers(1, ROWS - 1),
    st.sampled_from(sorted(CHANGED)),
)


@given(FORGERIES)
@settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_first_row_that_was_touched_is_named(
    first: int, whole_again: Callable[[], None], forgery: tuple[str, int, int, str]
) -> None:
    how, at, further, column = forgery
    seq, other = first + at, min(first + at + further, first + ROWS - 1)
    hands: dict[str, tuple[Callable[[Forger], None], tuple[int, str]]] = {
        "change": (lambda f: f.change(seq, **{column: CHANGED[column]}), (seq, "changed")),
        "sha256": (lambda f: f.link(seq, sha256="1" * 64), (seq, "changed")),
        "previous": (lambda f: f.link(seq, previous="1" * 64), (seq, "order")),
        "delete": (lambda f: f.delete(seq), (seq, "missing")),
        "gone": (lambda f: f.delete(seq, only_the_event=True), (seq, "gone")),
        "swap": (lambda f: f.swap(seq, other), (seq, "changed")),
        # The false row is right by itself: the one after it does not follow on it.
        "insert": (lambda f: f.insert(seq), (seq + 1, "order")),
    }
    hand, expected = hands[how]
    assert verify().rows == first + ROWS - 1
    forged(hand)
    try:
        assert broken() == expected
        assert broken(since=first) == expected
    finally:
        whole_again()


@given(st.integers(0, ROWS - 1), st.integers(0, ROWS - 1))
@settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_chain_that_was_hashed_anew_is_found_by_a_head_from_before(
    first: int, whole_again: Callable[[], None], at: int, noted: int
) -> None:
    seqs = [first + noted, first + ROWS - 1]
    known = select(Link.sha256).where(Link.seq == seqs[0])
    heads = [Head(seqs[0], db.session.scalars(known).one(), seqs[0]), verify().head]

    def hand(forger: Forger) -> None:
        forger.change(first + at, verb="other")
        forger.rehash(first + at)

    db.session.rollback()
    forged(hand)
    try:
        assert verify().rows == first + ROWS - 1, "which is why heads are noted elsewhere"
        assert broken(heads=heads) == (seqs[0] if noted >= at else seqs[1], "head")
    finally:
        whole_again()


@pytest.mark.parametrize("left", [0, 1, ROWS - 1])
def test_a_chain_that_was_cut_is_found_by_a_head_from_before(first: int, left: int) -> None:
    head = verify().head

    def hand(forger: Forger) -> None:
        for seq in range(first + left, first + ROWS):
            forger.delete(seq)

    forged(hand)
    assert verify().head.seq == first + left - 1
    assert broken(heads=[head]) == (head.seq, "cut")


def test_an_act_beside_the_chain_is_found(first: int) -> None:
    def hand(forger: Forger) -> None:
        false = {name: forger.rows[first][name] for name in COLUMNS[1]}
        forger.connection.execute(insert(event), false | {"id": uuid.uuid4()})

    forged(hand)
    assert broken() == (0, "outside")


def row_of(received: int) -> int:
    """The number of the history row of the so-manieth batch."""
    rows = select(Link.seq).join(Event, Event.id == Link.event_id).where(Event.verb == "receive")
    return list(db.session.scalars(rows.order_by(Link.seq)))[received - 1]


OPERATIONS: dict[str, Callable[[Connection], Any]] = {
    "changed": lambda c: c.execute(
        update(operation).where(operation.c.seq == 5).values(payload={"item": "x"})
    ),
    "its answer": lambda c: c.execute(
        update(operation).where(operation.c.seq == 5).values(result={"status": "rejected"})
    ),
    "deleted": lambda c: c.execute(operation.delete().where(operation.c.seq == 5)),
    "swapped": lambda c: [
        c.execute(update(operation).where(operation.c.seq == was).values(seq=now))
        for was, now in ((5, 99), (6, 5), (99, 6))
    ],
}


@pytest.mark.parametrize("hand", OPERATIONS)
def test_an_entry_of_a_tablet_that_was_touched_is_found_by_its_batch(
    tablet_of: TabletOf,  # noqa: F811
    hand: str,
) -> None:
    tablet = tablet_of(kind="offsite")
    tablet.send(tablet.entry("visit.start"), tablet.answer("OF-VID-01", "no"))
    tablet.send(*tablet.answers(first=6))
    tablet.send(tablet.answer("OF-VID-01", "yes", base=2))
    assert verify().entries == 9
    with past_the_walls() as connection:
        OPERATIONS[hand](connection)
    assert broken() == (row_of(2), "entries")


def test_an_entry_that_never_arrived_is_found(tablet_of: TabletOf) -> None:  # noqa: F811
    tablet = tablet_of(kind="offsite")
    tablet.send(tablet.entry("visit.start"))
    with past_the_walls() as connection:
        row = dict(connection.execute(select(operation)).mappings().one())
        connection.execute(insert(operation), row | {"op_id": uuid.uuid4(), "seq": 2})
    assert broken() == (0, "stray")


def test_what_one_broken_entry_makes_be_taken_in_one_by_one_is_one_batch_too(
    tablet_of: TabletOf,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from inspector.offline import operations

    def breaks(*_: Any) -> Any:
        raise ZeroDivisionError

    kinds = operations.KINDS | {"note.set": (operations.KINDS["note.set"][0], breaks)}
    monkeypatch.setattr(operations, "KINDS", kinds)
    tablet = tablet_of(kind="offsite")
    start = tablet.entry("visit.start")
    note = tablet.entry("note.set", item="OF-VID-01", field="note", text="x", base=0)
    tablet.send(start, note, tablet.answer("OF-VID-02", "30"))
    assert db.session.scalar(select(func.count()).select_from(Stream)) == 1
    told = db.session.scalars(select(Event.detail).where(Event.verb == "receive")).one()
    assert (told["first"], told["last"], told["count"]) == (1, 3, 3)
    assert verify().entries == 3


def test_the_command_says_that_all_is_whole(app: Flask, first: int, tmp_path: Path) -> None:
    head = verify().head
    noted = tmp_path / "heads.txt"
    noted.write_text(f"Subject: trail\n\n{head.line(MONDAY.date())}\n")
    result = app.test_cli_runner().invoke(args=["history", "verify", "--head", str(noted)])
    assert (result.exit_code, result.output) == (
        0,
        f"whole: rows 1–{head.seq}, 0 entries of tablets, 1 heads\n",
    )


def test_the_command_names_the_row_and_fails(app: Flask, first: int) -> None:
    forged(lambda forger: forger.change(first + 3, verb="other"))
    result = app.test_cli_runner().invoke(args=["history", "verify"])
    assert result.exit_code == 1
    said = f"Error: Row {first + 3}: What the row says is not what was hashed.\n"
    assert result.output == said


def test_a_file_without_a_head_is_refused(app: Flask, tmp_path: Path) -> None:
    empty = tmp_path / "heads.txt"
    empty.write_text("nothing\n")
    result = app.test_cli_runner().invoke(args=["history", "verify", "--head", str(empty)])
    assert result.exit_code == 1
    assert read_heads(["nothing"]) == []
