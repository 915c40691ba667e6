"""A town in which mystery visits stand at every stage, and branches have all that they can get."""

import io
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from inspector import clock
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.downloads import work
from inspector.downloads.models import Download
from inspector.findings.models import Finding
from inspector.notices.models import Notice
from inspector.people.models import Person
from inspector.reminders import sending
from inspector.visits.models import Visit
from tests import cast as make
from tests.cast import QUICK, Cast
from tests.conftest import ClientOf
from tests.offline.tablet import Entry
from tests.secrecy.device import AGENT, CAMERA, VERSION, Device, photo_bytes, uuid7
from tests.secrecy.needles import Needles

SHOPPERS = {"zf-hidden-7731": "隐针赵无影", "zf-hidden-7732": "隐针钱无踪"}
FAULTS = ("MY-MAT-01", "MY-CNT-02", "MY-CNT-03", "MY-ASK-01", "MY-WAI-05", "MY-SSV-01")
TODAY = datetime(2026, 12, 28, 6, tzinfo=UTC)
"""14:00 at the bank, when everybody looks."""


def noon(month: int, day: int, hour: int = 14) -> datetime:
    """An hour of 2026 at the bank, when people at desks work."""
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def shopped_at(month: int, day: int, minute: int = 2) -> datetime:
    """A few minutes past ten, when shoppers come."""
    return datetime(2026, month, day, 10, minute, 11, tzinfo=SHANGHAI)


