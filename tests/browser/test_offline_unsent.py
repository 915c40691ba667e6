"""What cannot be sent stays, says why, goes out as a file and in again, or is given up by name with
a reason: nothing vanishes without a trace."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import cast as make
from tests.browser import records, tablet
from tests.browser.conftest import Site

NO_NETWORK = "ERR_CONNECTION_REFUSED"


@pytest.fixture
def visit(site: Site) -> str:
    """A planned visit with the short questionnaire of the mystery shopper."""
    return records.planned(site)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a camera gives it."""
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(make.picture_bytes("indianred", (1600, 1200)))
    return file


def open_unsent(page: Page) -> None:
    """Open the page of unsent work."""
    page.goto("/unsent")
    tablet.expect_armed(page)


def take_along(page: Page, visit: str) -> None:
    """Take a visit along, so that all pages open without a network."""
    row = page.locator(f"take-along[data-visit='{visit.split('/')[2]}']")
    row.locator("button").click()
    expect(row.locator("[data-state]")).to_have_text("离线可用", timeout=30_000)


def save_all(page: Page, folder: Path) -> Path:
    """Save all unsent work as a file."""
    with page.expect_download() as download:
        page.locator("[data-save-all]").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def test_unsent_work_goes_out_as_a_file_and_into_another_tablet_which_sends_it(
    site: Site,
    visit: str,
    photo: Path,
    tmp_path: Path,
    open_as: Callable[..., Page],
    forgive: list[str],
) -> None:
    forgive.append(NO_NETWORK)
    page = open_as("shopper")
    take_along(page, visit)
    tablet.open_visit(page, visit)
    other = open_as("shopper")
    site.stop()
    try:
        tablet.answer(page, "MY-ARR-01", "no")
        tablet.write(page, "MY-ARR-01", "note", "门头灯箱缺字")
        tablet.take_photo(page, "MY-ARR-01", photo)
        tablet.expect_state(page, "MY-ARR-01", "已存本机")
        open_unsent(page)
        card = page.locator("[data-visits] section")
        expect(card).to_contain_text("待发送：记录 4 条，照片 1 张")
        file = save_all(page, tmp_path)
        expect(page.locator("[data-said]")).to_contain_text("发送之前，这些内容仍保留在本机上")
        page.locator("[data-take-in]").set_input_files(file)
        expect(page.locator("[data-said]")).to_contain_text("该文件由本机保存")
    finally:
        site.start()
    with zipfile.ZipFile(file) as archive:
        told = archive.read("read-me.html").decode()
    assert "门头灯箱缺字" in told
    assert "胜利路" in told
    page.close()  # the tablet is broken
    open_unsent(other)
    other.locator("[data-take-in]").set_input_files(file)
    expect(other.locator("[data-said]")).to_contain_text("已导入 4 条记录")
    records.expect_answers(site, visit, {"MY-ARR-01": "no"})
    expect(other.locator("[data-unsent]")).to_have_text("本机没有待发送的记录。", timeout=15_000)
    with records.database(site):
        kept = records.visit_of(visit)
        assert [shot.picture is not None for shot in kept.photos] == [True]
        assert [answer.note for answer in kept.answers.values()] == ["门头灯箱缺字"]
