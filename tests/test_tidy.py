"""What has had its time is thrown away: shoppers' raw notes, and what nobody comes back for."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from inspector import clock
from inspector.db import db
from inspector.findings.models import Finding
from inspector.history import Event
from inspector.offline.models import Operation
from inspector.offline.raw_notes import RawNote, forget_notes
from inspector.people.sessions import Session
from inspector.people.uploads import Upload
from inspector.trail.verifying import Broken, verify
from inspector.visits.conflicts import Conflict
from inspector.visits.models import Answer, Visit
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.offline.conftest import TabletOf, tablet_of
from tests.offline.tablet import Tablet
from tests.walls import past_the_walls

__all__ = ["tablet_of"]
WORDS = "第二个窗口无人，喊了三声"


def a_noted_visit(tablet_of: TabletOf, kind: str) -> tuple[Tablet, dict[str, Any]]:
    """One whose first item fails with a note; sent, and not handed in yet."""
    tablet = tablet_of(kind=kind)
    item = tablet.items[0].code
    start = tablet.entry("visit.start")
    note = tablet.entry("note.set", item=item, field="note", text=WORDS, base=0)
    tablet.send(start, note)
    return tablet, note


def decided(tablet: Tablet, days_ago: int) -> Visit:
    """The visit handed in so long ago and confirmed a day later, its note in a finding."""
    visit = db.session.get_one(Visit, tablet.visit)
    handed_in = clock.now() - timedelta(days=days_ago, minutes=1)
    visit.started_at = handed_in - timedelta(hours=1)
    visit.submitted_at, visit.confirmed_at = handed_in, handed_in + timedelta(days=1)
    visit.confirmed_by_id = visit.planned_by_id
    db.session.commit()
    return visit


def note_of(visit: Visit) -> str:
    return db.session.scalars(select(Answer.note).where(Answer.visit_id == visit.id)).one()


def test_a_note_is_read_back_as_it_was_sent_though_the_log_has_only_its_hash(
    tablet_of: TabletOf,
) -> None:
    tablet, note = a_noted_visit(tablet_of, "mystery")
    entry = db.session.scalars(select(Operation).where(Operation.kind == "note.set")).one()
    assert entry.said == note["payload"]
    assert WORDS not in str(entry.payload)
    assert tablet.send(note)["results"][0]["status"] == "applied", "it is known"
    assert verify().entries == 2


@pytest.mark.parametrize(
    ("kind", "days_ago", "stays"),
    [("mystery", 61, False), ("mystery", 59, True), ("offsite", 400, True)],
)
def test_a_shopper_s_raw_notes_go_after_sixty_days(
    tablet_of: TabletOf,
    kind: str,
    days_ago: int,
    stays: bool,
) -> None:
    tablet, note = a_noted_visit(tablet_of, kind)
    visit = decided(tablet, days_ago)
    assert forget_notes(clock.now()) == (not stays)
    assert note_of(visit) == (WORDS if stays else "")
    assert len(db.session.scalars(select(RawNote)).all()) == stays
    acts = db.session.scalars(select(Event.verb).where(Event.subject_id == visit.id)).all()
    assert ("forget_notes" in acts) != stays
    assert tablet.send(note)["results"][0]["status"] == "applied", "and brings nothing back"
    assert note_of(visit) == (WORDS if stays else "")
    assert forget_notes(clock.now()) == 0
    assert verify().entries == 2


def test_while_nobody_has_decided_the_notes_stay(tablet_of: TabletOf) -> None:
    tablet, _note = a_noted_visit(tablet_of, "mystery")
    visit = decided(tablet, 90)
    visit.confirmed_at = visit.confirmed_by_id = None
    db.session.commit()
    assert forget_notes(clock.now()) == 0
    assert note_of(visit) == WORDS


def test_the_words_of_a_finding_are_its_own(cast: Cast) -> None:
    item = next(i for i in make.version("mystery").items if i.points and i.effect == "score").code
    visit = make.submitted(cast, kind="mystery", failed=(item,))
    finding = db.session.scalars(select(Finding)).one()
    finding.note = WORDS
    visit.confirmed_at, visit.confirmed_by_id = clock.now(), cast.channel.id
    db.session.execute(update(Answer).values(note=WORDS))
    db.session.commit()
    assert forget_notes(clock.now() + timedelta(days=61)) == 1
    db.session.refresh(finding)
    assert finding.note == WORDS


def test_words_that_were_in_dispute_go_too_and_the_trail_never_had_them(cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "in_progress", kind="mystery")
    conflict = rows.a_conflict(cast, visit, field="note", earlier="甲", later=WORDS)
    conflict.resolve(kept=WORDS, by=cast.channel, at=clock.now())
    decided_at = clock.now()
    visit.submitted_at = visit.confirmed_at = decided_at
    visit.confirmed_by_id = cast.channel.id
    db.session.execute(update(Answer).values(note=WORDS))
    db.session.commit()
    assert forget_notes(decided_at + timedelta(days=61)) == 1
    sides = db.session.execute(select(Conflict.earlier, Conflict.later, Conflict.kept)).one()
    assert tuple(sides) == ("", "", "")
    assert all(WORDS not in str(detail) for detail in db.session.scalars(select(Event.detail)))


@pytest.mark.parametrize("hand", ["altered", "deleted"])
def test_a_note_that_was_touched_is_found_by_who_walks_the_trail(
    tablet_of: TabletOf,
    hand: str,
) -> None:
    a_noted_visit(tablet_of, "mystery")
    with past_the_walls() as connection:
        note = RawNote.__table__
        act = note.update().values(text="好") if hand == "altered" else note.delete()  # type: ignore[attr-defined]
        connection.execute(act)
    with pytest.raises(Broken) as found:
        verify()
    assert found.value.what == "note"


def session_begun(cast: Cast, at: datetime) -> None:
    session = make.a_session(cast.channel)
    session.started_at = session.seen_at = at


def test_the_command_throws_away_what_nobody_comes_back_for(
    app: Flask, cast: Cast, client_of: ClientOf, tmp_path: Path
) -> None:
    now = clock.now()
    session_begun(cast, now - timedelta(days=40))
    session_begun(cast, now - timedelta(days=10))
    for by, days in ((cast.admin, 8), (cast.channel, 6)):
        Upload.take("people", "人员.csv", b"x", by=by, at=now - timedelta(days=days))
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["tidy"])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[:3] == [
        "0 mystery visits whose raw notes were removed",
        "1 sessions that were over",
        "1 uploads that nobody imported",
    ]
    assert len(db.session.scalars(select(Session)).all()) == 1
    assert db.session.scalars(select(Upload.by_id)).all() == [cast.channel.id]
