"""Signing for a notice: by the outlet or its sub-branch, in a post; the rectification begins."""

import pytest
from sqlalchemy import func, select

from inspector.db import db
from inspector.history import Event
from inspector.notices.forms import POSTS
from inspector.notices.models import Acknowledgement, Notice
from inspector.problems import Problem
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.together import at_once, request, statuses

HEAD = {"post": "outlet_head"}


@pytest.fixture
def notice(cast: Cast) -> Notice:
    """A notice to Shengli Road that nobody has signed for."""
    return rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="offsite"), 0, "issued")


def address(notice: Notice) -> str:
    return f"/notices/{notice.id}/acknowledgement"


@pytest.mark.parametrize("who", ["outlet", "subbranch"])
def test_the_outlet_or_its_sub_branch_signs_and_begins(
    cast: Cast, client_of: ClientOf, notice: Notice, who: str
) -> None:
    response = client_of(getattr(cast, who)).post(address(notice), data={"post": "duty_leader"})
    assert (response.status_code, response.location) == (303, f"/notices/{notice.id}")
    signed = notice.acknowledgement
    assert signed
    assert (signed.by, signed.post) == (getattr(cast, who), "duty_leader")
    assert (notice.stage, notice.rectification.stage) == ("acknowledged", "in_progress")
    assert notice.viewed_at == signed.at == notice.rectification.begun_at
    trace = db.session.scalars(select(Event).where(Event.subject_id == notice.id)).one()
    assert (trace.verb, trace.detail) == ("acknowledge", {"post": "duty_leader"})


def test_signing_twice_is_harmless_and_the_first_stays(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    client_of(cast.outlet).post(address(notice), data=HEAD)
    again = client_of(cast.subbranch).post(address(notice), data={"post": "subbranch_head"})
    assert again.status_code == 303
    assert notice.acknowledgement
    assert notice.acknowledgement.by == cast.outlet
    assert db.session.scalar(select(func.count()).select_from(Acknowledgement)) == 1


def test_two_who_sign_at_once_make_one_acknowledgement(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    calls = [
        request(client_of(person), address(notice), data=HEAD)
        for person in (cast.outlet, cast.subbranch, cast.outlet, cast.subbranch)
    ]
    assert statuses(at_once(*calls)) == [303] * 4
    assert db.session.scalar(select(func.count()).select_from(Acknowledgement)) == 1
    assert db.session.scalar(select(func.count()).where(Event.subject_id == notice.id)) == 1


@pytest.mark.parametrize("signed", [False, True])
def test_nobody_else_signs_for_the_branch(cast: Cast, notice: Notice, signed: bool) -> None:
    if signed:
        notice.acknowledge(post="outlet_head", by=cast.outlet, at=MONDAY)
    for person in (cast.channel, cast.leader, cast.admin, cast.inspector, cast.shopper):
        with pytest.raises(Problem, match=r"move\.not_yours"):
            notice.acknowledge(post="outlet_head", by=person, at=MONDAY)


@pytest.mark.parametrize("post", ["", "王芳", "x" * 100])
def test_one_signs_in_a_post_never_by_name(
    cast: Cast, client_of: ClientOf, notice: Notice, post: str
) -> None:
    response = client_of(cast.outlet).post(address(notice), data={"post": post})
    assert response.status_code == 422
    assert notice.acknowledgement is None


def test_every_post_can_sign(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    for n, post in enumerate(POSTS):
        notice = rows.a_notice_at(cast, visit, n, "issued")
        client_of(cast.outlet).post(address(notice), data={"post": post})
        assert notice.acknowledgement
        assert notice.acknowledgement.post == post


def test_the_due_day_runs_on_whether_signed_or_not(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    due_on = notice.rectification.due_on
    client_of(cast.outlet).post(address(notice), data=HEAD)
    assert notice.rectification.due_on == due_on


def test_htmx_gets_the_notice_in_its_new_state(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    headers = {"HX-Request": "true"}
    html = client_of(cast.outlet).post(address(notice), data=HEAD, headers=headers).text
    assert f'id="notice-{notice.id}"' in html
    assert "/acknowledgement" not in html
    assert "/reports" in html, "now it can be reported"
