"""The channel department in the ledger: narrow it, keep that as a view, tick, strike off."""

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from inspector.db import db
from inspector.findings.models import Rectification
from tests import cast as make
from tests import rows
from tests.browser.conftest import Site


@pytest.fixture(scope="module")
def numbers(site: Site) -> list[str]:
    """Two notices whose reports wait, of which the department itself wrote one; and others."""
    with site.app.test_request_context():
        cast = make.Cast.now()
        waiting = [make.reported(cast), make.reported(cast)]
        waiting[1].rectification.reports[0].reported_by = cast.channel
        visit = rows.a_visit_at(cast, "confirmed", at="YA0102", kind="offsite")
        for n in range(3):
            rows.a_notice_at(cast, visit, n, "issued", seq=50 + n)
        found = [notice.number or "" for notice in waiting]
        db.session.commit()
        db.session.remove()
    return found


def test_from_the_filter_to_the_results(
    site: Site, open_as: Callable[..., Page], numbers: list[str]
) -> None:
    page = open_as("channel", width=1440)
    page.get_by_role("link", name="整改台账").click()
    rows_ = page.locator("tbody tr")
    expect(rows_).to_have_count(5)

    page.get_by_role("link", name=re.compile("^待验收")).click()
    expect(rows_).to_have_count(2)
    page.get_by_role("searchbox").fill("吴起")
    page.get_by_role("button", name="查询").click()
    page.wait_for_url(re.compile("stage=to_verify.*q="))
    expect(rows_).to_have_count(2)

    page.get_by_text("将当前筛选保存为视图").click()
    page.get_by_label("视图名称").fill("吴起待验收")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="整改台账").first.click()
    page.get_by_role("link", name="吴起待验收").click()
    expect(rows_).to_have_count(2)
    with page.expect_download() as fetched:
        page.get_by_role("link", name="XLSX").click()
    book = load_workbook(io.BytesIO(fetched.value.path().read_bytes()))
    assert {row[1] for row in book.worksheets[0].iter_rows(min_row=3, values_only=True)} == {
        *numbers
    }

    page.get_by_label("全选本页").check()
    page.get_by_role("button", name="销号").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("确认复查通过并销号？")
    page.get_by_role("button", name="销号").click()
    expect(rows_).to_have_count(2)
    done = rows_.filter(has_text=numbers[0])
    refused = rows_.filter(has_text=numbers[1])
    expect(done).to_contain_text("已办理")
    expect(refused).to_contain_text("未办理")
    page.get_by_role("link", name="返回台账").click()
    expect(rows_).to_have_count(1)
    expect(rows_).to_contain_text(numbers[1])
    with site.app.app_context():
        closed = db.session.query(Rectification).filter(Rectification.closed_at.is_not(None))
        assert closed.count() == 1
