"""Every document as a record to be drawn: short ones, and ones longer than any should be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from inspector.clock import SHANGHAI
from inspector.notices.papers.bulletin import (
    Adjusted,
    BulletinDocument,
    Example,
    Frequent,
    Overdue,
    Place,
    Point,
    Rank,
    Repeat,
    SystemicProblem,
)
from inspector.notices.papers.case import Case
from inspector.notices.papers.closing import ClosingDocument
from inspector.notices.papers.drawing import Photo, Record
from inspector.notices.papers.feedback import Confirmation, FeedbackDocument, Found, SectionScore
from inspector.notices.papers.ledger import LedgerDocument, Line
from inspector.notices.papers.receipt import ReceiptDocument
from inspector.notices.papers.report import ReportDocument
from inspector.notices.warning_paper import Time, WarningDocument
from tests.notices.paper import a_notice, some_photos

ISSUER = "中国工商银行延安分行渠道部"
ITEM = "架上已过期、已停售或利率失效的资料品种数（逐格检查）。"
ITEM_EN = "Number of leaflets on the rack that are out of date, withdrawn or show an old rate."
URL = "https://inspect.example/notices/7f9c2e1ab1d54e0f"
LINK = "https://intranet.example.icbc.com.cn/" + "service-standard/2026/" * 12 + "index.html?rack"
LONG = "".join(
    (
        "资料架上的宣传资料已经过期。" * 60,
        f"\n见{LINK}，\nsee the Branch Service Handbook, section 4.2, as amended.",
        "\n逐格核对后撤换" + "，逐格核对后撤换" * 200,
    )
)[:2000]
"""2,000 characters, with an address that has no place to break, and Latin words."""


@dataclass(frozen=True)
class Specimen:
    """A record, and the pictures that it shows by SHA-256."""

    name: str  # kind and size, such as "notice long"
    record: Record
    images: Mapping[str, bytes]


def specimens() -> list[Specimen]:
    """One short and one long of every kind, the long ones bilingual; drawn by nobody yet."""
    return [
        Specimen(f"{kind} {size}", *make(size == "long"))
        for kind, make in KINDS.items()
        for size in ("short", "long")
    ]


def a_case(**changes: Any) -> Case:
    """The problem of the notice of tests/notices/paper.py."""
    facts: dict[str, Any] = {
        "notice": "〔2026〕17号",
        "notice_sha256": "3f" * 32,
        "notice_on": date(2026, 11, 2),
        "due_on": date(2026, 11, 5),
        "subbranch": "吴起支行",
        "outlet": "吴起支行营业部",
        "kind": "onsite",
        "visited": "2026-10-20",
        "section": "宣传资料架",
        "section_en": "Brochure racks",
        "item_code": "ON-RAK-02",
        "item_text": ITEM,
        "item_text_en": ITEM_EN,
        "requirement": "应为0种；不超过1种得半分",
        "requirement_en": "Must be 0; at most 1 earns half",
        "observed": "3种",
        "observed_en": "3",
        "place": "大堂南侧宣传资料架",
        "note": "两种理财产品说明书和一种存款利率表已过有效期。",
        "severity": "major",
        "occurrence": 2,
    }
    return Case(**(facts | changes))


def a_notice_of(long: bool) -> tuple[Record, Mapping[str, bytes]]:
    photos, images = some_photos(20 if long else 2, edge=400)
    if not long:
        return a_notice(photos=photos), images
    return a_notice(
        photos=photos,
        note=LONG,
        bilingual=True,
        item_text_en=ITEM_EN,
        requirement_en="Must be 0; at most 1 earns half",
    ), images


def a_warning_of(long: bool) -> tuple[Record, Mapping[str, bytes]]:
    first = Time("2026-02-02", "onsite", "〔2026〕3号", False, date(2026, 2, 9))
    times = (first, replace(first, visited="2026-06", kind="mystery"), replace(first))
    return WarningDocument(
        issuer=ISSUER, doc_code="警", doc_year=2026, doc_seq=1, system_code="7KQ2-M9XD",
        addressee="吴起支行", outlet="吴起支行营业部", section="宣传资料架", item_code="ON-RAK-02",
        item_text=ITEM * (20 if long else 1), requirement="应为0种", occurrence=3,
        look_back="近一年内", times=times * (14 if long else 1), notice="〔2026〕17号",
        issued_on=date(2026, 11, 2), due_on=date(2026, 11, 5), cc=("分管副行长", "吴起支行行长"),
        notice_url=URL, bilingual=long, item_text_en=ITEM_EN,
    ), {}  # fmt: skip


def a_receipt(long: bool = False, **changes: Any) -> tuple[ReceiptDocument, Mapping[str, bytes]]:
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "system_code": "7KQ2-M9XD",
        "case": a_case(note=LONG) if long else a_case(),
        "unit": "吴起支行营业部",
        "post": "网点负责人",
        "account": "wuqi-business-department-outlet-head-0302" if long else "YA0302",
        "signed_at": datetime(2026, 11, 3, 9, 12, tzinfo=SHANGHAI),
        "acknowledge_by": date(2026, 11, 4),
        "issued_on": date(2026, 11, 3),
        "notice_url": URL,
        "bilingual": long,
    }
    return ReceiptDocument(**(facts | changes)), {}


def a_report(long: bool = False, **changes: Any) -> tuple[ReportDocument, Mapping[str, bytes]]:
    before, images = some_photos(20 if long else 2, edge=400)
    after = tuple(Photo(p.sha256, "", None) for p in reversed(before[: 17 if long else 1]))
    facts: dict[str, Any] = {
        "issuer": "吴起支行营业部",
        "addressee": ISSUER,
        "system_code": "7KQ2-M9XD",
        "case": a_case(note=LONG) if long else a_case(),
        "round": 2 if long else 1,
        "cause": LONG if long else "换季时未清理，没有专人负责。",
        "measure": LONG if long else "每周一由大堂经理逐格检查，坐班领导签字。",
        "result": LONG if long else "三种过期资料已全部撤换。",
        "done_on": date(2026, 11, 7) if long else date(2026, 11, 4),
        "responsible": "坐班领导",
        "before": before,
        "after": after,
        "issued_on": date(2026, 11, 8) if long else date(2026, 11, 4),
        "notice_url": URL,
        "bilingual": long,
    }
    return ReportDocument(**(facts | changes)), images


def a_closing(long: bool = False, **changes: Any) -> tuple[ClosingDocument, Mapping[str, bytes]]:
    report, images = a_report(long)
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "system_code": "7KQ2-M9XD",
        "case": report.case,
        "round": report.round,
        "verdict": "returned" if long else "closed",
        "remark": LONG[:500] if long else "",
        "result": report.result,
        "done_on": report.done_on,
        "reported_on": report.issued_on,
        "endorsed_on": None if long else date(2026, 11, 5),
        "before": report.before,
        "after": report.after,
        "issued_on": date(2026, 11, 9),
        "notice_url": URL,
        "bilingual": long,
    }
    return ClosingDocument(**(facts | changes)), images


def a_feedback(long: bool = False, **changes: Any) -> tuple[FeedbackDocument, Mapping[str, bytes]]:
    photos, images = some_photos(20 if long else 2, edge=400)
    first = Found(
        section="宣传资料架", item_code="ON-RAK-02", item_text=ITEM, item_text_en=ITEM_EN,
        observed="3种", observed_en="3", place="大堂南侧宣传资料架",
        note=LONG if long else "两种理财产品说明书和一种存款利率表已过有效期。",
        severity="major", occurrence=2, notice="〔2026〕17号", signed_for=True,
    )  # fmt: skip
    spot = replace(
        first, item_code="ON-SMP-01", section="填单样本", item_text="填单样本齐全、内容正确。",
        observed="不符合", note="", severity="minor", occurrence=1, corrected_on_spot=True,
    )  # fmt: skip
    late = replace(spot, item_code="ON-BRD-03", corrected_on_spot=False, signed_for=False)
    titles = ("外部环境", "便民设施", "无障碍", "宣传资料架", "公告栏", "填单台", "填单样本")
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "system_code": "2B4F-77A0",
        "is_draft": not long,
        "subbranch": "吴起支行",
        "outlet": "吴起支行营业部",
        "began_at": datetime(2026, 10, 20, 9, 5, tzinfo=SHANGHAI),
        "ended_at": datetime(2026, 10, 20, 11, 40, tzinfo=SHANGHAI),
        "checklist_title": "网点服务现场检查表",
        "checklist_title_en": "On-site inspection checklist",
        "checklist_code": "ONSITE",
        "checklist_version": "1.0",
        "score": Decimal("86.62"),
        "sections": tuple(
            SectionScore(title, "Section", Decimal("15.5"), Decimal(18), number % 3)
            for number, title in enumerate(titles)
        ),
        "findings": (first, spot, late, *[replace(spot, note="已补齐。")] * 20)
        if long
        else (first, spot),
        "practices": (LONG, "雨天主动为客户撑伞。") if long else ("雨天主动为客户撑伞。",),
        "photos": photos[1:],
        "confirmation": Confirmation(
            datetime(2026, 10, 20, 11, 45, tzinfo=SHANGHAI),
            photos[0].sha256,
            "情况属实。" + (LONG[:490] if long else ""),
            "",
        ),
        "issued_on": date(2026, 10, 20),
        "visit_url": URL,
        "bilingual": long,
    }
    return FeedbackDocument(**(facts | changes)), images


def a_ledger(
    long: bool = False, *, rows: int = 60, **changes: Any
) -> tuple[LedgerDocument, Mapping[str, bytes]]:
    line = Line(
        notice="〔2026〕17号", visited="2026-10-20", kind="onsite", subbranch="吴起支行",
        outlet="吴起支行营业部", section="宣传资料架", item_code="ON-RAK-02", item_text=ITEM,
        item_text_en=ITEM_EN, place="大堂南侧", observed="3种", note="两种说明书已过期。",
        severity="major", occurrence=2, requirement="应为0种；不超过1种得半分",
        due_on=date(2026, 11, 5), days_left=-3, responsible="坐班领导", done_on=None,
        closed_on=None, stage="待整改",
    )  # fmt: skip
    shop = replace(
        line, notice="〔2026〕18号", visited="2026-10", kind="mystery", place="", days_left=2
    )
    closed = replace(
        line, notice="〔2026〕9号", days_left=None, done_on=date(2026, 11, 4),
        closed_on=date(2026, 11, 6), occurrence=1, severity="minor",
    )  # fmt: skip
    many = (line, shop, closed) * (rows // 3) + (replace(line, note=LONG),)
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "system_code": "20261108",
        "scope": "全部",
        "lines": many if long else (line, shop, closed),
        "issued_on": date(2026, 11, 8),
        "bilingual": long,
    }
    return LedgerDocument(**(facts | changes)), {}


def a_bulletin(long: bool = False, **changes: Any) -> tuple[BulletinDocument, Mapping[str, bytes]]:
    names = ("吴起", "志丹", "安塞", "子长", "延川", "延长", "甘泉", "富县", "洛川", "宜川", "黄龙")
    ranking = tuple(
        Rank(
            rank=place, subbranch=f"{name}支行", outlets=3, inspected=2 + place % 2,
            score=Decimal("92.205") - place * Decimal("1.31"), change=(place % 3) - 1,
            contribution=Decimal("36.88") - place * Decimal("0.52"),
            late=place // 4, repeats=place // 5, other=Decimal("90.50") if long else None,
            total=Decimal("91.18") - place * Decimal("0.52") if long else None,
        )
        for place, name in enumerate(names, start=1)
    )  # fmt: skip
    missing = Rank(rank=None, subbranch="宝塔支行", outlets=4, inspected=0, score=None)
    overdue = Overdue("〔2026〕17号", "吴起支行", "吴起支行营业部", ITEM, date(2026, 9, 5), 31)
    repeat = Repeat("吴起支行", "吴起支行营业部", ITEM, 3, "〔2026〕17号", "警〔2026〕1号")
    times = 40 if long else 1
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "doc_year": 2026,
        "doc_seq": 41,
        "system_code": "2026Q3",
        "year": 2026,
        "quarter": 3,
        "visits": 61,
        "outlets": 38,
        "inspected": 34,
        "found": 214,
        "on_spot": 73,
        "notices": 141,
        "closed": 120,
        "ranking": (*ranking, missing),
        "overdue": (overdue,) * times,
        "repeats": (repeat,) * times,
        "systemic": (SystemicProblem("吴起支行", ITEM, 3),) * (10 if long else 1),
        "examples": (Example("志丹支行", "营业部", LONG if long else "雨天主动为客户撑伞。"),),
        "trend": (Point("2026Q2", Decimal("82.10")), Point("2026Q3", Decimal("84.55"))),
        "frequent": (Frequent("宣传资料过期", 12), Frequent("填单样本缺失", 5)),
        "best": (Place("志丹支行", "志丹支行营业部", Decimal("97.50")),),
        "adjusted": (Adjusted("吴起支行", Decimal("81.205"), None, None),),
        "issued_on": date(2026, 10, 12),
        "cc": ("分行领导", "个人金融业务部", "人力资源部"),
        "bilingual": long,
    }
    return BulletinDocument(**(facts | changes)), {}


KINDS: dict[str, Callable[[bool], tuple[Record, Mapping[str, bytes]]]] = {
    "notice": a_notice_of,
    "warning": a_warning_of,
    "receipt": a_receipt,
    "report": a_report,
    "closing": a_closing,
    "feedback": a_feedback,
    "ledger": a_ledger,
    "bulletin": a_bulletin,
}
