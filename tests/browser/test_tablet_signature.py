"""The closing page of an on-site visit: the branch reads what was found and signs on the tablet, or
refuses; also without a network, and never on a mystery visit."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from inspector.db import db
from inspector.storage import storage
from inspector.visits.signatures import Signature, signatures_of
from tests.browser import records, tablet
from tests.browser.conftest import Site
from tests.browser.test_pictures import look

NAME, REMARK, REFUSAL = ("[data-field=name]", "[data-field=remark]", "[data-field=refusal]")
STROKE = [(0.2, 0.3), (0.4, 0.7), (0.6, 0.3), (0.8, 0.7)]
PAD = "#signing canvas"


@pytest.fixture
def visit(site: Site) -> str:
    """An on-site visit, everything complying."""
    return records.planned(site, "onsite", done=True)


def test_the_branch_reads_what_was_found_and_signs_without_a_network(
    site: Site, visit: str, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    forgive += ["ERR_CONNECTION", "Failed to fetch"]
    page = open_as("inspector")
    beside = page.locator(f"take-along[data-visit='{visit.split('/')[2]}']")
    beside.locator("button").click()
    expect(beside).to_have_attribute("data-standing", "ready", timeout=30_000)
    tablet.open_visit(page, visit)
    for code in ("ON-ENV-02", "ON-ENV-04"):
        tablet.answer(page, code, "no")
    tablet.write(page, "ON-ENV-02", "note", "灯箱缺字")
    tablet.item(page, "ON-ENV-04").locator("[data-corrected]").check()
    tablet.expect_received(page, "ON-ENV-04")
    site.stop()
    signing = show(page)
    expect(signing.locator("[data-open] li")).to_have_count(1)
    expect(signing.locator("[data-open] li")).to_contain_text("ON-ENV-02 · 灯箱缺字")
    expect(signing.locator("[data-corrected] li")).to_contain_text("ON-ENV-04")
    expect(signing.locator("[data-practices] .quiet")).to_have_text("无")
    expect(signing).not_to_contain_text("分")  # no score: it is not reviewed yet

    keep = signing.locator("[data-keep]")
    keep.click()
    expect(signing.locator(".error")).to_have_text("请填写负责人姓名。")
    signing.locator(NAME).fill("张敏")
    keep.click()
    expect(signing.locator(".error")).to_have_text("请在白色区域内签字。")
    tablet.draw(page, (0.1, 0.1), (0.9, 0.9), pad=PAD)
    signing.locator("[data-undo]").click()
    keep.click()
    expect(signing.locator(".error")).to_have_text("请在白色区域内签字。")
    tablet.draw(page, *STROKE, pad=PAD)
    signing.locator(REMARK).fill("灯箱本周更换")
    look(page, "tablet-signing-820-light", 820)
    keep.click()
    expect(signing).to_be_hidden()
    state = page.locator("[data-signature-state]")
    expect(state).to_contain_text("张敏已于")
    expect(page.locator("[data-signature] img")).to_be_visible()

    page.reload()  # the server is still away
    tablet.expect_armed(page)
    page.locator("[data-review]").first.dispatch_event("click")
    expect(state).to_contain_text("张敏已于")
    expect(page.locator("[data-signature] img")).to_be_visible()
    site.start()
    expect(page.locator("[data-why]").first).to_contain_text("全部已收到", timeout=30_000)

    (signature,) = kept(site, visit)
    assert (signature.name, signature.remark) == ("张敏", "灯箱本周更换")
    assert [(f["item"], f["note"], f["corrected"]) for f in signature.seen["findings"]] == [
        ("ON-ENV-02", "灯箱缺字", False),
        ("ON-ENV-04", "", True),
    ]
    ink = signature_picture(site, visit)
    assert (ink.width, ink.getpixel((5, 5))) == (1000, (255, 255, 255))
    assert ink.convert("L").getextrema()[0] < 80  # type: ignore[operator]


def test_what_changes_after_the_signature_is_said_and_signing_again_mends_it(
    site: Site, visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("inspector", width=390, scheme="dark")
    tablet.open_visit(page, visit)
    sign(page, "张敏")
    state = page.locator("[data-signature-state]")
    expect(state).not_to_contain_text("签字后有改动")
    page.locator("#review header [data-close]").click()
    tablet.answer(page, "ON-ENV-02", "no")
    tablet.write(page, "ON-ENV-02", "no_photo_reason", "客户在场，不便拍照")
    tablet.expect_received(page, "ON-ENV-02")
    office = open_as("channel")

    page.locator("[data-review]").first.dispatch_event("click")
    expect(state).to_contain_text("签字后有改动")
    expect(page.locator("[data-submit]")).to_be_enabled()  # it is not a condition
    page.reload()
    tablet.expect_armed(page)
    page.locator("[data-review]").first.dispatch_event("click")
    expect(state).to_contain_text("签字后有改动")

    signing = show(page)
    signing.locator("[data-refuses]").check()
    signing.locator("[data-keep]").click()
    expect(signing.locator(".error")).to_have_text("请写明未签字的原因。")
    look(page, "tablet-signing-390-dark", 390)
    signing.locator(REFUSAL).fill("对灯箱一项有异议")
    signing.locator("[data-keep]").click()
    expect(state).to_contain_text("拒绝签字：对灯箱一项有异议")
    expect(state).not_to_contain_text("签字后有改动")
    page.locator("[data-submit]").click()
    page.wait_for_selector("#acknowledgement", timeout=20_000)

    office.goto(visit)
    card = office.locator("section[aria-labelledby=acknowledgement]")
    expect(card).to_contain_text("拒绝签字")
    expect(card).to_contain_text("对灯箱一项有异议")
    card.locator("summary").click()
    expect(card.locator("details")).to_contain_text("签字后有改动")
    expect(card.locator("img.signature")).to_be_visible()
    look(office, "signed-820-light", 820)


@pytest.mark.parametrize("kind", ["mystery", "offsite"])
def test_where_nobody_of_the_branch_is_there_nobody_is_asked(
    site: Site, open_as: Callable[..., Page], kind: str
) -> None:
    path = records.planned(site, kind)
    page = open_as("shopper" if kind == "mystery" else "inspector")
    tablet.open_visit(page, path)
    page.locator("[data-review]").first.dispatch_event("click")
    expect(page.locator("#review")).to_be_visible()
    expect(page.locator("[data-sign], #signing")).to_have_count(0)
    assert "网点签字确认" not in page.content()


def show(page: Page) -> Locator:
    """Open the page for the branch."""
    if not page.locator("#review").is_visible():
        page.locator("[data-review]").first.dispatch_event("click")
    page.locator("[data-sign]").click()
    return page.locator("#signing")


def sign(page: Page, name: str) -> None:
    """Let somebody sign."""
    signing = show(page)
    signing.locator(NAME).fill(name)
    tablet.draw(page, *STROKE, pad=PAD)
    signing.locator("[data-keep]").click()
    expect(signing).to_be_hidden()


def kept(site: Site, visit: str) -> list[Signature]:
    """The signatures that the server has, the latest first."""
    with records.database(site):
        found = signatures_of(records.visit_of(visit))
        db.session.expunge_all()
        return found


def signature_picture(site: Site, visit: str) -> Image.Image:
    """The latest signature as the server keeps it."""
    with records.database(site):
        (signature,) = signatures_of(records.visit_of(visit))
        assert signature.photo is not None
        assert signature.photo.picture is not None
        return Image.open(io.BytesIO(storage().get(signature.photo.picture.jpeg)))
