"""Saved views: named, shown as chips, renamed, shared with the desk, deleted; each by its owner."""

import re

from sqlalchemy import select

from inspector.db import db
from inspector.history import Event
from inspector.ledger.models import SavedView
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries


def the_view() -> SavedView:
    return db.session.scalars(select(SavedView)).one()


def verbs() -> list[str]:
    found = select(Event).where(Event.subject_table == "saved_view").order_by(Event.at, Event.id)
    return sorted(event.verb for event in db.session.scalars(found))


def chip(html: str, name: str) -> str:
    """The address of a view's chip."""
    found = re.search(rf'href="(/ledger[^"]*)"[^>]*>\s*{name}', html)
    return found[1].replace("&amp;", "&") if found else ""


def test_filters_get_a_name_and_stand_as_a_chip(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.subbranch)
    html = client.get("/ledger?late=3&kind=onsite").text
    assert "保存为视图" in html
    form = {"name": " 逾期  现场 ", "late": "3", "kind": "onsite", "section": ""}
    answer = client.post("/ledger/views", data=form)
    assert (answer.status_code, answer.location) == (303, "/ledger?late=3&kind=onsite")
    assert the_view().name == "逾期 现场"
    assert chip(client.get("/ledger").text, "逾期 现场") == "/ledger?late=3&kind=onsite"
    assert client.post("/ledger/views", data=form).status_code == 303, "pressed twice"
    assert client.post("/ledger/views", data=form | {"late": "7"}).status_code == 409
    assert verbs() == ["save_view"]


def test_a_name_that_is_none_and_filters_that_are_none_are_refused(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.channel)
    for name in ("", "  ", "长" * 41):
        assert client.post("/ledger/views", data={"name": name}).status_code == 422
    assert client.post("/ledger/views", data={"name": "x", "stage": "x"}).status_code == 404
    assert client.post("/ledger/views", data={"name": "长" * 40}).status_code == 303


def test_the_owner_renames_shares_and_deletes(cast: Cast, client_of: ClientOf) -> None:
    view = rows.a_saved_view(cast.channel, "三天")
    rows.a_saved_view(cast.channel, "别的", kind="onsite")
    channel, leader = client_of(cast.channel), client_of(cast.leader)
    path = f"/ledger/views/{view.id}"
    assert chip(leader.get("/ledger").text, "三天") == ""
    assert channel.post(path, data={"name": "别的"}).status_code == 409
    assert channel.post(path, data={"name": "三天以上", "shared": "yes"}).status_code == 303
    assert chip(leader.get("/ledger").text, "三天以上 · 张渠") == "/ledger?late=3"
    assert path not in leader.get("/ledger?late=3").text, "it is not theirs to change"
    assert chip(client_of(cast.outlet).get("/ledger").text, "三天以上") == ""
    assert channel.post(f"{path}/deletion").status_code == 303
    assert chip(leader.get("/ledger").text, "三天以上") == ""
    assert verbs() == ["change_view", "delete_view", "save_view", "save_view"]


def test_only_the_channel_department_shares(cast: Cast, client_of: ClientOf) -> None:
    for who in (cast.leader, cast.outlet):
        view = rows.a_saved_view(who)
        path = f"/ledger/views/{view.id}"
        assert client_of(who).post(path, data={"name": "x", "shared": "yes"}).status_code == 403
        assert client_of(who).post(path, data={"name": "x"}).status_code == 303
        assert "全处室可见" not in client_of(who).get("/ledger?late=3").text


def test_what_an_earlier_version_could_say_hides_nothing_else(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    rows.a_saved_view(cast.channel, "旧").query = {"stage": "gone"}
    rows.a_saved_view(cast.channel, "新")
    html = client_of(cast.channel).get("/ledger").text
    assert chip(html, "新")
    assert not chip(html, "旧")
