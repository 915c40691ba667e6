"""The server took everything in, but its reply was lost on the way."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect

from inspector.db import db
from inspector.visits.models import Visit
from tests import cast as make
from tests.browser import tablet
from tests.browser.chaos import Lab
from tests.browser.device import Device


@pytest.fixture
def lab(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server behind a proxy that loses replies."""
    with Lab(playwright, tmp_path_factory.mktemp("lab")) as lab:
        yield lab


def test_the_first_answer_outlives_a_lost_reply_and_a_reload(lab: Lab) -> None:
    """The page made by the server then knows more than the tablet, which still has all to send."""
    with lab.app.app_context():
        visit = make.a_visit(make.Cast.now())
        db.session.commit()
        key = visit.id
    device = Device(lab.playwright, lab.folder / "profile", "inspector")
    device.start(f"{lab.faults.url}/visits/{key}")
    lab.faults.weather = "cut after"
    tablet.answer(device.page, "ON-ENV-01", "yes")
    expect(device.page.locator("[data-why]")).to_contain_text("无网络")
    device.reload()
    card = tablet.item(device.page, "ON-ENV-01")
    expect(card.locator("[data-state]")).to_have_text("已存本机")
    expect(card.locator("label.yes input")).to_be_checked()
    lab.faults.weather = "clear"
    device.page.locator("[data-sync]").click()
    tablet.expect_received(device.page, "ON-ENV-01")
    device.discard()
    with lab.app.app_context():
        answers = db.session.get_one(Visit, key).answers.values()
        assert [(answer.value, answer.rev) for answer in answers] == [("yes", 1)]
        db.session.remove()
