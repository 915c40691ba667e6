"""Merging on the administrator's pages: what it changes is seen first, and only that is done."""

import re

import pytest

from inspector.findings.models import Finding
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.notices.test_merge import NEW, OLD, found  # noqa: F401 - a fixture
from tests.notices.test_repeats import confirmed, seen, told


def digest_in(html: str) -> str:
    return str(re.findall(r'name="digest" value="(\w+)"', html)[0])


def test_what_it_changes_is_seen_first_and_then_done(
    cast: Cast,
    client_of: ClientOf,
    found: list[Finding],  # noqa: F811
) -> None:
    client, address = client_of(cast.admin), f"/branches/{make.branch(OLD).id}"
    assert NEW in client.get(f"{address}/merger").text
    seen_first = client.post(f"{address}/merger", data={"into": NEW}).text
    assert "第 1 次 → 第 2 次" in seen_first
    assert (told(*found), make.branch(OLD).merged_into) == ([1, 1], None)
    said = {"into": NEW, "digest": digest_in(seen_first)}
    assert client.post(f"{address}/merger", data=said).headers["Location"] == address
    assert told(*found) == [1, 2]
    html = client.get(address).text
    assert "已并入" in html
    assert "合并" in html


def test_if_it_would_change_something_else_by_now_it_is_shown_again(
    cast: Cast,
    client_of: ClientOf,
    found: list[Finding],  # noqa: F811
) -> None:
    client, address = client_of(cast.admin), f"/branches/{make.branch(OLD).id}/merger"
    said = {"into": NEW, "digest": digest_in(client.post(address, data={"into": NEW}).text)}
    confirmed(cast, seen(cast, "2026-07-01", at=OLD))
    response = client.post(address, data=said)
    assert response.status_code == 409
    assert "预览之后数据有变动" in response.text
    assert make.branch(OLD).merged_into is None


@pytest.mark.parametrize(("into", "status"), [(OLD, 422), ("YA03", 422), ("YA9999", 404)])
def test_nonsense_is_refused(cast: Cast, client_of: ClientOf, into: str, status: int) -> None:
    address = f"/branches/{make.branch(OLD).id}/merger"
    assert client_of(cast.admin).post(address, data={"into": into}).status_code == status
