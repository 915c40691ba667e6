"""Two mystery visits from the plan to the notices: nothing before the batch is published, and then
the month only."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from inspector import clock
from inspector.db import db
from inspector.findings.raising import submit
from inspector.templating import day, month
from inspector.visits.batches import Batch
from tests import cast as make
from tests.browser.conftest import Site
from tests.browser.records import database, visit_of


def test_mystery_visits_are_published_together_and_told_by_their_month(
    site: Site, open_as: Callable[..., Page]
) -> None:
    channel, outlet = open_as("channel", width=1440), open_as("outlet", width=390)
    for name in outlets(site):
        visit = plan(channel, name)
        took_place(site, visit)
        confirm(channel, visit)
    batch = open_batch(channel)
    nothing_is_told(outlet)

    put_in(channel)
    expect(channel.get_by_role("button", name="发布", exact=True)).to_have_count(0)
    the_day_comes(site)
    publish(channel, batch)
    outlet.goto("/notices?only=all")
    expect(outlet.locator(".empty")).to_be_visible()
    issue(channel)

    told = read_as_branch(outlet)
    with site.app.test_request_context():
        assert month(clock.today()) in told
        assert day(clock.today()) not in told
    assert "赵访" not in told


def outlets(site: Site) -> list[str]:
    """Two outlets of one sub-branch, the first of them that of the outlet head."""
    with database(site):
        return [make.branch(code).name_zh for code in ("YA0302", "YA0301")]


def plan(page: Page, outlet: str) -> str:
    """The channel department plans a mystery visit. Returns its path."""
    page.goto("/visits/new")
    page.select_option("#branch", label=outlet)
    for select, word in (("#version", "神秘人检查"), ("#inspector", "赵访")):
        option = page.locator(f"{select} option", has_text=re.compile(f"^{word}"))
        page.select_option(select, label=option.inner_text())
    page.fill("#planned_on", clock.today().isoformat())
    page.get_by_role("button", name="安排", exact=True).click()
    page.wait_for_url(re.compile(r"/visits/[0-9a-f-]{36}"))
    return page.url.removeprefix(page.url.split("/visits/")[0])


def took_place(site: Site, path: str) -> None:
    """The shopper was there today, found one fault, and sent it in."""
    with database(site):
        visit = visit_of(path)
        make.answered(visit, ("MY-GRE-01",))
        visit.started_at = clock.now()
        submit(visit, by=visit.inspector, at=clock.now())


def confirm(page: Page, visit: str) -> None:
    """The review is closed; the notices are held."""
    page.goto(visit)
    page.get_by_role("button", name="确认其余问题并结束审核").click()
    page.locator("#confirm").get_by_role("button", name="确认").click()
    expect(page.locator("#visit-result")).to_contain_text("已审核")
    expect(page.locator("article.finding").first).to_contain_text("待发布")
    expect(page.get_by_role("button", name=re.compile("下发"))).to_have_count(0)


def open_batch(page: Page) -> str:
    """A batch for this quarter, to be published tomorrow. Returns its address."""
    page.goto("/visits")
    page.get_by_role("link", name="发布批次").click()
    expect(page.locator("main")).to_contain_text("尚有2次")
    page.fill("#publish_on", clock.days_after(clock.today(), 1).isoformat())
    page.get_by_role("button", name="建立批次").click()
    page.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}"))
    return page.url


def nothing_is_told(page: Page) -> None:
    """The outlet's lists are empty."""
    for path in ("/visits", "/findings", "/notices?only=all"):
        page.goto(path)
        expect(page.locator(".empty")).to_be_visible()


def put_in(page: Page) -> None:
    """Both are proposed and go in."""
    expect(page.locator(".checks input:checked")).to_have_count(2)
    page.get_by_role("button", name="纳入批次").click()
    expect(page.get_by_role("button", name="移出")).to_have_count(2)


def the_day_comes(site: Site) -> None:
    """It is the day of the batch."""
    with database(site):
        db.session.query(Batch).update({Batch.publish_on: clock.today()})


def publish(page: Page, batch: str) -> None:
    """The batch is published, after a question."""
    page.goto(batch)
    page.get_by_role("button", name="发布", exact=True).click()
    page.locator("#confirm").get_by_role("button", name="确认").click()
    expect(page.locator("main")).to_contain_text("录像留存")


def issue(page: Page) -> None:
    """All notices of the batch are issued at once."""
    page.get_by_role("button", name="下发 2 份通知书").click()
    page.locator("#confirm").get_by_role("button", name="确认").click()
    expect(page.get_by_role("button", name=re.compile("下发"))).to_have_count(0, timeout=20_000)


def read_as_branch(page: Page) -> str:
    """All that the outlet reads of its visit and of its one notice, but for its days."""
    page.goto("/visits")
    told = page.locator("main").inner_text()
    page.locator("table a").click()
    expect(page.locator("#visit-result")).to_contain_text("已发布")
    told += page.locator("#visit-result").inner_text() + page.locator(".findings").inner_text()
    page.locator(".finding a", has_text="号").click()
    expect(page.get_by_role("button", name="签收", exact=True)).to_be_visible()
    return (
        told + page.locator(".card", has=page.get_by_role("heading", name="存在问题")).inner_text()
    )
