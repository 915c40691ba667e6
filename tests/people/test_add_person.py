"""Adding a person: the administrator's form, its rules, and the trace that it leaves."""

import re

import pytest
from sqlalchemy import func, select

from inspector.db import db
from inspector.history import Event
from inspector.people.models import Person
from inspector.people.queries import person_called
from tests.cast import PASSWORD, Cast, account_form, branch
from tests.conftest import ClientOf


def test_a_person_is_added_and_the_act_is_on_record(cast: Cast, client_of: ClientOf) -> None:
    said = account_form(username=" Sun.Xun ", email="sun@bank.example")
    client_of(cast.admin).post("/people", data=said)
    person = person_called("sun.xun")
    assert person is not None
    assert (person.name, person.role, person.branch.code) == ("孙巡", "inspector", "YA")
    added = select(Event).where(Event.subject_id == person.id, Event.verb == "add")
    event = db.session.scalars(added).one()
    assert event.by_id == cast.admin.id
    assert event.detail["after"] == {
        "username": "sun.xun",
        "name": "孙巡",
        "role": "inspector",
        "branch": "YA 延安分行",
        "email": "sun@bank.example",
    }


def test_a_link_is_shown_once_by_which_the_person_chooses_the_password(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.admin)
    html = client.post("/people", data=account_form()).text
    path = link_in(html)
    sun = person_called("sun")
    assert sun is not None
    assert "此账号还没有密码" in client.get(f"/people/{sun.id}").text
    assert path not in client.get(f"/people/{sun.id}").text
    password = "three quiet herons 41"
    said = {"new": password, "again": password}
    assert client_of().post(path, data=said).status_code == 303
    assert sun.has_password(password)
    assert client_of().post(path, data=said).status_code >= 400, "it works once"


def test_a_password_is_reset_by_a_new_link(cast: Cast, client_of: ClientOf) -> None:
    at_work, client = client_of(cast.outlet), client_of(cast.admin)
    address = f"/people/{cast.outlet.id}"
    path = link_in(client.post(f"{address}/password-link").text)
    assert not cast.outlet.has_password(PASSWORD)
    assert at_work.get("/notices").status_code == 302
    assert cast.outlet.name in client_of().get(path).text
    assert "重置了密码" in client.get(address).text
    client.post(f"{address}/closure", data={"reason": "调离"})
    assert client.post(f"{address}/password-link").status_code == 409


def link_in(html: str) -> str:
    found = re.search(r'value="https://inspector.example(/password/[^"]+)"', html)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("password", ["", " ", "sun", "孙巡"])
def test_nobody_signs_in_to_a_new_account(cast: Cast, client_of: ClientOf, password: str) -> None:
    client_of(cast.admin).post("/people", data=account_form())
    signing_in = {"username": "sun", "password": password}
    assert client_of().post("/sign-in", data=signing_in).status_code == 422


WRONG = [
    ({"username": ""}, "username", "账号须以字母或数字开头"),
    ({"username": "-sun"}, "username", "账号须以字母或数字开头"),
    ({"username": "=sun"}, "username", "账号须以字母或数字开头"),
    ({"username": "孙巡"}, "username", "账号须以字母或数字开头"),
    ({"username": "s un"}, "username", "账号须以字母或数字开头"),
    ({"username": "s" * 61}, "username", "账号须以字母或数字开头"),
    ({"username": "Outlet"}, "username", "账号 outlet 已存在"),
    ({"name": " "}, "name", "请填写姓名"),
    ({"name": "孙" * 61}, "name", "请填写姓名"),
    ({"role": "king"}, "role", "没有这个角色"),
    ({"branch": "YA99"}, "branch", "没有这个机构"),
    ({"email": "sun"}, "email", "邮箱格式不对"),
    ({"role": "outlet"}, "branch", "网点负责人应归属网点"),
    ({"role": "outlet", "branch": "YA03"}, "branch", "网点负责人应归属网点"),
    ({"role": "subbranch", "branch": "YA0302"}, "branch", "支行行长应归属支行"),
    ({"role": "channel", "branch": "YA03"}, "branch", "应归属分行"),
    ({"role": "leader", "branch": "YA03"}, "branch", "应归属分行"),
    ({"role": "admin", "branch": "YA0302"}, "branch", "应归属分行"),
]


@pytest.mark.parametrize(("change", "field", "sentence"), WRONG)
def test_what_cannot_be_is_said_at_its_field(
    cast: Cast, client_of: ClientOf, change: dict[str, str], field: str, sentence: str
) -> None:
    before = db.session.scalar(select(func.count(Person.id)))
    response = client_of(cast.admin).post("/people", data=account_form(**change))
    assert response.status_code == 422
    assert sentence in response.text.split(f'id="{field}-error"')[1].split("</div>")[0]
    assert db.session.scalar(select(func.count(Person.id))) == before


FITS = [
    ("outlet", "YA0302"),
    ("subbranch", "YA03"),
    ("channel", "YA"),
    ("leader", "YA"),
    ("admin", "YA"),
    ("inspector", "YA0302"),
    ("shopper", "YA03"),
    ("reviewer", "YA"),
]


@pytest.mark.parametrize(("role", "code"), FITS)
def test_each_role_has_its_level(cast: Cast, client_of: ClientOf, role: str, code: str) -> None:
    said = account_form(role=role, branch=code)
    assert client_of(cast.admin).post("/people", data=said).status_code == 200


def test_all_that_is_wrong_is_said_at_once(cast: Cast, client_of: ClientOf) -> None:
    said = account_form(username="?", name="", email="x")
    html = client_of(cast.admin).post("/people", data=said).text
    assert all(f'id="{field}-error"' in html for field in ("username", "name", "email"))


def test_nobody_is_added_to_an_outlet_that_is_gone(cast: Cast, client_of: ClientOf) -> None:
    gone, successor = branch("YA0302"), branch("YA0303")
    gone.merged_into = successor
    said = account_form(role="outlet", branch="YA0302")
    assert client_of(cast.admin).post("/people", data=said).status_code == 422
    assert person_called("sun") is None


def test_the_database_keeps_account_names_in_small_letters(cast: Cast) -> None:
    cast.outlet.username = "Shengli"
    db.session.commit()
    assert cast.outlet.username == "shengli"
    assert person_called("SHENGLI") is cast.outlet
