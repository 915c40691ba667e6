"""What is known of an outlet, taken along: earlier findings with their photos, read beside the
items after a cold start without a server, sealed on the disk, renewed when the server has more."""

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from inspector.db import db
from inspector.findings.models import ReportPhoto
from inspector.photos.models import keep
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.browser import tablet
from tests.browser.house import House, Tablet, armed, beside, take_along
from tests.cast import MONDAY, Cast


@pytest.fixture(scope="module", autouse=True)
def allowed() -> Iterator[None]:
    """Visits that nobody planned may be begun."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INSPECTOR_UNPLANNED_VISITS", "yes")
        yield


BUMP, SIGN = "ON-ENV-05", "ON-ENV-04"
PHOTOS = "**/pack/photos/**"
SEALED = """async () => {
  const name = (await caches.keys()).find((one) => one.startsWith("album-"));
  const kept = await (await caches.open(name)).matchAll();
  const bytes = await Promise.all(kept.map((one) => one.arrayBuffer()));
  const plain = bytes.filter((one) => new Uint8Array(one, 12, 3).join() === "255,216,255");
  return [bytes.length, plain.length];
}"""
DROP_ONE = """async () => {
  const name = (await caches.keys()).find((one) => one.startsWith("album-"));
  const album = await caches.open(name);
  await album.delete((await album.keys())[0]);
}"""


def test_earlier_findings_are_read_beside_the_item_after_a_cold_start_without_a_server(
    house: House, machine: Tablet
) -> None:
    found_before(house, BUMP)
    visit = house.visit()
    machine.on()
    take_along(machine.sign_in("inspector"), visit)
    assert machine.page.evaluate(SEALED) == [4, 0]
    machine.off()
    house.server.kill()

    page = machine.on()
    page.goto("/visits")
    expect(beside(page, visit)).to_have_attribute("data-standing", "ready")
    expect(beside(page, visit)).to_contain_text("带走")
    page.goto(f"/visits/{visit}")
    armed(page)
    expect(page.locator("details[data-earlier] > summary")).to_contain_text("1 项整改中")
    tablet.go_to(page, "ENV")
    earlier = tablet.item(page, BUMP).locator(".earlier")
    earlier.locator("summary").click()
    expect(earlier).to_contain_text("每周一逐格检查")
    photos = earlier.locator(".photo img")
    expect(photos).to_have_count(2)
    for photo in photos.all():
        photo.scroll_into_view_if_needed()
        expect_picture(photo)
    photos.first.click()
    large = page.locator("#earlier-photo img")
    expect(large).to_be_visible()
    expect_picture(large)
    page.locator("#earlier-photo [data-close]").click()
    tablet.answer(page, BUMP, "no")
    tablet.write(page, BUMP, "note", "回头看：仍未整改。")
    tablet.item(page, BUMP).locator("[data-text='note']").blur()
    expect(tablet.item(page, BUMP).locator("[data-state]")).to_have_text("已存本机")


def test_taking_along_goes_on_where_it_broke_off_and_is_renewed_when_there_is_more(
    house: House, machine: Tablet
) -> None:
    found_before(house, BUMP)
    visit = house.visit()
    asked: list[str] = []
    gone: list[str] = []

    def answer(route: Route) -> None:
        if len(asked) == 1 and not gone:
            gone.append(route.request.url)
            route.fulfill(status=503)
        else:
            asked.append(route.request.url)
            route.continue_()

    machine.on()
    page = machine.sign_in("inspector")
    page.context.route(PHOTOS, answer)
    expect(beside(page, visit)).to_have_attribute("data-standing", "absent", timeout=30_000)
    beside(page, visit).locator("button").click()
    expect(beside(page, visit)).to_have_attribute("data-standing", "unreachable", timeout=30_000)
    beside(page, visit).locator("button").click()
    expect_ready(page, visit)
    assert len(set(asked)) == len(asked)  # none was asked for twice that had come
    before = len(asked)

    found_before(house, SIGN, colours=("teal", "olive"))
    with page.context.expect_event("requestfinished", lambda _: len(asked) == before + 4):
        page.reload()
    expect_ready(page, visit)
    house.server.kill()
    page.goto(f"/visits/{visit}/pack")
    earlier = page.locator(".earlier", has_text=SIGN)
    earlier.locator("summary").click()
    for photo in earlier.locator(".photo img").all():
        photo.scroll_into_view_if_needed()
        expect_picture(photo)

    page.goto("/visits")
    expect_ready(page, visit)
    page.evaluate(DROP_ONE)
    page.reload()
    expect(beside(page, visit)).to_have_attribute("data-standing", "incomplete")


def test_a_visit_that_nobody_planned_is_begun_without_a_server_and_arrives_once(
    house: House, machine: Tablet
) -> None:
    machine.on()
    card = machine.sign_in("inspector").locator("[data-unplanned]")
    expect(card).to_have_attribute("data-standing", "ready", timeout=30_000)
    machine.off()
    house.server.kill()

    page = machine.on()
    page.goto("/visits")
    page.locator("[data-unplanned] > summary").click()
    expect(page.locator("[data-unplanned]")).to_have_attribute("data-standing", "ready")
    page.select_option("[name=branch]", label="宝塔支行新区网点")
    page.locator("[data-unplanned] button").click()
    page.wait_for_url("**/visits/*-*")
    armed(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("宝塔支行新区网点")
    tablet.go_to(page, "ENV")
    tablet.answer(page, SIGN, "yes")
    expect(tablet.item(page, SIGN).locator("[data-state]")).to_have_text("已存本机")
    machine.off()

    page = machine.on()
    page.goto("/visits")
    page.locator("[data-begun] a").click()
    armed(page)
    tablet.go_to(page, "ENV")
    expect(tablet.item(page, SIGN).locator("input[value='yes']")).to_be_checked()
    house.server.start()
    page.reload()  # the server has not heard of it, and the tablet goes on
    tablet.expect_received(page, SIGN)
    page.reload()
    tablet.expect_received(page, SIGN)
    page.goto("/visits")
    expect(page.locator("tr", has_text="宝塔支行新区网点")).to_contain_text("临时")
    expect(page.locator("[data-begun] a")).to_have_count(0)
    with house.app.app_context():
        at_the_outlet = select(Visit).where(Visit.branch_id == make.branch("YA0108").id)
        visit = db.session.scalars(at_the_outlet).one()
        assert visit.is_unplanned
        assert [answer.value for answer in visit.answers.values()] == ["yes"]
        db.session.remove()


def test_a_visit_that_the_server_refuses_says_why_on_the_list_until_it_is_given_up(
    house: House, machine: Tablet
) -> None:
    page = machine.on()
    machine.sign_in("inspector")
    card = page.locator("[data-unplanned]")
    expect(card).to_have_attribute("data-standing", "ready", timeout=30_000)
    with house.app.app_context():  # meanwhile the outlet goes on as another
        make.branch("YA0107").merged_into_id = make.branch("YA0101").id
        name = make.branch("YA0107").name_zh
        db.session.commit()
        db.session.remove()
    card.locator("summary").click()
    page.select_option("[name=branch]", label=name)
    card.locator("button").click()
    page.wait_for_url("**/visits/*-*")
    armed(page)
    expect(page.get_by_role("button", name="有 1 项未被接受")).to_be_visible(timeout=15_000)

    page.goto("/visits")
    begun = page.locator("[data-begun] li")
    expect(begun).to_contain_text(name)
    expect(begun).to_contain_text("未被接受：")
    page.goto("/unsent")
    page.locator("[data-discard]").click()
    page.locator("#discard-name").fill(name)
    page.locator("#discard-reason").fill("网点已撤并")
    page.get_by_role("button", name="确认放弃").click()
    expect(page.locator("[data-said]")).to_contain_text("理由已记录")
    page.goto("/visits")
    expect(card).to_have_attribute("data-standing", "ready")
    expect(begun).to_have_count(0)


def found_before(
    house: House, code: str, colours: tuple[str, str] = ("indianred", "seagreen")
) -> None:
    """A finding at the outlet where the visits take place, reported as put right, with a photo of
    each state."""
    with house.app.test_request_context():
        cast = Cast.now()
        found = rows.a_visit_at(cast, "confirmed", at="YA0102")
        n = [item.code for item in found.version.items].index(code)
        notice = rows.a_notice_at(cast, found, n, "reported", seq=uuid.uuid4().int % 10_000 + 1)
        size = (1280, 960)
        before = keep(make.picture_bytes(colours[0], size), by=cast.inspector, at=MONDAY)
        after = keep(make.picture_bytes(colours[1], size), by=cast.outlet, at=MONDAY)
        rows.a_photo(found, n, sha256=before.sha256)
        report = notice.rectification.reports[-1]
        report.photos.append(ReportPhoto(id=uuid.uuid4(), picture=after))
        db.session.commit()
        db.session.remove()


def expect_ready(page: Page, visit: str) -> None:
    """It is said that the visit would open without a network."""
    expect(beside(page, visit)).to_have_attribute("data-standing", "ready", timeout=30_000)


def expect_picture(image: Locator) -> None:
    """The picture has arrived, and is one."""
    expect(image).to_have_js_property("complete", True)
    expect(image).not_to_have_js_property("naturalWidth", 0)
