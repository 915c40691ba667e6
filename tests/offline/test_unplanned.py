"""A visit that nobody planned, begun on a tablet: the server makes it once, where it is allowed,
and keeps what it does not allow."""

import json
import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from inspector import clock
from inspector.db import db
from inspector.history import Event
from inspector.offline.models import Parked
from inspector.people.models import Person
from inspector.visits.models import Visit
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.offline.conftest import TabletOf
from tests.offline.tablet import Tablet, outcomes

HERE = {"branch": "YA0302", "checklist": "ONSITE", "version": "1.0"}


@pytest.fixture
def allowed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The channel department allows it."""
    monkeypatch.setitem(app.config, "UNPLANNED_VISITS", True)


@pytest.fixture
def tablet(tablet_of: TabletOf, cast: Cast) -> Tablet:
    """The inspector's tablet, on which a visit gets its id."""
    return anew(tablet_of(kind="onsite"))


def anew(tablet: Tablet) -> Tablet:
    """A tablet that records a visit nobody has heard of."""
    tablet.visit = uuid.uuid4()
    return tablet


@pytest.mark.usefixtures("allowed")
def test_it_is_made_once_with_what_was_recorded_on_it(tablet: Tablet, cast: Cast) -> None:
    batch = [
        tablet.entry("visit.begin", **HERE),
        tablet.entry("visit.start"),
        tablet.answer("ON-ENV-01", "yes"),
    ]
    first = tablet.send(*batch)
    assert outcomes(first) == ["applied"] * 3
    assert tablet.send(*batch)["results"] == first["results"]
    visit = db.session.get_one(Visit, tablet.visit)
    assert visit.started_at is not None
    assert (visit.branch.code, visit.kind, visit.stage.value) == ("YA0302", "onsite", "in_progress")
    assert (visit.inspector.id, visit.planned_on) == (
        cast.inspector.id,
        clock.day(visit.started_at),
    )
    assert visit.is_unplanned
    assert [answer.value for answer in visit.answers.values()] == ["yes"]
    trail = select(Event.verb).where(Event.subject_id == visit.id).order_by(Event.at, Event.id)
    assert sorted(db.session.scalars(trail)) == ["begin", "start"]


@pytest.mark.usefixtures("allowed")
def test_another_stream_that_brings_the_same_beginning_finds_it_there(tablet: Tablet) -> None:
    tablet.send(tablet.entry("visit.begin", **HERE))
    tablet.stream, tablet.seq = str(uuid.uuid4()), 0
    assert outcomes(tablet.send(tablet.entry("visit.begin", **HERE))) == ["applied"]
    assert db.session.scalar(select(func.count()).where(Visit.id == tablet.visit)) == 1


def test_where_it_is_not_allowed_all_of_it_waits_and_can_be_let_in(
    tablet: Tablet, cast: Cast, client_of: ClientOf
) -> None:
    begin, answer = tablet.entry("visit.begin", **HERE), tablet.answer("ON-ENV-01", "no")
    assert outcomes(tablet.send(begin, answer)) == ["visit.unplanned", "request.unknown"]
    assert db.session.get(Visit, tablet.visit) is None
    assert db.session.scalar(select(func.count(Parked.op_id))) == 2

    desk = client_of(cast.channel)
    assert accept(desk, answer["op_id"]) == 404, "not before there is a visit"
    assert desk.post(f"/tablets/visits/{tablet.visit}/acceptance").status_code == 303
    visit = db.session.get_one(Visit, tablet.visit)
    assert [answer.value for answer in visit.answers.values()] == ["no"]
    assert visit.inspector.id == cast.inspector.id


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    ("who", "changes", "code"),
    [
        ("colleague", {"branch": "YA0302"}, "visit.recusal"),
        ("inspector", {"branch": "YA03"}, "branch.closed"),
        ("inspector", {"checklist": "MYSTERY"}, "visit.kind"),
        ("reviewer", {}, "visit.kind"),
        ("shopper", {"checklist": "MYSTERY"}, "visit.kind"),
        ("inspector", {"branch": "YA9999"}, "ops.malformed"),
        ("inspector", {"version": "9.9"}, "request.unknown"),
    ],
)
def test_what_is_not_theirs_to_begin_is_refused(
    tablet_of: TabletOf, cast: Cast, who: str, changes: dict[str, str], code: str
) -> None:
    person: Person = getattr(cast, who)
    tablet = anew(tablet_of(make.a_visit(cast), person=person))
    assert outcomes(tablet.send(tablet.entry("visit.begin", **(HERE | changes)))) == [code]
    assert db.session.get(Visit, tablet.visit) is None


@pytest.mark.usefixtures("allowed")
def test_an_outlet_that_went_on_as_another_takes_none(tablet: Tablet) -> None:
    make.branch("YA0302").merged_into_id = make.branch("YA0102").id
    assert outcomes(tablet.send(tablet.entry("visit.begin", **HERE))) == ["branch.closed"]


@pytest.mark.usefixtures("allowed")
def test_the_list_offers_where_and_by_what_one_may_begin(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.colleague).get("/visits").text
    assert 'value="YA0102"' in page
    assert 'value="YA0302"' not in page  # her own sub-branch
    for kind, status in {"onsite": 200, "offsite": 200, "mystery": 404}.items():
        path = f"/visits/unplanned/{make.version(kind).id}"
        assert client_of(cast.colleague).get(path).status_code == status
        assert client_of(cast.shopper).get(path).status_code == 404
    assert "data-unplanned" not in client_of(cast.shopper).get("/visits").text
    assert "data-unplanned" not in client_of(cast.channel).get("/visits").text


@pytest.mark.usefixtures("allowed")
def test_the_page_for_any_outlet_is_one_to_record_on_and_stores_nothing(
    cast: Cast, client_of: ClientOf
) -> None:
    page = client_of(cast.inspector).get(f"/visits/unplanned/{make.version().id}")
    assert page.headers["X-Offline-Page"] == "1"
    assert page.text.count("@@outlet@@") >= 2
    snapshot: Any = json.loads(page.text.split('id="snapshot">')[1].split("</script>")[0])
    assert snapshot["visit"]["id"] == str(uuid.UUID(int=0))
    assert len(snapshot["rules"]) == 109
    assert db.session.scalar(select(func.count(Visit.id))) == 0


@pytest.mark.usefixtures("allowed")
def test_the_channel_department_sees_that_nobody_planned_it(
    tablet: Tablet, cast: Cast, client_of: ClientOf
) -> None:
    tablet.send(tablet.entry("visit.begin", **HERE))
    desk = client_of(cast.channel)
    assert desk.get("/visits").text.count(">临时<") == 1
    assert ">临时<" in desk.get(f"/visits/{tablet.visit}").text


def test_without_the_setting_nothing_is_offered(cast: Cast, client_of: ClientOf) -> None:
    assert "data-unplanned" not in client_of(cast.inspector).get("/visits").text
    path = f"/visits/unplanned/{make.version().id}"
    assert client_of(cast.inspector).get(path).status_code == 404


def accept(desk: Any, op_id: str) -> int:
    """The channel department lets an entry in."""
    answer = desk.post(f"/tablets/entries/{op_id}/acceptance")
    return int(answer.status_code)
