"""Each side road of a notice and of a visit, played through its pages by the people concerned."""

import io
import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from inspector import clock
from inspector.db import db
from inspector.findings.models import Finding
from inspector.notices import issuing, repeats
from inspector.notices.models import Notice
from tests import cast as make
from tests.browser import records
from tests.browser.conftest import Site

CODE = "ON-RAK-02"
PHONE = 390
Open = Callable[..., Page]


@pytest.fixture
def notice(site: Site) -> str:
    """A notice that the outlet has signed for. The path of its page."""
    with records.database(site) as cast:
        return f"/notices/{make.acknowledged(cast).id}"


def press(page: Page, opener: str, send: str, **fields: str) -> None:
    """Open a dialog by its button, fill its fields by label, and send it by another button."""
    page.get_by_role("button", name=opener, exact=True).first.click()
    dialog = page.locator("dialog[open]")
    for label, value in fields.items():
        dialog.get_by_label(label).first.fill(value)
    dialog.get_by_role("button", name=send, exact=True).click()
    expect(page.locator("dialog[open]")).to_have_count(0)


def told(page: Page, sentence: str) -> None:
    """What was done is said, and the reader's place is there."""
    said = page.locator("[role=status]", has_text=sentence)
    expect(said).to_be_visible()
    expect(said).to_be_focused()


def fact(page: Page, name: str) -> Locator:
    """What stands beside a name in the list of facts of the notice itself."""
    return page.locator(f"dl.facts dt:text-is('{name}') + dd").first


