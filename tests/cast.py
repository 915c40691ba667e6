"""The named cast, and what they do: plain functions with speaking defaults.

Li inspects, Wang is her colleague from Wuqi, Zhao shops, Chen reviews off-site; Shengli Road is the
outlet, Zhongxin Street another one, Wuqi the sub-branch; Zhang runs the channel department, Liu
leads, the administrator keeps the accounts. A stranger is a client without a person.
"""

import hashlib
import io
import uuid
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from argon2 import PasswordHasher
from PIL import Image
from sqlalchemy import select

import inspector.checklists
import inspector.people
from inspector import clock
from inspector.checklists.models import Item, Version
from inspector.checklists.queries import latest_versions
from inspector.db import db
from inspector.findings.raising import submit
from inspector.notices import issuing, repeats, warnings
from inspector.notices.models import Notice
from inspector.people import keeping
from inspector.people.models import Branch, Person
from inspector.people.second_factor import sealing
from inspector.people.second_factor.models import SecondFactor, confirm
from inspector.people.sessions import Session
from inspector.photos.models import keep
from inspector.visits import recording
from inspector.visits.models import Visit
from inspector.visits.sheet import Stamp, write

PASSWORD = "correct horse 2026"
NEW_PASSWORD = "窗外 seven herons 晾茶"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""The product's algorithm at its lowest cost, which is written into the hash."""

MONDAY = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)
"""09:12 on 23 November 2026 at the bank: when the stories begin."""

MEMBERS = {
    "inspector": ("李巡", "inspector", "YA"),
    "colleague": ("王察", "inspector", "YA03"),
    "shopper": ("赵访", "shopper", "YA"),
    "reviewer": ("陈阅", "reviewer", "YA"),
    "outlet": ("胜利路负责人", "outlet", "YA0302"),
    "other_outlet": ("中心街负责人", "outlet", "YA0102"),
    "subbranch": ("吴起行长", "subbranch", "YA03"),
    "channel": ("张渠", "channel", "YA"),
    "leader": ("刘行", "leader", "YA"),
    "admin": ("管理员", "admin", "YA"),
}


@dataclass
class Cast:
    """The people of the stories."""

    inspector: Person
    colleague: Person
    shopper: Person
    reviewer: Person
    outlet: Person
    other_outlet: Person
    subbranch: Person
    channel: Person
    leader: Person
    admin: Person

    @classmethod
    def now(cls) -> "Cast":
        """The cast as it stands in the database."""
        people = {p.username: p for p in db.session.scalars(select(Person))}
        return cls(**{field.name: people[field.name] for field in fields(cls)})


def load_library(kinds: str = "*") -> None:
    """Import the bundled branches and checklists, or the checklist of one kind only."""
    from inspector.checklists.publishing import import_files
    from inspector.people.branch_import import import_branches

    library = Path(inspector.people.__file__).parent / "library"
    import_branches(library / "branches.csv", by=None, at=MONDAY)
    checklists = Path(inspector.checklists.__file__).parent / "library"
    import_files(sorted(checklists.glob(f"{kinds}.yaml")), by=None, at=MONDAY)


def people_of_the_cast() -> None:
    """Create the cast, all with one password."""
    hashed = QUICK.hash(PASSWORD)
    for username, (name, role, code) in MEMBERS.items():
        db.session.add(
            Person(
                username=username,
                name=name,
                role=role,
                branch=branch(code),
                password_hash=hashed,
                may_unmask=role == "channel",
            )
        )


def a_person(cast: Cast, username: str = "sun", **changes: Any) -> Person:
    """An account that the administrator added: Sun, who inspects, unless told otherwise."""
    entry = account_form(username=username, **changes)
    entry["branch"] = branch(entry["branch"])
    person = keeping.add(keeping.Entry(**entry), by=cast.admin, at=MONDAY)
    db.session.flush()
    return person


def a_session(person: Person, at: datetime | None = None) -> Session:
    """A session that somebody else's browser goes on with."""
    moment = at or clock.now()
    row, _token = Session.begin(
        person, how="password", at=moment, address="10.0.0.7", device="Safari · iPad"
    )
    db.session.flush()
    return row


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""What the app on everybody's phone has taken."""


