"""O, the other 60 %: typed in with its history, or left blank; never invented."""

from datetime import datetime
from decimal import Decimal

import pytest

from inspector import clock
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.scores import other
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.scores.quarters import LATER, Q3, frozen, the_worked_example

PATH = "/scores/2026Q3/YA03/other"


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, 10, tzinfo=SHANGHAI))


def test_while_it_is_blank_there_is_no_q(cast: Cast, client_of: ClientOf) -> None:
    the_worked_example(cast)
    page = client_of(cast.channel).get("/scores/2026Q3/YA03").text
    assert "检查部分得 32.48 分（满分 40 分）" in page
    assert "86.78" not in page


def test_typed_in_it_makes_the_q_of_the_worked_example(cast: Cast, client_of: ClientOf) -> None:
    the_worked_example(cast)
    client = client_of(cast.channel)
    assert (
        client.post(PATH, data={"value": "90.5", "source": "服务质量监测系统"}).status_code == 303
    )
    for path in ("/scores/2026Q3/YA03", "/scores?quarter=2026Q3"):
        assert "86.78" in client.get(path).text, path
    own = client_of(cast.subbranch).get("/scores/2026Q3/YA03").text
    assert "86.78" in own
    assert "服务质量监测系统" in own
    assert cast.channel.name not in own


def test_every_entry_stays_readable_and_blank_is_blank_again(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.channel)
    for value in ("90.50", "91", "91", ""):
        assert client.post(PATH, data={"value": value}).status_code == 303
    entries = other.history_of(Q3, make.branch("YA03"))
    assert {entry.value for entry in entries} == {Decimal("90.5"), Decimal(91), None}
    page = client.get("/scores/2026Q3/YA03").text
    assert page.count("填入") == 2
    assert "留空" in page


@pytest.mark.parametrize("value", ["101", "-1", "90.555", "ninety", "NaN", "1e5"])
def test_what_is_no_such_number_is_refused_beside_the_field(
    cast: Cast, client_of: ClientOf, value: str
) -> None:
    answer = client_of(cast.channel).post(PATH, data={"value": value})
    assert answer.status_code == 422
    assert "请填 0 到 100 的数" in answer.text
    assert f'value="{value}"' in answer.text
    assert other.others(Q3) == {}


def test_nought_is_a_number(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.channel).post(PATH, data={"value": "0"})
    assert other.others(Q3) == {make.branch("YA03").id: Decimal(0)}


def test_only_the_channel_department_enters_it_and_only_of_a_sub_branch(
    cast: Cast, client_of: ClientOf
) -> None:
    for who in ("leader", "admin"):
        assert client_of(getattr(cast, who)).post(PATH, data={"value": "9"}).status_code == 403
    outlet = "/scores/2026Q3/YA0302/other"
    assert client_of(cast.channel).post(outlet, data={"value": "9"}).status_code == 404


def test_in_a_confirmed_quarter_a_blank_can_be_filled_and_nothing_else_changed(
    cast: Cast, client_of: ClientOf
) -> None:
    the_worked_example(cast)
    client = client_of(cast.channel)
    client.post("/scores/2026Q3/YA01/other", data={"value": "80"})
    frozen(cast).confirm(by=cast.leader, at=LATER)
    db.session.flush()
    assert client.post("/scores/2026Q3/YA01/other", data={"value": "81"}).status_code == 409
    assert client.post("/scores/2026Q3/YA01/other", data={"value": ""}).status_code == 409
    assert client.post(PATH, data={"value": "90.50"}).status_code == 303
    assert "86.78" in client.get("/scores/2026Q3/YA03").text
