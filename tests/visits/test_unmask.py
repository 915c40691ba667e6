"""Learning who made a mystery visit: named persons only, with a reason that everybody at the desk
reads, and for a short while."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.history import Event
from inspector.people import keeping
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.visits.models import Visit
from inspector.visits.unmasking import UNMASKED_FOR, Unmasking
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf

NOW = MONDAY + timedelta(hours=5)
WHY = "客户投诉，核对到店经过"


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Monday afternoon."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def visit(cast: Cast) -> Visit:
    return rows.a_visit_at(cast, "confirmed", kind="mystery")


def main(client_of: ClientOf, person: Person, visit: Visit) -> str:
    """What a person reads on the visit's page."""
    html = client_of(person).get(f"/visits/{visit.id}").text
    return html[html.index("<main") :]


def unmasked(client_of: ClientOf, person: Person, visit: Visit, reason: str = WHY) -> int:
    form = {"reason": reason}
    return client_of(person).post(f"/visits/{visit.id}/unmasking", data=form).status_code


def unnamed(cast: Cast) -> Person:
    """Somebody of the channel department whom nobody has named."""
    return make.a_person(cast, "qian", name="钱渠", role="channel", branch="YA", email="")


def test_a_named_person_sees_the_name_with_a_mark_and_for_a_while(
    cast: Cast, client_of: ClientOf, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cast.shopper.name not in main(client_of, cast.channel, visit)
    assert unmasked(client_of, cast.channel, visit) == 303
    html = main(client_of, cast.channel, visit)
    assert cast.shopper.name in html
    assert "身份已显示" in html
    monkeypatch.setattr(clock, "now", lambda: NOW + UNMASKED_FOR)
    assert cast.shopper.name not in main(client_of, cast.channel, visit)


def test_one_visit_is_unmasked_and_no_other(cast: Cast, client_of: ClientOf, visit: Visit) -> None:
    other = rows.a_visit_at(cast, "confirmed", kind="mystery", at="YA0102")
    unmasked(client_of, cast.channel, visit)
    assert cast.shopper.name not in main(client_of, cast.channel, other)
    listed = client_of(cast.channel).get("/visits").text
    assert cast.shopper.name not in listed[listed.index("<main") :]


def test_everybody_at_the_desk_reads_that_and_why_but_not_the_name(
    cast: Cast, client_of: ClientOf, visit: Visit
) -> None:
    unmasked(client_of, cast.channel, visit)
    for reader in (cast.leader, cast.admin, unnamed(cast)):
        html = main(client_of, reader, visit)
        assert WHY in html
        assert cast.channel.name in html
        assert cast.shopper.name not in html
    told = main(client_of, cast.shopper, visit)
    assert (WHY in told, cast.channel.name in told) == (True, False)
    row = db.session.scalars(select(Unmasking)).one()
    assert (row.visit_id, row.by_id, row.reason) == (visit.id, cast.channel.id, WHY)
    event = db.session.scalars(select(Event).where(Event.verb == "unmask")).one()
    assert (event.subject_id, event.by_id, event.detail["remark"]) == (
        visit.id,
        cast.channel.id,
        WHY,
    )
    assert cast.shopper.name not in str(event.detail)


def is_named(person: Person) -> bool:
    """Whether the database says so now."""
    db.session.refresh(person)
    return person.is_unmasker


def test_nobody_else_can_and_the_right_ends_with_the_role(
    cast: Cast, client_of: ClientOf, visit: Visit
) -> None:
    others = {cast.leader: 403, cast.admin: 403, unnamed(cast): 403, cast.outlet: 404}
    for person, status in others.items():
        assert unmasked(client_of, person, visit) == status
    unmasked(client_of, cast.channel, visit)
    cast.channel.role = "leader"
    db.session.commit()
    assert cast.shopper.name not in main(client_of, cast.channel, visit)
    assert unmasked(client_of, cast.channel, visit) == 403


@pytest.mark.parametrize("reason", ["", "  ", "长" * 501])
def test_without_a_good_reason_nothing_is_told(
    cast: Cast, client_of: ClientOf, visit: Visit, reason: str
) -> None:
    assert unmasked(client_of, cast.channel, visit, reason) == 422
    assert db.session.scalar(select(Unmasking)) is None
    assert cast.shopper.name not in main(client_of, cast.channel, visit)


def test_who_may_not_know_shoppers_plans_no_mystery_visit(cast: Cast, client_of: ClientOf) -> None:
    planner = unnamed(cast)
    html = client_of(planner).get("/visits/new").text
    assert cast.shopper.name not in html
    assert cast.inspector.name in html
    form = {
        "branch": str(make.branch().id),
        "version": str(make.version("mystery").id),
        "inspector": str(cast.shopper.id),
        "planned_on": "2026-11-25",
    }
    assert client_of(planner).post("/visits", data=form).status_code == 422
    with pytest.raises(Problem, match=r"unmask\.not_named"):
        Visit.plan(
            branch=make.branch(),
            version=make.version("mystery"),
            inspector=cast.shopper,
            on=MONDAY.date(),
            by=planner,
            at=MONDAY,
        )
    assert cast.shopper.name in client_of(cast.channel).get("/visits/new").text


def test_the_administrator_names_people_of_the_channel_department_only(
    cast: Cast, client_of: ClientOf
) -> None:
    person, admin = unnamed(cast), client_of(cast.admin)
    address = f"/people/{person.id}"
    assert admin.post(f"{address}/unmasking", data={"may": "yes"}).status_code == 303
    assert is_named(person)
    assert "授予查看神秘人身份的权限" in admin.get(address).text
    assert admin.post(f"{address}/unmasking", data={"may": "no"}).status_code == 303
    assert not is_named(person)
    for other in (cast.leader, cast.inspector):
        with pytest.raises(Problem, match=r"unmask\.channel"):
            keeping.let_unmask(other, may=True, by=cast.admin, at=NOW)
    with pytest.raises(Problem, match=r"permission\.denied"):
        keeping.let_unmask(person, may=True, by=cast.channel, at=NOW)


def test_a_command_names_people_too(app: Flask, cast: Cast) -> None:
    person = unnamed(cast)
    db.session.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["people", "let-unmask", "qian"]).output == "qian: may unmask\n"
    db.session.refresh(person)
    assert person.may_unmask
    assert "nothing was different" in run(args=["people", "let-unmask", "qian"]).output
    assert "any more" in run(args=["people", "let-unmask", "qian", "--no-more"]).output
    refused = run(args=["people", "let-unmask", "leader"])
    assert (refused.exit_code, "channel department" in refused.output) == (1, True)
