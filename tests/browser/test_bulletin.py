"""A quarter is frozen, its bulletin is read as a draft and issued, and a branch reads it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from inspector import clock
from inspector.clock import Quarter
from tests.browser.conftest import Site
from tests.browser.test_quarter import freeze, visits_of


def test_a_bulletin_is_issued_and_every_branch_reads_it(
    site: Site, open_as: Callable[..., Page]
) -> None:
    channel, outlet = open_as("channel", width=1440), open_as("outlet", width=390)
    before = Quarter.of(clock.today()).before
    visits_of(site, before)
    freeze(channel, before)

    channel.goto("/bulletins")
    channel.get_by_role("link", name=f"{before.year}年第{before.number}季度").click()
    expect(channel.locator("#ranking tbody tr").first).to_contain_text("吴起支行")
    channel.get_by_role("button", name="印发通报").click()
    channel.locator("dialog[open]").get_by_role("button", name="印发", exact=True).click()
    expect(channel.locator(".flash.done")).to_contain_text("各行均可阅读")
    expect(channel.get_by_role("heading", level=1)).to_contain_text("季度通报")

    outlet.goto("/bulletins")
    outlet.get_by_role("link", name=f"{before.year}年第{before.number}季度").click()
    expect(outlet.locator("#ranking tbody tr").first).to_contain_text("吴起支行")
    paper = outlet.get_by_role("link", name="文件（PDF）").get_attribute("href") or ""
    answer = outlet.request.get(paper)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
