"""Changing an account: what was and what is now, and who is asked first."""

import pytest
from sqlalchemy import select

from inspector.db import db
from inspector.history import Event
from inspector.people.models import Person
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf


def form_of(person: Person, **changes: str) -> dict[str, str]:
    """What the form holds that the administrator sends back."""
    held = {name: getattr(person, name) or "" for name in ("username", "name", "role", "email")}
    return held | {"branch": person.branch.code} | changes


def changes_of(person: Person) -> list[Event]:
    wanted = select(Event).where(Event.subject_id == person.id, Event.verb == "change")
    return list(db.session.scalars(wanted))


def test_what_differs_is_changed_and_on_record_with_before_and_after(
    cast: Cast, client_of: ClientOf
) -> None:
    said = form_of(cast.outlet, name="郝胜利", branch="YA0303", email="hao@bank.example")
    response = client_of(cast.admin).post(f"/people/{cast.outlet.id}", data=said)
    assert response.status_code == 303
    assert (cast.outlet.name, cast.outlet.branch.code) == ("郝胜利", "YA0303")
    event = changes_of(cast.outlet)[0]
    assert event.by_id == cast.admin.id
    assert event.detail["before"]["name"] == "胜利路负责人"
    assert event.detail["after"]["name"] == "郝胜利"
    assert event.detail["before"]["branch"].startswith("YA0302 ")
    assert event.detail["after"].keys() == {"name", "branch", "email"}
    html = client_of(cast.admin).get(f"/people/{cast.outlet.id}").text
    assert "姓名: 胜利路负责人 → 郝胜利" in html


def test_saving_without_a_change_leaves_no_trace(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.admin).post(f"/people/{cast.outlet.id}", data=form_of(cast.outlet))
    assert changes_of(cast.outlet) == []


def test_an_account_name_must_be_free_whatever_its_capitals(
    cast: Cast, client_of: ClientOf
) -> None:
    client, address = client_of(cast.admin), f"/people/{cast.outlet.id}"
    taken = client.post(address, data=form_of(cast.outlet, username="CHANNEL"))
    assert taken.status_code == 422
    assert "账号 channel 已存在" in taken.text
    assert client.post(address, data=form_of(cast.outlet, username="OUTLET")).status_code == 303
    assert cast.outlet.username == "outlet"


def test_role_and_branch_must_fit_together(cast: Cast, client_of: ClientOf) -> None:
    said = form_of(cast.outlet, role="subbranch")
    response = client_of(cast.admin).post(f"/people/{cast.outlet.id}", data=said)
    assert response.status_code == 422
    assert "支行行长应归属支行" in response.text
    assert cast.outlet.role == "outlet"


def test_whose_outlet_is_gone_can_still_be_renamed_there(cast: Cast, client_of: ClientOf) -> None:
    make.branch("YA0302").merged_into = make.branch("YA0303")
    said = form_of(cast.outlet, name="郝胜利")
    response = client_of(cast.admin).post(f"/people/{cast.outlet.id}", data=said)
    assert response.status_code == 303
    assert cast.outlet.name == "郝胜利"


@pytest.mark.parametrize("change", [{"branch": "YA03"}, {"role": "reviewer"}])
def test_another_role_or_branch_is_asked_about_while_visits_are_in_hand(
    cast: Cast, client_of: ClientOf, change: dict[str, str]
) -> None:
    make.a_visit(cast)
    client, address = client_of(cast.admin), f"/people/{cast.inspector.id}"
    asked = client.post(address, data=form_of(cast.inspector, **change))
    assert asked.status_code == 422
    assert "此人还有未完成的工作" in asked.text
    assert changes_of(cast.inspector) == []
    sure = form_of(cast.inspector, **change) | {"sure": "yes"}
    assert client.post(address, data=sure).status_code == 303
    assert len(changes_of(cast.inspector)) == 1


def test_another_name_is_not_asked_about(cast: Cast, client_of: ClientOf) -> None:
    make.a_visit(cast)
    said = form_of(cast.inspector, name="李检")
    response = client_of(cast.admin).post(f"/people/{cast.inspector.id}", data=said)
    assert response.status_code == 303


def test_a_closed_account_is_not_changed(cast: Cast, client_of: ClientOf) -> None:
    cast.outlet.closed_at = make.MONDAY
    said = form_of(cast.outlet, name="郝胜利")
    response = client_of(cast.admin).post(f"/people/{cast.outlet.id}", data=said)
    assert response.status_code == 422
    assert cast.outlet.name == "胜利路负责人"


def test_an_unknown_person_does_not_exist(cast: Cast, client_of: ClientOf) -> None:
    address = "/people/00000000-0000-4000-8000-000000000000"
    client = client_of(cast.admin)
    assert client.get(address).status_code == 404
    assert client.post(address, data=form_of(cast.outlet)).status_code == 404
