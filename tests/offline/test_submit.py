"""Handing a visit in from the tablet: complete, with all its photos, once."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from inspector.db import db
from inspector.findings.models import Finding
from inspector.history import Event
from inspector.offline.models import Operation, Stream
from inspector.visits.models import Visit
from tests import cast as make
from tests.cast import Cast
from tests.offline.conftest import TabletOf
from tests.offline.tablet import Tablet, outcomes


def the_visit() -> Visit:
    return db.session.scalars(select(Visit)).one()


def findings() -> list[str]:
    return list(db.session.scalars(select(Finding.item_code).order_by(Finding.position)))


def missing(receipt: dict[str, Any]) -> list[tuple[str, str]]:
    """What the last entry's rejection asks for."""
    reason = receipt["results"][-1]["reason"]
    assert reason["code"] == "visit.incomplete"
    return [(one["item"], one["what"]) for one in reason["missing"]]


@pytest.fixture
def onsite(tablet_of: TabletOf) -> Tablet:
    """A tablet with the on-site visit, all answered; the rack fails."""
    tablet = tablet_of()
    tablet.send(*tablet.answers(failed=("ON-RAK-02",)))
    return tablet


def test_a_complete_visit_is_frozen_with_its_score_and_findings(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    batch = [*tablet.answers(failed=("OF-VID-01", "OF-LGR-01")), tablet.entry("visit.submit")]
    assert set(outcomes(tablet.send(*batch))) == {"applied"}
    assert (the_visit().stage, findings()) == ("submitted", ["OF-VID-01", "OF-LGR-01"])
    assert the_visit().score == 100 * Decimal(71 - 2 - 3) / 71


def test_what_is_missing_is_listed_and_everything_else_stays(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    receipt = tablet.send(*tablet.answers(first=27), tablet.entry("visit.submit"))
    assert missing(receipt) == [("OF-CMR-05", "answer")]
    assert (the_visit().stage, findings()) == ("in_progress", [])
    receipt = tablet.send(tablet.answer("OF-CMR-05", "na"), tablet.entry("visit.submit"))
    assert outcomes(receipt) == ["applied", "applied"]


def test_an_answer_taken_back_is_missing(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    receipt = tablet.send(
        *tablet.answers(), tablet.answer("OF-VID-05", None, base=1), tablet.entry("visit.submit")
    )
    assert missing(receipt) == [("OF-VID-05", "answer")]


def test_a_failed_item_needs_its_photo(onsite: Tablet) -> None:
    assert missing(onsite.send(onsite.entry("visit.submit"))) == [("ON-RAK-02", "photo")]
    onsite.put(make.picture_bytes())
    receipt = onsite.send(
        onsite.photo("ON-RAK-02", make.picture_bytes()), onsite.entry("visit.submit")
    )
    assert outcomes(receipt) == ["applied", "applied"]
    assert findings() == ["ON-RAK-02"]


def test_or_the_reason_why_there_is_none(onsite: Tablet) -> None:
    reason = {"item": "ON-RAK-02", "field": "no_photo_reason", "text": "客户在场"}
    receipt = onsite.send(onsite.entry("note.set", **reason), onsite.entry("visit.submit"))
    assert outcomes(receipt) == ["applied", "applied"]


def test_a_removed_photo_does_not_count(onsite: Tablet) -> None:
    onsite.put(make.picture_bytes())
    photo = onsite.photo("ON-RAK-02", make.picture_bytes())
    receipt = onsite.send(
        photo,
        onsite.entry("photo.remove", photo=photo["payload"]["photo"]),
        onsite.entry("visit.submit"),
    )
    assert missing(receipt) == [("ON-RAK-02", "photo")]


def test_a_correction_on_the_spot_needs_a_photo_of_the_result(onsite: Tablet) -> None:
    onsite.put(make.picture_bytes())
    receipt = onsite.send(
        onsite.entry("correction.set", item="ON-RAK-02", corrected=True),
        onsite.photo("ON-RAK-02", make.picture_bytes()),
        onsite.entry("visit.submit"),
    )
    assert missing(receipt) == [("ON-RAK-02", "after_photo")]
    receipt = onsite.send(
        onsite.photo("ON-RAK-02", make.picture_bytes(), "after"), onsite.entry("visit.submit")
    )
    assert outcomes(receipt) == ["applied", "applied"]
    assert the_visit().findings[0].corrected_on_spot


def test_before_its_photos_have_arrived_nothing_of_the_batch_is_kept(onsite: Tablet) -> None:
    before = onsite.seq
    batch = [
        onsite.answer("ON-ENV-05", "no", base=1),
        onsite.photo("ON-RAK-02", make.picture_bytes()),
        onsite.entry("visit.submit"),
    ]
    error = onsite.refused(*batch)
    assert (error["status"], error["code"]) == (424, "photos.missing")
    assert (error["count"], error["missing"]) == (1, [make.picture_sha256()])
    assert db.session.scalars(select(Stream)).one().last_seq == before
    assert db.session.scalar(select(func.count()).select_from(Operation)) == before
    assert (the_visit().stage, the_visit().photos) == ("in_progress", [])

    onsite.put(make.picture_bytes())
    assert outcomes(onsite.send(*batch)) == ["applied"] * 3
    assert findings() == ["ON-ENV-05", "ON-RAK-02"]


def test_handing_in_twice_makes_one_set_of_findings(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    batch = [*tablet.answers(failed=("OF-VID-01",)), tablet.entry("visit.submit")]
    first = tablet.send(*batch)
    at = the_visit().submitted_at
    assert tablet.send(*batch) == first
    assert outcomes(tablet.send(tablet.entry("visit.submit"))) == ["applied"]
    assert (findings(), the_visit().submitted_at) == (["OF-VID-01"], at)
    trace = select(func.count()).where(Event.subject_id == the_visit().id, Event.verb == "submit")
    assert db.session.scalar(trace) == 1


def test_a_visit_that_never_began_is_incomplete(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    receipt = tablet.send(tablet.entry("visit.submit"))
    assert len(missing(receipt)) == 28
    assert the_visit().stage == "assigned"


def test_only_the_one_it_is_assigned_to_hands_it_in(tablet_of: TabletOf, cast: Cast) -> None:
    tablet = tablet_of(kind="offsite")
    tablet.send(*tablet.answers())
    stranger = tablet_of(the_visit(), person=cast.colleague)
    assert outcomes(stranger.send(stranger.entry("visit.submit"))) == ["request.unknown"]
    assert the_visit().stage == "in_progress"
