"""O comes from a file: its bad rows are named, nothing is half imported, and what the columns mean
is said once."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from inspector import clock
from inspector.clock import Quarter
from inspector.scores import other
from tests.browser.conftest import Site
from tests.browser.records import database

HEAD = "机构名称,客户满意度,平均等候（分钟）,中高端客户超时率,投诉件数,丁"
"""As the queue system exports it, but for the last, which says nothing of itself."""


def test_a_file_of_the_queue_system_is_mended_and_becomes_the_other_part(
    site: Site, open_as: Callable[..., Page], tmp_path: Path
) -> None:
    quarter, page = Quarter.of(clock.today()).before, open_as("channel", width=1440)

    def choose(*lines: str) -> None:
        file = tmp_path / "服务质量.csv"
        file.write_bytes("\r\n".join((HEAD, *lines)).encode("gbk"))
        page.set_input_files("#file", file)
        page.get_by_role("button", name="预览").click()

    page.goto(f"/scores?quarter={quarter}")
    page.get_by_role("link", name="导入 O").click()
    choose("吴起支行,98.2%,12.5,3.1,0,90.50", "火星支行,98,1,1,0,88", "宝塔支行,高,9,2,1,86")
    expect(page.get_by_text("有 2 处错误，不能导入")).to_be_visible()
    wrong = page.locator("tr.late")
    expect(wrong).to_have_count(2)
    expect(wrong.first).to_contain_text(re.compile("3.*机构名称.*火星支行", re.DOTALL))
    expect(wrong.last).to_contain_text(re.compile("4.*客户满意度", re.DOTALL))
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)

    page.get_by_role("link", name="换一个文件").click()
    good = "吴起支行,98.2%,12.5,3.1,0,90.50", "宝塔支行,97,9,2,1,86"
    choose(*good)
    page.get_by_label("丁").select_option("其他部分 O")
    page.get_by_role("button", name="重新预览").click()
    expect(page.get_by_role("row", name=re.compile("吴起支行"))).to_contain_text("90.50")
    assert stands(site, quarter) == []
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("2 个支行")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("吴起支行"))).to_contain_text("90.50")
    assert stands(site, quarter) == ["86.00", "90.50"]

    page.get_by_role("link", name="导入 O").click()
    choose(good[0].replace("90.50", "91"))
    expect(page.get_by_label("丁")).to_have_value("value")
    expect(page.get_by_role("row", name=re.compile("吴起支行"))).to_contain_text("91.00")


def stands(site: Site, quarter: Quarter) -> list[str]:
    """What O is, as it is stored."""
    with database(site):
        return sorted(f"{value:.2f}" for value in other.others(quarter).values())