def a_pending_factor(person: Person) -> None:
    """A second factor that its person is setting up."""
    sealed = sealing.seal(SECRET)
    db.session.merge(
        SecondFactor(person_id=person.id, sealed_secret=sealed, made_at=clock.now(), last_step=0)
    )
    db.session.flush()


def a_second_factor(person: Person) -> list[str]:
    """One that is on since yesterday. Returns its recovery codes."""
    a_pending_factor(person)
    yesterday = clock.now() - timedelta(days=1)
    return confirm(person, code_of_the_app(yesterday), at=yesterday, but=None)


def code_of_the_app(at: datetime) -> str:
    """What the app shows at a moment."""
    return pyotp.TOTP(SECRET).at(at)


def account_form(**changes: Any) -> dict[str, Any]:
    """What the administrator types of an account."""
    said = {"username": "sun", "name": "孙巡", "role": "inspector", "branch": "YA", "email": ""}
    return said | changes


def branch_form(**changes: Any) -> dict[str, Any]:
    """What the administrator types of a new outlet."""
    said = {
        "code": "YA0399",
        "level": "outlet",
        "parent_code": "YA03",
        "name_zh": "新街网点",
        "name_en": "New Street Outlet",
        "district": "吴起县",
        "opened_on": "2026-10-01",
        "fitout": "none",
        "renovated_on": "",
        "lat": "36.9",
        "lon": "108.2",
    }
    return said | changes


def branch(code: str = "YA0302") -> Branch:
    """A branch by its code: Shengli Road, relocated this quarter, unless another is named."""
    return db.session.scalars(select(Branch).where(Branch.code == code)).one()


def version(kind: str = "onsite") -> Version:
    """The newest version of the bundled checklist of a kind."""
    return next(v for v in latest_versions() if v.checklist.kind == kind)


def a_visit(
    cast: Cast, *, kind: str = "onsite", at: str = "YA0302", inspector: Person | None = None
) -> Visit:
    """A planned visit."""
    who = inspector or (cast.shopper if kind == "mystery" else cast.inspector)
    visit = Visit.plan(
        branch=branch(at),
        version=version(kind),
        inspector=who,
        on=date(2026, 11, 23),
        by=cast.channel,
        at=MONDAY - timedelta(days=3),
    )
    db.session.flush()
    return visit


def passing(item: Item) -> str:
    """An answer that complies."""
    if item.type == "yesno":
        return "yes"
    if item.limit is None or item.op == "<=":
        return "0"
    return str(item.max) if item.type == "score" else f"{item.limit:f}"


def failing(item: Item) -> str:
    """An answer that does not comply, and gets no half credit either."""
    if item.type == "yesno":
        return "no"
    return "0" if item.op == ">=" else "9999"


def answer(visit: Visit, *entries: tuple[str, str, Any]) -> None:
    """Answers recorded at MONDAY, each (item's code, field, value)."""
    stamp = Stamp(visit.inspector, MONDAY, MONDAY)
    recording.begin(visit, stamp)
    db.session.flush()
    write(visit, entries, stamp)


def answered(visit: Visit, failed: tuple[str, ...] = (), spot: tuple[str, ...] = ()) -> Visit:
    """All items answered at MONDAY: those in `failed` and `spot` fail, with a photo where one is
    required; those in `spot` were corrected on the spot."""
    bad_ones = {*failed, *spot}
    answer(
        visit,
        *(
            (item.code, "value", failing(item) if item.code in bad_ones else passing(item))
            for item in visit.version.items
        ),
        *((code, "corrected", True) for code in spot),
    )
    for item in visit.version.items:
        if item.code in bad_ones and item.photo_on_fail:
            a_photo(visit, item, stage="before")
            if item.code in spot:
                a_photo(visit, item, stage="after")
    db.session.flush()
    return visit


def a_photo(visit: Visit, item: Item, stage: str = "before", colour: str = "grey") -> None:
    """A photo of an item, arrived."""
    stamp = Stamp(visit.inspector, MONDAY, MONDAY)
    picture = keep(picture_bytes(colour), by=visit.inspector, at=MONDAY)
    recording.add_photo(
        visit,
        key=uuid.uuid4(),
        sha256=picture.sha256,
        subject=item,
        stage=stage,
        caption="",
        taken_at=MONDAY,
        stamp=stamp,
    )


