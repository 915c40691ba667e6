"""The administrator's pages of branches: adding and changing one, by the rules of the file."""

import pytest
from sqlalchemy import func, select

from inspector.db import db
from inspector.history import Event
from inspector.people.branch_file import Row
from inspector.people.models import Branch
from tests.cast import Cast, branch, branch_form
from tests.conftest import ClientOf


def form_of(code: str, **changes: str) -> dict[str, str]:
    """What the form of a branch holds."""
    return Row.of(branch(code)).shown() | changes


def test_a_branch_is_added_and_the_act_is_on_record(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.admin).post("/branches", data=branch_form())
    added = branch("YA0399")
    assert response.headers["Location"] == f"/branches/{added.id}"
    assert (added.name_zh, added.subbranch.code, added.level) == ("新街网点", "YA03", "outlet")
    event = db.session.scalars(select(Event).where(Event.subject_id == added.id)).one()
    assert (event.verb, event.by_id) == ("add", cast.admin.id)
    assert event.detail["after"]["district"] == "吴起县"
    assert "新增了机构" in client_of(cast.admin).get(f"/branches/{added.id}").text


WRONG = [
    ({"code": ""}, "code", "不得为空"),
    ({"code": "YA0302"}, "code", "已有机构使用此代码"),
    ({"name_zh": " "}, "name_zh", "不得为空"),
    ({"parent_code": ""}, "parent_code", "应填写 支行 的代码"),
    ({"parent_code": "YA"}, "parent_code", "应填写 支行 的代码；YA 是 分行"),
    ({"level": "subbranch"}, "parent_code", "应填写 分行 的代码"),
    ({"level": "moon"}, "level", "应为 分行、支行 或 网点"),
    ({"opened_on": ""}, "opened_on", "应为日期"),
    ({"fitout": "renovated"}, "renovated_on", "装修类别为 装修 时不得为空"),
    ({"renovated_on": "2001-01-01"}, "renovated_on", "不得早于开业日期 2026-10-01"),
    ({"lat": "91"}, "lat", "不得大于 90"),
    ({"lon": "east"}, "lon", "应为数字，现为 “east”"),
]


@pytest.mark.parametrize(("change", "field", "sentence"), WRONG)
def test_what_cannot_be_is_said_at_its_field(
    cast: Cast, client_of: ClientOf, change: dict[str, str], field: str, sentence: str
) -> None:
    before = db.session.scalar(select(func.count(Branch.id)))
    response = client_of(cast.admin).post("/branches", data=branch_form(**change))
    assert response.status_code == 422
    assert sentence in response.text.split(f'id="{field}-error"')[1].split("</div>")[0]
    assert db.session.scalar(select(func.count(Branch.id))) == before


def test_a_branch_is_changed_with_before_and_after(cast: Cast, client_of: ClientOf) -> None:
    shengli, client = branch("YA0302"), client_of(cast.admin)
    said = form_of("YA0302", name_zh="新胜利路网点", parent_code="YA04", lat="36.95")
    assert client.post(f"/branches/{shengli.id}", data=said).status_code == 303
    assert (shengli.name_zh, shengli.subbranch.code, shengli.lat) == ("新胜利路网点", "YA04", 36.95)
    changed = select(Event).where(Event.subject_id == shengli.id, Event.verb == "change")
    event = db.session.scalars(changed).one()
    assert event.detail["before"]["parent_code"] == "YA03"
    assert event.detail["after"].keys() == {"name_zh", "parent_code", "lat"}
    assert "→ 新胜利路网点" in client.get(f"/branches/{shengli.id}").text
    client.post(f"/branches/{shengli.id}", data=form_of("YA0302"))
    assert len(db.session.scalars(changed).all()) == 1


def test_code_and_level_stay_whatever_is_sent(cast: Cast, client_of: ClientOf) -> None:
    shengli = branch("YA0302")
    said = form_of("YA0302", level="city") | {"code": "XX"}
    client_of(cast.admin).post(f"/branches/{shengli.id}", data=said)
    assert (shengli.code, shengli.level) == ("YA0302", "outlet")


def test_the_list_leads_the_administrator_and_nobody_else(cast: Cast, client_of: ClientOf) -> None:
    address = f'href="/branches/{branch("YA0302").id}"'
    assert address in client_of(cast.admin).get("/branches").text
    html = client_of(cast.channel).get("/branches").text
    assert address not in html
    assert "/branches/new" not in html


def test_the_page_says_who_belongs_there(cast: Cast, client_of: ClientOf) -> None:
    html = client_of(cast.admin).get(f"/branches/{branch('YA0302').id}").text
    assert "账号 1 个" in html
    assert 'href="/people?branch=YA0302"' in html


def test_an_unknown_branch_does_not_exist(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    address = "/branches/00000000-0000-4000-8000-000000000000"
    assert client.get(address).status_code == 404
    assert client.post(address, data=form_of("YA0302")).status_code == 404