def days_from_now(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def in_words(days: int) -> str:
    day = clock.today() + timedelta(days=days)
    return f"{day.year}年{day.month}月{day.day}日"


def waiting(page: Page, path: str) -> None:
    """The desk finds among what is to be answered."""
    page.goto("/notices?only=asked")
    page.locator(f"a[href='{path}']").first.click()
    page.wait_for_url(f"**{path}")


def test_an_extension_is_asked_for_in_time_and_once_and_granted(notice: str, open_as: Open) -> None:
    subbranch, channel = open_as("subbranch", width=PHONE), open_as("channel", width=1440)
    subbranch.goto(notice)
    press(subbranch, "申请延期", "提交申请", 理由="货架缺货", 申请延至=days_from_now(2))
    told(subbranch, "批准之前，到期日不变")
    expect(fact(subbranch, "到期")).to_contain_text(in_words(1))
    expect(subbranch.get_by_role("button", name="申请延期")).to_have_count(0)

    waiting(channel, notice)
    expect(channel.locator("#extension")).to_contain_text("货架缺货")
    press(channel, "同意", "同意")
    told(channel, f"已批准延期。到期日为{in_words(2)}")
    subbranch.reload()
    expect(fact(subbranch, "到期")).to_contain_text(in_words(2))
    expect(subbranch.locator("#extension")).to_contain_text(in_words(1))
    expect(subbranch.locator("#extension")).to_contain_text("同意")


def test_a_refused_extension_leaves_the_due_day_and_says_why(notice: str, open_as: Open) -> None:
    subbranch, channel = open_as("subbranch", width=PHONE), open_as("channel")
    subbranch.goto(notice)
    press(subbranch, "申请延期", "提交申请", 理由="人手不足", 申请延至=days_from_now(2))
    channel.goto(notice)
    press(channel, "不同意", "不同意", 理由="可先撤换过期资料")
    told(channel, f"未予同意。到期日为{in_words(1)}")
    subbranch.reload()
    expect(subbranch.locator("#extension")).to_contain_text("可先撤换过期资料")
    expect(subbranch.get_by_role("button", name="申请延期")).to_have_count(0)


def appeal(subbranch: Page, notice: str) -> None:
    """The sub-branch appeals, with a photo as evidence."""
    subbranch.goto(notice)
    subbranch.get_by_role("button", name="申诉", exact=True).click()
    dialog = subbranch.locator("dialog[open]")
    dialog.get_by_label("申诉理由").fill("检查当日正在更换资料")
    dialog.get_by_label("证据材料").set_input_files(
        {"name": "cctv.jpg", "mimeType": "image/jpeg", "buffer": make.picture_bytes("teal")}
    )
    dialog.get_by_role("button", name="申诉", exact=True).click()
    told(subbranch, "申诉已提交")
    expect(subbranch.locator("#appeal img")).to_have_count(1)


def take_up(channel: Page, notice: str) -> None:
    """The channel department takes it up: the clock stands."""
    waiting(channel, notice)
    press(channel, "受理", "受理")
    told(channel, "整改期限暂停计算")


def decide(leader: Page, notice: str, outcome: str) -> None:
    """The panel of two departments decides; who confirmed cannot be chosen."""
    waiting(leader, notice)
    card = leader.locator("#appeal")
    expect(card.locator("select[name=person_1] option", has_text="张渠")).to_have_count(0)
    card.get_by_label("裁定").select_option(label=outcome)
    card.get_by_label("理由", exact=True).fill("调阅录像核实")
    for n, (person, department) in enumerate((("刘行", "行领导"), ("管理员", "内控合规部")), 1):
        card.locator(f"[name=person_{n}]").select_option(label=person)
        card.locator(f"[name=department_{n}]").fill(department)
    card.get_by_role("button", name="裁定").click()
    leader.locator("#confirm").get_by_role("button", name="确认").click()


def test_an_appeal_that_is_upheld_gives_back_the_days_that_were_left(
    site: Site, notice: str, open_as: Open
) -> None:
    subbranch, channel, leader = (
        open_as("subbranch", width=PHONE),
        open_as("channel"),
        open_as("leader"),
    )
    appeal(subbranch, notice)
    take_up(channel, notice)
    with records.database(site):  # the panel meets four days later
        rectification = notice_of(notice).rectification
        assert rectification.paused_at
        rectification.paused_at -= timedelta(days=4)
    decide(leader, notice, "维持：问题成立")
    told(leader, f"整改期限恢复计算。到期日为{in_words(5)}")
    subbranch.reload()
    expect(fact(subbranch, "到期")).to_contain_text(in_words(5))
    expect(subbranch.locator("#appeal")).to_contain_text("内控合规部、行领导")
    expect(subbranch.locator("#report-form")).to_be_visible()
    expect(subbranch.get_by_role("button", name="申诉", exact=True)).to_have_count(0)


def test_an_appeal_that_is_won_undoes_finding_and_notice_and_what_follows_from_them(
    site: Site, open_as: Open
) -> None:
    with records.database(site) as cast:
        first, again = (make.submitted(cast, ("ON-BRD-01",)) for _ in range(2))
        again.started_at = clock.now()  # seen once more, while the first was open
        repeats.confirm(first.findings, by=cast.channel, at=clock.now())
        won = paper_of(first.findings[0])
        issuing.issue(won, by=cast.channel, at=clock.now())
        db.session.flush()
        repeats.confirm(again.findings, by=cast.channel, at=clock.now())
        notice, visit, second = f"/notices/{won.id}", f"/visits/{first.id}", f"/visits/{again.id}"
    channel, leader = open_as("channel"), open_as("leader", width=1440)
    subbranch = open_as("subbranch", width=PHONE)
    channel.goto(second)
    expect(channel.locator("article", has_text="ON-BRD-01")).to_contain_text("并入原整改通知")
    channel.goto(visit)
    before = float(channel.locator("#visit-result .figure").inner_text())
    appeal(subbranch, notice)
    take_up(channel, notice)
    decide(leader, notice, "撤销：问题不成立")
    told(leader, "问题和整改通知均已撤回，扣分已恢复")

    channel.goto(visit)
    assert float(channel.locator("#visit-result .figure").inner_text()) > before
    expect(channel.locator("article", has_text="ON-BRD-01")).to_contain_text("已撤回")
    channel.goto(second)  # it is a finding of its own now, with a notice of its own
    expect(
        channel.locator("article", has_text="ON-BRD-01").get_by_role("link", name="草稿")
    ).to_be_visible()
    subbranch.reload()
    expect(fact(subbranch, "阶段")).to_contain_text("已撤回")
    expect(subbranch.locator("#report-form")).to_have_count(0)


def test_what_cannot_be_put_right_is_decided_by_the_leader_with_a_day_to_look_again(
    notice: str, open_as: Open
) -> None:
    subbranch, leader = open_as("subbranch", width=PHONE), open_as("leader")
    subbranch.goto(notice)
    press(subbranch, "无法整改", "提交申请", 理由="门头属文物，不得改动")
    told(subbranch, "由分管副行长审定")
    waiting(leader, notice)
    press(leader, "不同意", "不同意", 理由="可换材质")
    told(leader, "未予同意")
    subbranch.goto(notice)
    press(subbranch, "无法整改", "提交申请", 理由="文物部门书面答复：材质也不得更换")
    waiting(leader, notice)
    press(leader, "同意暂不整改", "同意暂不整改", 理由="情况属实", 复核日期=days_from_now(180))
    told(leader, f"将于{in_words(180)}复核")
    subbranch.reload()
    expect(subbranch.locator("main")).to_contain_text(f"{in_words(180)} 复核")
    expect(subbranch.locator("main")).to_contain_text("可换材质")
    expect(subbranch.locator("#report-form")).to_have_count(0)


def test_what_a_look_back_finds_not_done_is_reopened_and_reported_again(
    site: Site, open_as: Open
) -> None:
    with records.database(site) as cast:
        closed = make.reported(cast)
        closed.rectification.reports[0].close(remark="", by=cast.channel, at=clock.now())
        notice = f"/notices/{closed.id}"
    channel, outlet = open_as("channel"), open_as("outlet", width=PHONE)
    channel.goto(notice)
    press(channel, "重新打开", "重新打开", 理由="回头看：折页仍过期", 新的到期日=days_from_now(2))
    told(channel, f"已重新打开。到期日为{in_words(2)}")
    outlet.goto(notice)
    expect(outlet.locator("main")).to_contain_text("回头看：折页仍过期")
    expect(outlet.locator("main")).to_contain_text("予以销号")  # the first closing stays readable
    for name, text in {"cause": "只换了大堂", "measure": "两处同查", "result": "全部撤换"}.items():
        outlet.fill(f"#{name}", text)
    outlet.fill("#done_on", days_from_now(0))
    outlet.set_input_files(
        "#photos",
        {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": make.picture_bytes("gold")},
    )
    outlet.get_by_role("button", name="报送", exact=True).click()
    told(outlet, "已报送")
    channel.goto(notice)
    press(channel, "验收销号", "销号")
    told(channel, "已验收销号")


def test_a_notice_with_a_mistake_is_withdrawn_and_another_points_back(
    notice: str, open_as: Open
) -> None:
    channel, outlet = open_as("channel"), open_as("outlet", width=PHONE)
    channel.goto(notice)
    old = channel.get_by_role("heading", level=1).inner_text()
    press(channel, "撤回重发", "撤回重发", 理由="检查项写错")
    channel.wait_for_url(lambda address: notice not in address)
    expect(channel.locator("[role=status]", has_text=f"{old}已撤回")).to_be_visible()
    channel.get_by_role("button", name="下发", exact=True).click()
    channel.locator("#confirm").get_by_role("button", name="确认").click()
    told(channel, "已下发")
    new = channel.get_by_role("heading", level=1).inner_text()
    paper = PdfReader(io.BytesIO(channel.request.get(f"{channel.url}/pdf").body()))
    text = re.sub(r"\s", "", "".join(sheet.extract_text() for sheet in paper.pages))
    assert f"替代已撤回的{old}" in text

    outlet.goto(notice)  # from an old link to what is in force now
    expect(fact(outlet, "已撤回")).to_contain_text("检查项写错")
    outlet.get_by_role("link", name=f"由 {new} 替代").click()
    outlet.get_by_role("button", name="签收", exact=True).click()
    told(outlet, "已签收本通知")
    expect(outlet.get_by_role("link", name=old)).to_be_visible()


def test_the_third_time_brings_a_warning_order_that_the_head_of_the_sub_branch_reads(
    site: Site, open_as: Open
) -> None:
    with records.database(site) as cast:
        for days in (200, 90):
            found_and_closed(cast, days)
        third = make.submitted(cast, ("ON-RAK-03",))
        third.started_at = clock.now()
        repeats.confirm(third.findings, by=cast.channel, at=clock.now())
        notice = f"/notices/{paper_of(third.findings[0]).id}"
    channel, leader = open_as("channel"), open_as("leader")
    subbranch = open_as("subbranch", width=PHONE)
    channel.goto(notice)
    expect(channel.locator("main")).to_contain_text("第3次")
    expect(channel.get_by_role("link", name="警告令（草稿）")).to_be_visible()
    channel.get_by_role("button", name="下发", exact=True).click()
    channel.locator("#confirm").get_by_role("button", name="确认").click()
    told(channel, "已下发")
    leader.goto("/notices?only=warned")
    leader.locator(f"a[href='{notice}']").first.click()
    expect(leader.get_by_role("link", name=re.compile("警告令 警〔"))).to_be_visible()
    subbranch.goto(notice)
    order = subbranch.get_by_role("link", name=re.compile("警告令 警〔"))
    paper = PdfReader(io.BytesIO(subbranch.request.get(order.get_attribute("href") or "").body()))
    assert "第三次" in re.sub(r"\s", "", paper.pages[0].extract_text())


def test_a_visit_is_void_when_the_channel_department_asks_and_the_leader_decides(
    notice: str, site: Site, open_as: Open
) -> None:
    with records.database(site):
        visit = f"/visits/{notice_of(notice).finding.visit_id}"
    channel, leader = open_as("channel"), open_as("leader")
    outlet = open_as("outlet", width=PHONE)
    channel.goto(visit)
    press(channel, "作废", "提交申请", 理由="检查员走错网点")
    expect(channel.locator(".flash", has_text="由分管副行长决定")).to_be_visible()
    expect(channel.get_by_role("button", name="作废")).to_have_count(0)

    leader.goto("/desk")
    leader.locator(f"a[href='{visit}']").first.click()
    expect(leader.locator("main")).to_contain_text("检查员走错网点")
    leader.get_by_role("button", name="作废", exact=True).click()
    leader.locator("#confirm").get_by_role("button", name="确认").click()
    expect(leader.locator("#visit-result")).to_contain_text("已作废")
    expect(leader.locator("#visit-result .figure")).to_have_text("—")
    outlet.goto(notice)
    expect(fact(outlet, "已撤回")).to_contain_text("检查员走错网点")


def notice_of(path: str) -> Notice:
    """The notice of a page; inside `database`."""
    found = db.session.get(Notice, uuid.UUID(path.split("/")[2]))
    assert found is not None
    return found


def paper_of(finding: Finding) -> Notice:
    """The notice of a finding."""
    assert finding.rectification
    assert finding.rectification.notice
    return finding.rectification.notice


def found_and_closed(cast: make.Cast, days: int) -> None:
    """The same fault so many days ago, put right and struck off three days later."""
    visit = make.submitted(cast, ("ON-RAK-03",))
    visit.started_at = at = clock.now() - timedelta(days=days)
    repeats.confirm(visit.findings, by=cast.channel, at=at)
    db.session.flush()
    notice = paper_of(visit.findings[0])
    issuing.issue(notice, by=cast.channel, at=at)
    notice.rectification.closed_at = at + timedelta(days=3)
    notice.rectification.closed_by = cast.channel
    db.session.flush()
