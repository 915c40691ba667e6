"""Role and branch from what the provider says: for new people, and at each sign-in."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from inspector.db import db
from inspector.history import Event
from inspector.people.queries import person_called
from inspector.people.single_sign_on.models import Identity
from tests.cast import MONDAY, PASSWORD, Cast
from tests.conftest import ClientOf
from tests.oidc.conftest import Arrange, accounts
from tests.oidc.provider import RealProvider, Somebody, refusal

ROLES = {
    "CN=巡查,OU=渠道": "inspector",
    "channel-dept": "channel",
    "outlet-heads": "outlet",
    "heads": "subbranch",
    "admins": "admin",
}
MAPPED = {
    "ROLES_CLAIM": "realm_access.roles",
    "ROLES": json.dumps(ROLES),
    "BRANCH_CLAIM": "branch",
}
CREATE = MAPPED | {"UNKNOWN": "create"}
TAKE_OVER = MAPPED | {"TAKE_OVER": "yes"}


def saying(
    account: str, roles: object, branch: object, **more: object
) -> dict[str, dict[str, object]]:
    """An account at the provider, with these claims."""
    return accounts(account, realm_access={"roles": roles}, branch=branch, **more)


def test_who_is_new_gets_an_account_as_the_provider_says(
    cast: Cast, somebody: Somebody, arrange: Arrange, provider: RealProvider
) -> None:
    arrange(**CREATE)
    provider.be(accounts=saying("N.Ew", ["x", "CN=巡查,OU=渠道"], "YA03", name="牛新"))
    assert somebody.sign_in("s-N.Ew", "/visits").location == "/visits"
    made = person_called("n.ew")
    assert made
    assert (made.name, made.role, made.branch.code) == ("牛新", "inspector", "YA03")
    events = db.session.scalars(select(Event).where(Event.subject_id == made.id))
    told = {event.verb: event.detail for event in events}
    assert told.keys() == {"add", "bind_identity", "sign_in"}
    assert told["add"]["after"]["role"] == "inspector"


def test_a_new_account_has_no_password(
    cast: Cast, somebody: Somebody, arrange: Arrange, provider: RealProvider, client_of: ClientOf
) -> None:
    arrange(**CREATE)
    provider.be(accounts=saying("new", ["channel-dept"], "YA"))
    somebody.sign_in("s-new")
    assert somebody.is_in
    for password in (PASSWORD, "", "nobody has this password"):
        data = {"username": "new", "password": password}
        assert client_of().post("/sign-in", data=data).status_code == 422


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("roles", "branch", "words"),
    [
        ([], "YA", "没有给您本系统的角色。其 realm_access.roles 为“”"),
        (["guests"], "YA", "没有给您本系统的角色。其 realm_access.roles 为“guests”"),
        (["<b>"], "YA", "“&lt;b&gt;”"),
        ({"channel-dept": True}, "YA", "没有给您本系统的角色"),
        (["heads", "admins"], "YA", "不止一个本系统的角色。其 realm_access.roles 为“heads, "),
        (["channel-dept"], None, "branch 显示您所属机构为“”"),
        (["channel-dept"], "YA99", "branch 显示您所属机构为“YA99”"),
        (["channel-dept"], ["YA", "YA03"], "branch 显示您所属机构为“”"),
        (["channel-dept"], "YA03", "角色“channel-dept”与所属机构 YA03 不相符"),
        (["outlet-heads"], "YA", "角色“outlet-heads”与所属机构 YA 不相符"),
        (["heads"], "YA0302", "角色“heads”与所属机构 YA0302 不相符"),
    ],
)  # fmt: skip
def test_what_does_not_name_one_role_and_its_branch_is_refused_with_what_was_said(
    cast: Cast,
    somebody: Somebody,
    arrange: Arrange,
    provider: RealProvider,
    roles: object,
    branch: object,
    words: str,
) -> None:
    for settings, account in ((CREATE, "new"), (TAKE_OVER, "outlet")):
        arrange(**settings)
        provider.be(accounts=saying(account, roles, branch))
        response = somebody.sign_in(f"s-{account}")
        assert response.status_code == 403
        assert words in refusal(response)
        assert not somebody.is_in
        somebody.there.cookies.clear()
    assert person_called("new") is None
    assert cast.outlet.role == "outlet"
    assert db.session.scalars(select(Identity)).all() == []


@pytest.mark.one_engine
def test_a_name_that_no_account_can_have_is_refused(
    cast: Cast, somebody: Somebody, arrange: Arrange, provider: RealProvider
) -> None:
    arrange(**CREATE)
    provider.be(accounts={"s-1": saying("张三", ["channel-dept"], "YA")["s-张三"]})
    response = somebody.sign_in("s-1")
    assert response.status_code == 422
    assert not somebody.is_in


def test_role_and_branch_are_taken_over_at_each_sign_in_and_told(
    cast: Cast, somebody: Somebody, arrange: Arrange, provider: RealProvider, client_of: ClientOf
) -> None:
    arrange(**TAKE_OVER)
    provider.be(accounts=saying("subbranch", "outlet-heads", "YA0302"))
    somebody.sign_in("s-subbranch")
    assert (cast.subbranch.role, cast.subbranch.branch.code) == ("outlet", "YA0302")
    told = db.session.scalars(select(Event).where(Event.verb == "change")).one()
    assert (told.subject_id, told.by_id) == (cast.subbranch.id, None)
    assert told.detail["before"]["role"] == "subbranch"
    assert told.detail["after"]["role"] == "outlet"
    assert told.detail["after"]["branch"].startswith("YA0302 ")
    page = client_of(cast.admin).get(f"/people/{cast.subbranch.id}").text
    assert "按统一登录系统的信息更新" in page

    Somebody(client_of()).sign_in("s-subbranch")
    assert len(db.session.scalars(select(Event).where(Event.verb == "change")).all()) == 1


def test_without_that_setting_the_administrator_s_word_stays(
    cast: Cast, somebody: Somebody, arrange: Arrange, provider: RealProvider
) -> None:
    arrange(**MAPPED)
    provider.be(accounts=saying("outlet", ["channel-dept"], "YA"))
    somebody.sign_in("s-outlet")
    assert somebody.is_in
    assert (cast.outlet.role, cast.outlet.branch.code) == ("outlet", "YA0302")


def test_the_last_administrator_stays_it_and_is_told(
    cast: Cast, somebody: Somebody, arrange: Arrange, provider: RealProvider
) -> None:
    arrange(**TAKE_OVER)
    provider.be(accounts=saying("admin", ["channel-dept"], "YA"))
    somebody.sign_in("s-admin")
    assert cast.admin.role == "admin"
    assert "最后一位管理员" in somebody.client.get("/branches").text
    assert db.session.scalars(select(Event).where(Event.verb == "stay_admin")).one()

    cast.leader.role = "admin"
    somebody.client.post("/sign-out")
    somebody.sign_in("s-admin")
    assert cast.admin.role == "channel"


def test_a_closed_account_is_not_changed_by_who_cannot_come_in(
    cast: Cast, somebody: Somebody, arrange: Arrange, provider: RealProvider
) -> None:
    arrange(**TAKE_OVER)
    provider.be(accounts=saying("outlet", "heads", "YA03"))
    somebody.sign_in("s-outlet")
    assert cast.outlet.role == "subbranch"
    somebody.client.post("/sign-out")
    cast.outlet.closed_at = MONDAY
    provider.be(accounts=saying("outlet", "outlet-heads", "YA0302"))
    assert "已停用" in refusal(somebody.sign_in("s-outlet"))
    assert cast.outlet.role == "subbranch"


def test_an_administrator_can_loose_an_account_for_a_person_who_has_another_subject_now(
    cast: Cast, somebody: Somebody, provider: RealProvider, client_of: ClientOf, app: Flask
) -> None:
    somebody.sign_in("s-channel")
    run = app.test_cli_runner().invoke
    assert "s-channel" in run(args=["people", "identity", "channel"]).output
    assert run(args=["people", "identity", "nobody"]).exit_code == 1
    assert run(args=["people", "identity", "channel", "--forget"]).output.endswith("Forgotten.\n")
    assert not somebody.is_in
    provider.be(accounts={"s-new-system": {"preferred_username": "channel"}})
    again = Somebody(client_of())
    again.sign_in("s-new-system")
    assert again.is_in
    assert db.session.scalars(select(Identity)).one().subject == "s-new-system"