class Town:
    """The people of the cast, two shoppers, and the hands of the clock."""

    def __init__(
        self, app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.app, self.cast, self.client_of = app, cast, client_of
        self.needles = Needles()
        self.needles.hide(*SHOPPERS, *SHOPPERS.values(), CAMERA, "NeedleCam", VERSION, AGENT)
        self.time: datetime = noon(9, 1)
        monkeypatch.setattr(clock, "now", lambda: self.time)
        self.shoppers = [self._person(*who, "shopper", "YA") for who in SHOPPERS.items()]
        self.neighbour = self._person("neighbour", "邻网点负责人", "outlet", "YA0301")
        self.elsewhere = self._person("elsewhere", "别支行行长", "subbranch", "YA01")
        self.unnamed = self._person("unnamed", "钱渠", "channel", "YA")
        db.session.commit()

    def _person(self, username: str, name: str, role: str, code: str) -> Person:
        there: Person | None = db.session.scalar(select(Person).where(Person.username == username))
        if there is not None:  # the town was built before
            return there
        person = Person(
            username=username,
            name=name,
            role=role,
            branch=make.branch(code),
            password_hash=QUICK.hash(make.PASSWORD),
            email=f"{username}@needle.example",
        )
        db.session.add(person)
        return person

    @property
    def branch_side(self) -> list[Person]:
        """The outlet, another of the same sub-branch, their head, and the head of another one."""
        return [self.cast.outlet, self.neighbour, self.cast.subbranch, self.elsewhere]

    def post(self, who: Person, url: str, **form: Any) -> TestResponse:
        """Somebody sends a form; it is taken."""
        answer = self.client_of(who).post(url, data=form)
        assert answer.status_code < 400, f"{url}: {answer.status_code} {answer.text[-2000:]}"
        return answer

    # -- visits ---------------------------------------------------------------------------------

    def plan(self, outlet: str, began: datetime, who: Person, kind: str = "mystery") -> Visit:
        """The channel department plans a visit."""
        answer = self.post(
            self.cast.channel,
            "/visits",
            branch=str(make.branch(outlet).id),
            version=str(make.version(kind).id),
            inspector=str(who.id),
            planned_on=began.date().isoformat(),
        )
        visit = db.session.get_one(Visit, uuid.UUID(answer.location.rsplit("/", 1)[1]))
        if kind == "mystery":
            self.needles.hide_moment(began)
        return visit

    def record(
        self,
        visit: Visit,
        began: datetime,
        faults: Iterable[str] = FAULTS,
        *,
        colour: str = "steelblue",
        first: int | None = None,
    ) -> Device:
        """It is recorded on a tablet and sent, up to the submission."""
        self.time = began + timedelta(minutes=17)
        device = Device(self.client_of(visit.inspector), visit, began)
        entries: list[Entry] = [device.entry("visit.start"), *device.answers(tuple(faults), first)]
        for n, item in enumerate(i for i in visit.version.items if i.code in set(faults)):
            entries.append(device.entry("note.set", item=item.code, field="place", text="三号窗口"))
            if item.photo_on_fail:
                shot = device.take(colour) if n else photo_bytes(colour, began, "PNG")
                device.put(shot)
                entries.append(device.photo(item.code, shot, caption="现场所见"))
        practice = str(uuid7(device.now))
        entries.append(device.entry("practice.set", practice=practice, text="主动引导老年客户"))
        nice = device.take("gold")
        entries.append(device.photo(None, nice, "practice", practice=practice))
        for n in range(0, len(entries), 200):
            device.send(*entries[n : n + 200])
        device.tell()
        if visit.kind == "mystery":
            self.needles.hide_moment(began, device.now + timedelta(minutes=1))
        return device

    def submit(self, device: Device) -> None:
        """The visit is handed in."""
        receipt = device.send(device.entry("visit.submit"))
        assert [result["status"] for result in receipt["results"]] == ["applied"], receipt

    def visited(
        self,
        outlet: str,
        began: datetime,
        faults: Iterable[str] = FAULTS,
        *,
        kind: str = "mystery",
        who: Person | None = None,
        colour: str = "steelblue",
        confirmed: bool = True,
    ) -> Visit:
        """A visit, planned two days before, submitted, and mostly confirmed the next day."""
        self.time = began - timedelta(days=2)
        person = who or (self.shoppers[0] if kind == "mystery" else self.cast.inspector)
        visit = self.plan(outlet, began, person, kind)
        self.submit(self.record(visit, began, faults, colour=colour))
        if confirmed:
            self.time = noon(began.month, began.day) + timedelta(days=1)
            self.confirm(visit)
        return visit

    def confirm(self, visit: Visit) -> None:
        """The desk confirms what was found; that day is as secret as the visit's."""
        self.post(self.cast.channel, f"/visits/{visit.id}/confirmation")
        if visit.kind == "mystery":
            self.needles.days.add(clock.day(self.time))

    # -- batches and notices --------------------------------------------------------------------

    def batch(self, visits: Iterable[Visit], name: str, on: date) -> str:
        """A batch with these visits; its address."""
        form = {"quarter": "2026Q4", "name": name, "publish_on": on.isoformat()}
        address = self.post(self.cast.channel, "/batches", **form).location
        self.post(self.cast.channel, f"{address}/visits", visit=[str(v.id) for v in visits])
        return str(address)

    def publish(self, address: str) -> None:
        """Publish a batch, and issue its notices."""
        self.post(self.cast.channel, f"{address}/publication", reason="")
        self.post(self.cast.channel, "/notices/issuance", batch=address.rsplit("/", 1)[1])

    def notice(self, visit: Visit, item: str) -> Notice:
        """The notice of what a visit found at an item."""
        wanted = select(Finding).where(Finding.visit_id == visit.id, Finding.item_code == item)
        case = db.session.scalars(wanted).one().case
        assert case
        assert case.notice
        return case.notice

    def sign(self, notice: Notice, by: Person) -> None:
        """The branch signs for it."""
        self.post(by, f"/notices/{notice.id}/viewing")
        self.post(by, f"/notices/{notice.id}/acknowledgement", post="outlet_head")

    def report(self, notice: Notice, by: Person) -> uuid.UUID:
        """The branch reports."""
        photo = (io.BytesIO(make.picture_bytes("green", (160, 120))), "after.jpg")
        words = {"cause": "换季时未清理", "measure": "每周一逐格检查", "result": "已全部撤换"}
        day = clock.day(self.time).isoformat()
        self.post(by, f"/notices/{notice.id}/reports", **words, done_on=day, photos=[photo])
        return notice.rectification.reports[-1].id

    def strike_off(self, notice: Notice, by: Person) -> None:
        """Signed for, reported, verified."""
        self.sign(notice, by)
        report = self.report(notice, by)
        self.time += timedelta(hours=1)
        self.post(self.cast.channel, f"/reports/{report}/closure")

    def download(self, who: Person, of: str, form: str) -> str:
        """Ask for many notices, have them made; the address of the file."""
        self.post(who, "/downloads", of=of, form=form)
        wanted = select(Download).where(Download.person_id == who.id).order_by(Download.asked_at)
        key = db.session.scalars(wanted).all()[-1].id
        db.session.commit()
        work.make(str(key))
        db.session.expire_all()
        return f"/downloads/{key}/file"


def build(town: Town) -> None:
    """Everything at once."""
    cast = town.cast
    # Twice before, found on site and put right: what the shopper finds is the third time.
    for month in (9, 10):
        town.time = noon(month, 12)
        seen = town.visited("YA0302", noon(month, 12), ("ON-RAK-02",), kind="onsite")
        town.time = noon(month, 13, 16)
        town.post(cast.channel, "/notices/issuance")
        town.time = noon(month, 14)
        town.strike_off(town.notice(seen, "ON-RAK-02"), cast.outlet)
    # And once found on site, and still open when the shopper came.
    town.time = noon(10, 24)
    still_open = town.visited("YA0302", noon(10, 26), ("ON-CTR-03",), kind="onsite")
    town.time = noon(10, 27, 16)
    town.post(cast.channel, "/notices/issuance")
    assert town.notice(still_open, "ON-CTR-03").issued_at

    visits = [
        town.visited("YA0302", shopped_at(11, 17), colour="firebrick"),
        town.visited("YA0302", shopped_at(11, 3, 4), colour="seagreen", who=town.shoppers[1]),
        town.visited("YA0301", shopped_at(11, 9, 3)),
        town.visited("YA0102", shopped_at(11, 6, 5), who=town.shoppers[1]),
    ]
    town.time = noon(12, 2)
    batch = town.batch(visits, "第一批", date(2026, 12, 2))
    town.publish(batch)
    handle_notices(town, visits)
    undone(town)
    under_way(town)
    remind_and_download(town, visits)
    town.time = TODAY


def handle_notices(town: Town, visits: list[Visit]) -> None:
    """Notices of the published visits at every stage."""
    cast, (first, _second, neighbours, others) = town.cast, visits
    town.time = noon(12, 5)
    for item in ("MY-CNT-03", "MY-ASK-01", "MY-WAI-05", "MY-SSV-01", "MY-MAT-01"):
        for visit, by in ((first, cast.outlet), (neighbours, town.neighbour)):
            town.sign(town.notice(visit, item), by)
    town.time = noon(12, 6)
    report = town.report(town.notice(first, "MY-ASK-01"), cast.outlet)
    town.post(cast.subbranch, f"/reports/{report}/endorsement")
    report = town.report(town.notice(first, "MY-WAI-05"), cast.outlet)
    town.time = noon(12, 8)
    town.post(cast.channel, f"/reports/{report}/return", remark="照片看不清")
    town.strike_off(town.notice(others, "MY-ASK-01"), cast.other_outlet)
    for n, item in enumerate(("MY-CNT-03", "MY-ASK-01")):
        notice = town.notice(neighbours, item)
        appeal_against(town, notice, overturned=bool(n))
    notice = town.notice(neighbours, "MY-MAT-01")
    town.post(cast.subbranch, f"/notices/{notice.id}/risk", reason="历史建筑")
    risk = notice.risks[0].id
    town.post(cast.leader, f"/risks/{risk}/acceptance", reason="情况属实", day="2027-03-08")
    notice = town.notice(others, "MY-WAI-05")
    town.post(cast.channel, f"/notices/{notice.id}/reissue", reason="检查项写错")


def appeal_against(town: Town, notice: Notice, *, overturned: bool) -> None:
    """The sub-branch appeals, and the panel decides."""
    cast = town.cast
    town.time = noon(12, 6, 15)
    photo = (io.BytesIO(make.picture_bytes("olive", (160, 120))), "evidence.jpg")
    form = {"ground": "fact", "statement": "正在更换", "photos": [photo]}
    town.post(cast.subbranch, f"/notices/{notice.id}/appeal", **form)
    assert notice.appeal
    key = notice.appeal.id
    town.post(cast.channel, f"/appeals/{key}/acceptance")
    if overturned:
        town.time = noon(12, 8, 15)
        panel = {"person_1": cast.leader.id, "person_2": cast.admin.id}
        rooms = {"department_1": "行领导", "department_2": "内控合规部"}
        decision = {"outcome": "overturned", "reason": "调阅录像核实"}
        town.post(cast.leader, f"/appeals/{key}/decision", **decision, **panel, **rooms)


def undone(town: Town) -> None:
    """Called off, void before publication, void after it."""
    cast = town.cast
    town.time = noon(12, 9)
    cancelled = town.plan("YA0302", shopped_at(12, 18), town.shoppers[0])
    town.post(cast.channel, f"/visits/{cancelled.id}/cancellation", reason="另行安排")
    published = [
        town.visited("YA0302", shopped_at(11, 19), ("MY-MAT-04",)),
        town.visited("YA0301", shopped_at(11, 26), ("MY-MAT-04",)),
    ]
    town.time = noon(12, 10)
    town.publish(town.batch(published, "第二批", date(2026, 12, 10)))
    hidden = town.visited("YA0302", shopped_at(11, 24), ("MY-EXI-01",))
    town.time = noon(12, 14)
    for visit in (published[0], hidden):
        town.post(cast.channel, f"/visits/{visit.id}/void-request", reason="走错网点")
        town.post(cast.leader, f"/visits/{visit.id}/void")


def under_way(town: Town) -> None:
    """What no branch may know of yet: planned, in progress with a conflict, submitted, confirmed in
    a batch; and an entry that came too late."""
    town.time = noon(12, 15)
    town.plan("YA0302", shopped_at(12, 30), town.shoppers[0])
    confirmed = [
        town.visited("YA0302", shopped_at(12, 20)),
        town.visited("YA0301", shopped_at(12, 21)),
    ]
    town.batch(confirmed, "第三批", date(2027, 1, 8))
    town.visited("YA0302", shopped_at(12, 23), confirmed=False)
    begun = town.plan("YA0302", shopped_at(12, 24), town.shoppers[0])
    one = town.record(begun, shopped_at(12, 24), first=20)
    other = Device(town.client_of(begun.inspector), begun, one.now)
    other.send(other.answer("MY-ARR-01", "no"))
    late = Device(town.client_of(begun.inspector), confirmed[0], shopped_at(12, 20, 15))
    assert late.send(late.answer("MY-ARR-02", "no"))["results"][0]["status"] == "rejected"


def remind_and_download(town: Town, visits: list[Visit]) -> None:
    """What is sent to people, and what they have asked for."""
    for day in (4, 5, 8, 27):
        town.time = noon(12, day, 8)
        sending.remind(town.time)
    town.time = noon(12, 27, 15)
    for who in town.branch_side:
        for form in ("zip", "pdf"):
            town.download(who, "filter:all", form)
    town.download(town.cast.subbranch, f"visit:{visits[2].id}", "zip")
    town.download(town.cast.outlet, "quarter:2026Q4", "zip")