def picture_bytes(colour: str = "grey", size: tuple[int, int] = (64, 48)) -> bytes:
    """A small JPEG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def picture_sha256(colour: str = "grey") -> str:
    """The name under which a tablet sends `picture_bytes`."""
    return hashlib.sha256(picture_bytes(colour)).hexdigest()


def report_form(photos: int = 1, **changes: Any) -> dict[str, Any]:
    """What a branch sends when it reports: cause, measure, result, day, photos."""
    files = [(io.BytesIO(picture_bytes("green")), f"{n}.jpg") for n in range(photos)]
    words = {"cause": "换季时未清理", "measure": "每周一逐格检查", "result": "已全部撤换"}
    return {**words, "done_on": clock.today(), "photos": files} | changes


def submitted(
    cast: Cast,
    failed: tuple[str, ...] = ("ON-RAK-02",),
    spot: tuple[str, ...] = (),
    **which: str,
) -> Visit:
    """A submitted visit with these findings."""
    visit = answered(a_visit(cast, **which), failed, spot)  # type: ignore[arg-type]
    submit(visit, by=visit.inspector, at=MONDAY + timedelta(hours=2))
    db.session.flush()
    return visit


def drafted(cast: Cast, **which: str) -> Notice:
    """A draft notice for a confirmed finding."""
    finding = submitted(cast, **which).findings[0]  # type: ignore[arg-type]
    at = MONDAY + timedelta(hours=3)
    notice = Notice.draft(finding.confirm(by=cast.channel, at=at), at=at)
    assert notice is not None
    db.session.flush()
    return notice


def issued(cast: Cast, at: datetime | None = None, **which: str) -> Notice:
    """An issued notice; today unless a time is given."""
    notice = drafted(cast, **which)
    issuing.issue(notice, by=cast.channel, at=at or clock.now())
    db.session.flush()
    return notice


def acknowledged(cast: Cast, at: datetime | None = None) -> Notice:
    """A notice that the outlet has signed for."""
    notice = issued(cast, at)
    notice.acknowledge(post="outlet_head", by=cast.outlet, at=at or clock.now())
    db.session.flush()
    return notice


def reported(cast: Cast, at: datetime | None = None) -> Notice:
    """A notice with a report that waits for verification."""
    notice = acknowledged(cast, at)
    moment = at or clock.now()
    notice.rectification.report(
        cause="换季时未清理",
        measure="每周一逐格检查",
        result="已全部撤换",
        done_on=clock.day(moment),
        photos=[keep(picture_bytes("green"), by=cast.outlet, at=moment)],
        by=cast.outlet,
        at=moment,
    )
    db.session.flush()
    return notice


def repeated(cast: Cast, item: str = "ON-RAK-03") -> Notice:
    """The notice of a third time, issued now; the two before were put right and struck off, and a
    later visit saw it again before the due day."""
    today = clock.now()
    for days, colour in ((200, "steelblue"), (90, "seagreen")):
        notice = _found_again(cast, item, today - timedelta(days=days))
        then = today - timedelta(days=days - 3)
        notice.acknowledge(post="outlet_head", by=cast.outlet, at=then)
        notice.rectification.report(
            cause="换季时未清理",
            measure="每周一由大堂经理逐格检查，坐班领导签字",
            result="已全部撤换",
            done_on=clock.day(then),
            photos=[keep(picture_bytes(colour, (640, 480)), by=cast.outlet, at=then)],
            by=cast.outlet,
            at=then,
        ).close(remark="", by=cast.channel, at=then)
        db.session.flush()
    third = _found_again(cast, item, today - timedelta(hours=5))
    warnings.warn(third, by=cast.channel, at=today)
    again = submitted(cast, (item,)).findings[0]
    again.visit.started_at = today - timedelta(hours=1)
    repeats.confirm([again], by=cast.channel, at=today)
    db.session.flush()
    return third


def _found_again(cast: Cast, item: str, at: datetime) -> Notice:
    visit = submitted(cast, (item,))
    visit.started_at = at
    finding = visit.findings[0]
    repeats.confirm([finding], by=cast.channel, at=at)
    db.session.flush()
    assert finding.rectification is not None
    notice = finding.rectification.notice
    assert notice is not None
    issuing.issue(notice, by=cast.channel, at=at)
    db.session.flush()
    return notice
