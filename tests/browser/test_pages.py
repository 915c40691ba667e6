"""What every page of the desk does beyond HTML, and what it does without JavaScript: one press
counts once, a question is asked first, a refusal is said where one looks, the other language is one
press away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route, expect
from sqlalchemy import func, select

from inspector import clock
from inspector.db import db
from inspector.visits.models import Visit
from tests import cast as make
from tests.browser import records
from tests.browser.conftest import Site

CODE = "ON-RAK-02"


@pytest.fixture
def visit(site: Site) -> str:
    """A visit to review, with one finding. The path of its page."""
    with records.database(site) as cast:
        return f"/visits/{make.submitted(cast, (CODE,)).id}"


@pytest.fixture
def draft(site: Site) -> str:
    """A draft notice. The path of its page."""
    with records.database(site) as cast:
        return f"/notices/{make.drafted(cast).id}"


def test_a_form_pressed_twice_is_sent_once(site: Site, open_as: Callable[..., Page]) -> None:
    page = open_as("channel")
    page.goto("/visits/new")
    page.select_option("#branch", label="宝塔支行新区网点")
    for name, word in {"version": "非现场检查", "inspector": "陈阅"}.items():
        label = page.locator(f"#{name} option", has_text=word).inner_text()
        page.select_option(f"#{name}", label=label)
    page.fill("#planned_on", "2026-11-24")
    held: list[Route] = []
    page.route("**/visits", lambda route: held.append(route))  # the server takes its time
    page.get_by_role("button", name="安排", exact=True).hover()
    with page.expect_request("**/visits"):
        press(page)
    press(page)
    held[0].continue_()
    page.wait_for_url("**/visits/*-*")
    assert len(held) == 1
    with records.database(site):
        at_the_outlet = Visit.branch_id == make.branch("YA0108").id
        assert db.session.scalar(select(func.count()).where(at_the_outlet)) == 1


def test_a_button_that_changes_a_part_of_the_page_is_sent_once_too(
    visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("channel")
    page.goto(visit)
    sent = posts(page)
    finding = page.locator("article", has_text=CODE)
    finding.get_by_role("button", name="确认", exact=True).dblclick()
    expect(finding.get_by_role("link", name="草稿")).to_be_visible()
    expect(finding.get_by_role("button", name="确认", exact=True)).to_have_count(0)
    assert len(sent) == 1


def test_what_cannot_be_undone_is_asked_first_and_can_be_cancelled(
    draft: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("channel")
    page.goto(draft)
    sent = posts(page)
    issue = page.get_by_role("button", name="下发", exact=True)
    question = page.locator("#confirm")
    issue.click()
    expect(question).to_contain_text("下发这份通知书？现在编号")
    question.get_by_role("button", name="取消").click()
    expect(question).to_be_hidden()
    issue.click()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    assert sent == []
    issue.click()
    question.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("〔2026〕")
    assert len(sent) == 1


def test_what_is_no_longer_possible_is_said_in_words_on_the_page(
    site: Site, visit: str, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    forgive.append("409 (CONFLICT)")
    page = open_as("channel")
    page.goto(visit)
    finding = page.locator("article", has_text=CODE)
    finding.get_by_role("button", name="不予认定").click()
    with records.database(site) as cast:
        records.visit_of(visit).findings[0].confirm(by=cast.channel, at=clock.now())
    finding.locator("dialog textarea").fill("当日已撤换")
    finding.locator("dialog").get_by_role("button", name="不予认定").click()
    problem = page.locator("#problem")
    expect(problem).to_have_text("当前阶段不能办理，请刷新查看最新情况。")
    expect(problem).to_be_in_viewport()
    expect(finding.locator("dialog textarea")).to_have_value("当日已撤换")
    page.reload()
    expect(finding.get_by_role("button", name="不予认定")).to_have_count(0)


def test_the_other_language_is_one_press_away_and_stays_on_the_page(
    open_as: Callable[..., Page],
) -> None:
    page = open_as("channel")
    page.goto("/findings?only=rejected")
    for button, tongue, title in [("English", "en", "Findings"), ("中文", "zh-CN", "问题")]:
        page.get_by_role("button", name=button).click()
        expect(page.locator("html")).to_have_attribute("lang", tongue)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert page.url.endswith("/findings?only=rejected")


def test_without_javascript_a_finding_is_confirmed_issued_and_acknowledged(
    site: Site, visit: str, open_as: Callable[..., Page]
) -> None:
    desk = open_as("channel", script=False)
    desk.goto(visit)
    desk.locator("article", has_text=CODE).get_by_role("button", name="确认", exact=True).click()
    finding = desk.locator("article", has_text=CODE)
    finding.get_by_role("link", name="草稿").click()
    desk.get_by_role("button", name="下发", exact=True).click()
    number = desk.get_by_role("heading", level=1)
    expect(number).to_contain_text("〔2026〕")

    outlet = open_as("outlet", width=390, script=False)
    outlet.goto("/notices")
    outlet.get_by_role("link", name=number.inner_text()).click()
    outlet.get_by_role("button", name="签收", exact=True).click()
    expect(outlet.locator("#report-form")).to_be_visible()
    with records.database(site):
        rectification = records.visit_of(visit).findings[0].rectification
        assert rectification is not None
        assert rectification.notice is not None
        assert rectification.notice.acknowledgement is not None


def press(page: Page) -> None:
    """Press where the pointer is, whatever the button says of itself."""
    page.mouse.down()
    page.mouse.up()


def posts(page: Page) -> list[str]:
    """The paths of the forms that the page sends from now on."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append("/" + request.url.split("/", 3)[3])

    page.on("request", note)
    return sent
