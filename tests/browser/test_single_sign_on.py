"""Through the bank's own sign-in in a real browser: at a desk, and on a tablet that goes from hand
to hand. The provider is a real one, at another site than ours."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import (
    ENTRY,
    NOTE,
    House,
    Tablet,
    armed,
    expect_recorded,
    record,
    sign_out,
    take_along,
)
from tests.oidc.provider import SECRET, RealProvider

ACCOUNTS = {f"s-{name}": {"preferred_username": name} for name in ("inspector", "colleague")}
ACCOUNTS["s-channel"] = {"preferred_username": "channel"}


@pytest.fixture(scope="module")
def provider() -> Iterator[RealProvider]:
    """The process, which is ended with the module."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not there: requirements-node.txt brings it")
    made = RealProvider(node)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def settings(provider: RealProvider) -> dict[str, str]:
    """Single sign-on beside the passwords; who signs out here does so there, too."""
    return {
        "INSPECTOR_OIDC_SIGN_OUT_THERE": "yes",
        "INSPECTOR_OIDC_TIMEOUT_SECONDS": "30",
        "INSPECTOR_OIDC_ISSUER": provider.issuer,
        "INSPECTOR_OIDC_CLIENT_ID": "inspector",
        "INSPECTOR_OIDC_CLIENT_SECRET": SECRET,
    }


@pytest.fixture(autouse=True)
def honest(provider: RealProvider, house: House) -> None:
    """The provider knows these accounts, and where our server is."""
    provider.be(base=house.server.url, accounts=ACCOUNTS)


def test_the_button_leads_to_the_provider_and_back_to_where_one_was(
    house: House, machine: Tablet
) -> None:
    page = machine.on()
    page.goto("/notices?only=overdue")
    press_single_sign_on(page)
    prove(page, "s-channel")
    expect(page).to_have_url(f"{house.server.url}/notices?only=overdue")
    page.locator(".menu summary").click()
    expect(page.locator(".menu .who")).to_contain_text("张渠")


def test_who_signs_out_here_signs_out_there_and_is_asked_the_next_time(
    house: House, machine: Tablet
) -> None:
    page = machine.on()
    page.goto("/visits")
    press_single_sign_on(page)
    prove(page, "s-channel")
    sign_out(page)
    page.get_by_role("button", name="Leave the provider").click()
    page.wait_for_url("**/sign-in*")
    press_single_sign_on(page)
    expect(page.get_by_label("Account")).to_be_visible()


def test_who_cancels_there_is_back_at_the_sign_in_page(house: House, machine: Tablet) -> None:
    page = machine.on()
    page.goto("/visits")
    press_single_sign_on(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert").first).to_contain_text("取消了登录")
    press_single_sign_on(page)
    prove(page, "s-channel")
    expect(page).to_have_url(f"{house.server.url}/visits")


def test_it_unlocks_the_tablet_for_its_person_and_for_nobody_else(
    house: House, machine: Tablet, photo: Path
) -> None:
    visit = house.visit()
    page = machine.on()
    page.goto("/visits")
    press_single_sign_on(page)
    prove(page, "s-inspector")
    take_along(page, visit)
    house.server.kill()
    page.goto(f"/visits/{visit}")
    record(page, photo)

    page.goto("/visits")
    lock(page)
    expect(page.locator("[data-locked]")).to_be_visible()
    house.server.start()
    page.goto("/visits")
    press_single_sign_on(page)
    expect(page.get_by_label("Account")).to_be_visible()  # although the provider remembers Li
    prove(page, "s-colleague")
    expect(page.locator("[data-others]")).to_contain_text("李巡在本机上有 4 条记录")
    assert page.goto(f"/visits/{visit}").status == 404  # type: ignore[union-attr]
    assert house.stored(visit) == ("", "", 0, 0), "nobody else sends it"

    page.goto("/visits")
    lock(page)
    press_single_sign_on(page)
    prove(page, "s-inspector")
    page.goto(f"/visits/{visit}")
    expect_recorded(page)
    expect(page.locator(".dock")).to_have_attribute("data-phase", "idle", timeout=15_000)
    assert house.stored(visit) == (ENTRY[1], NOTE, 1, 4)
    house.server.kill()
    page.goto(f"/visits/{visit}")
    armed(page)
    expect_recorded(page)


def test_nothing_is_open_any_more_once_somebody_goes_to_the_provider(
    house: House, machine: Tablet
) -> None:
    visit = house.visit()
    page = machine.on()
    page.goto("/visits")
    press_single_sign_on(page)
    prove(page, "s-inspector")
    take_along(page, visit)
    machine.end_session()
    page.goto("/visits")
    press_single_sign_on(page)
    expect(page.get_by_label("Account")).to_be_visible()
    house.server.kill()
    page.goto(f"{house.server.url}/visits/{visit}")
    expect(page.locator("[data-locked]")).to_be_visible()


def press_single_sign_on(page: Page) -> None:
    """On the sign-in page."""
    page.get_by_role("link", name="统一登录").click()


def prove(page: Page, account: str) -> None:
    """At the provider's page; it leads back to us."""
    page.get_by_label("Account").fill(account)
    page.get_by_role("button", name="Sign in here").click()
    page.wait_for_url(
        lambda address: "single-sign-on" not in address and "localhost" not in address
    )


def lock(page: Page) -> None:
    """Through the menu."""
    page.locator(".menu summary").click()
    page.locator(".menu [data-lock]").click()
