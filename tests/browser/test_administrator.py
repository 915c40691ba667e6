"""The administrator: a file with mistakes is mended, looked at, imported; somebody leaves."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from inspector.people.queries import person_called
from tests import cast as make
from tests.browser import records
from tests.browser.conftest import Site

PASSWORD = "three quiet herons 41"
HEAD = "账号,姓名,角色,机构代码,邮箱"
NEW = "sunxun,孙巡,检查员,YA,sun@bank.example"
CHANGED = "other_outlet,钟新,网点负责人,YA0102,zhong@bank.example"


@pytest.fixture
def choose(tmp_path: Path) -> Callable[..., None]:
    """Choose a file as Excel in China saves it, and look at what it would do."""

    def choose(page: Page, *lines: str) -> None:
        file = tmp_path / "人员.csv"
        file.write_bytes("\r\n".join((HEAD, *lines)).encode("gbk"))
        page.set_input_files("#file", file)
        page.get_by_role("button", name="预览").click()

    return choose


def test_people_are_imported_after_their_file_is_mended(
    site: Site, open_as: Callable[..., Page], choose: Callable[..., None]
) -> None:
    page = open_as("admin", width=1440)
    page.get_by_role("link", name="人员", exact=True).click()
    page.get_by_role("link", name="导入导出").click()
    choose(page, NEW.replace("检查员", "检察员"), CHANGED.replace("YA0102", "YA01"))
    expect(page.get_by_text("有 2 处错误，不能导入")).to_be_visible()
    wrong = page.locator("tr.late")
    expect(wrong.first).to_contain_text("角色")
    expect(wrong.first).to_contain_text("检察员")
    expect(wrong.last).to_contain_text("网点负责人应归属网点")
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    choose(page, NEW, CHANGED)
    expect(page.get_by_text("新增 1 条，修改 1 条，不变 0 条")).to_be_visible()
    expect(page.get_by_text("文件按 GBK 编码读取")).to_be_visible()
    page.get_by_role("link", name="修改 1").click()
    expect(page.locator("tbody")).to_contain_text("中心街负责人 → 钟新")
    with records.database(site):
        assert person_called("sunxun") is None
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("已导入：新增 1 条，修改 1 条。")).to_be_visible()
    expect(page.get_by_role("link", name="孙巡")).to_be_visible()
    with records.database(site):
        sun = person_called("sunxun")
        assert sun is not None
        assert sun.name == "孙巡"


def test_somebody_who_leaves_is_closed_and_can_come_back(
    site: Site, open_as: Callable[..., Page]
) -> None:
    with records.database(site) as cast:
        make.a_visit(cast)
    theirs = open_as("inspector")
    page = open_as("admin", width=390, scheme="dark")
    page.goto("/people")
    page.get_by_label("姓名、账号或机构").fill("李巡")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="李巡").click()
    expect(page.locator("#in-hand")).to_contain_text("吴起支行胜利路网点")
    page.get_by_role("button", name="停用账号…").click()
    question = page.locator("#closing")
    expect(question).to_contain_text("停用 李巡 的账号？")
    expect(question).to_contain_text("此人还有未完成的工作")
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    page.get_by_role("button", name="停用账号…").click()
    question.get_by_label("理由").fill("调往榆林")
    question.get_by_role("button", name="停用账号", exact=True).click()
    expect(page.get_by_text("账号已停用。")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("调往榆林")
    expect(page.locator("#in-hand")).to_contain_text("账号停用时尚未完成")
    theirs.goto("/visits")
    expect(theirs.get_by_label("密码")).to_be_visible()
    page.get_by_role("button", name="重新启用").click()
    page.locator("#confirm").get_by_role("button", name="确认").click()
    expect(page.get_by_text("账号已重新启用。")).to_be_visible()


def test_whoever_is_added_chooses_the_password_by_a_link(
    open_as: Callable[..., Page],
) -> None:
    page = open_as("admin")
    page.goto("/people/new")
    page.get_by_label("账号").fill("zhoufang")
    page.get_by_label("姓名").fill("周访")
    page.get_by_label("角色").select_option(label="非现场检查员")
    page.get_by_role("button", name="添加").click()
    link = page.get_by_label("链接").input_value()
    path = "/password/" + link.rpartition("/")[2]
    page.get_by_role("link", name="查看账号").click()
    expect(page.get_by_text("此账号还没有密码")).to_be_visible()
    page.context.clear_cookies()
    page.goto(path)
    for field in ("#new", "#again"):
        page.fill(field, PASSWORD)
    page.get_by_role("button", name="设置密码").click()
    page.fill("#username", "ZhouFang")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator("details.menu summary")).to_have_text("周访")
