"""Closing an account: nobody signs in to it, what its person did stays, and it can be reopened."""

import uuid

from sqlalchemy import select

from inspector.db import db
from inspector.history import Event
from inspector.offline.models import Stream
from inspector.people.models import Person
from tests import cast as make
from tests.cast import PASSWORD, Cast
from tests.conftest import ClientOf


def acts_on(person: Person) -> list[Event]:
    wanted = select(Event).where(Event.subject_id == person.id, Event.verb.in_(("close", "reopen")))
    return list(db.session.scalars(wanted.order_by(Event.at)))


def test_a_closed_account_is_out_at_once_and_cannot_sign_in(
    cast: Cast, client_of: ClientOf
) -> None:
    at_work = client_of(cast.outlet)
    assert at_work.get("/notices").status_code == 200
    said = {"reason": "调离"}
    client_of(cast.admin).post(f"/people/{cast.outlet.id}/closure", data=said)
    assert at_work.get("/notices").status_code == 302
    signing_in = {"username": "outlet", "password": PASSWORD}
    assert client_of().post("/sign-in", data=signing_in).status_code == 422
    event = acts_on(cast.outlet)[0]
    assert (event.by_id, event.detail["reason"]) == (cast.admin.id, "调离")
    html = client_of(cast.admin).get(f"/people/{cast.outlet.id}").text
    assert "停用了账号" in html
    assert "调离" in html


def test_a_closed_account_is_reopened_with_its_password(cast: Cast, client_of: ClientOf) -> None:
    at_work = client_of(cast.outlet)
    client, address = client_of(cast.admin), f"/people/{cast.outlet.id}"
    assert "还没有人登录过" in client.get(f"/people/{cast.leader.id}").text
    assert "最近登录" in client.get(address).text
    client.post(f"{address}/closure", data={"reason": "调离"})
    client.post(f"{address}/reopening")
    assert [event.verb for event in acts_on(cast.outlet)] == ["close", "reopen"]
    assert at_work.get("/notices").status_code == 302, "its sessions ended for good"
    signing_in = {"username": "outlet", "password": PASSWORD}
    assert client_of().post("/sign-in", data=signing_in).status_code == 303


def test_closing_needs_its_reason(cast: Cast, client_of: ClientOf) -> None:
    client, address = client_of(cast.admin), f"/people/{cast.outlet.id}/closure"
    for reason in ("", "  ", "调" * 501):
        assert client.post(address, data={"reason": reason}).status_code == 422
    assert cast.outlet.closed_at is None


def test_the_same_again_is_harmless(cast: Cast, client_of: ClientOf) -> None:
    client, address = client_of(cast.admin), f"/people/{cast.outlet.id}"
    for _twice in range(2):
        client.post(f"{address}/closure", data={"reason": "调离"})
    closed_at = cast.outlet.closed_at
    assert closed_at is not None
    for _twice in range(2):
        client.post(f"{address}/reopening")
    assert len(acts_on(cast.outlet)) == 2


def test_nobody_closes_themselves(cast: Cast, client_of: ClientOf) -> None:
    make.a_person(cast, "second", role="admin")
    client, address = client_of(cast.admin), f"/people/{cast.admin.id}"
    assert client.post(f"{address}/closure", data={"reason": "调离"}).status_code == 409
    assert cast.admin.is_active
    assert 'id="closing"' not in client.get(address).text


def test_the_page_says_what_is_still_in_hand_and_leads_there(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = make.a_visit(cast)
    told = {"unsent_entries": 12, "unsent_photos": 3, "told_at": make.MONDAY}
    db.session.add(Stream(id=uuid.uuid4(), person=cast.inspector, **told))
    client, address = client_of(cast.admin), f"/people/{cast.inspector.id}"
    client.post(f"{address}/closure", data={"reason": "调离"})
    in_hand = client.get(address).text.split('id="in-hand"')[1].split("</section>")[0]
    assert f"/visits/{visit.id}" in in_hand
    assert "胜利路网点 · 现场检查" in in_hand
    assert "12 条记录、3 张照片未发送" in in_hand
    assert "账号停用时尚未完成" in in_hand


def test_what_is_submitted_or_called_off_is_not_in_hand(cast: Cast, client_of: ClientOf) -> None:
    make.submitted(cast)
    make.a_visit(cast).cancel(reason="停电", by=cast.channel, at=make.MONDAY)
    db.session.add(Stream(id=uuid.uuid4(), person=cast.inspector, unsent_entries=0))
    assert 'id="in-hand"' not in client_of(cast.admin).get(f"/people/{cast.inspector.id}").text


def test_the_administrator_learns_only_how_many_mystery_visits_are_in_hand(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = make.a_visit(cast, kind="mystery")
    html = client_of(cast.admin).get(f"/people/{cast.shopper.id}").text
    assert "神秘人检查 1 次" in html
    assert str(visit.id) not in html
    assert "胜利路" not in html.split('id="in-hand"')[1].split("</section>")[0]
