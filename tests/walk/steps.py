"""The steps of the random walk: each tries one verb of the product, on something that is mostly at
the right stage, by somebody who mostly may."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from inspector import clock
from inspector.checklists.models import Checklist, Item, Section, Version
from inspector.clock import Quarter
from inspector.db import db
from inspector.findings import lifecycle as findings
from inspector.findings.models import Finding, Rectification, Report
from inspector.findings.raising import submit
from inspector.history import Event
from inspector.history.chain import chain
from inspector.moves import Move
from inspector.notices import issuing, publishing, repeats, undoing, warnings
from inspector.notices import lifecycle as notices
from inspector.notices.appeals import Appeal, Member
from inspector.notices.extensions import Extension
from inspector.notices.models import Notice
from inspector.notices.risks import Risk
from inspector.people import merging
from inspector.people.models import Branch, Person
from inspector.photos.models import Picture
from inspector.problems import Problem
from inspector.trail.verifying import walk
from inspector.visits import batches, recording, replanning
from inspector.visits import lifecycle as visits
from inspector.visits.batches import Batch
from inspector.visits.models import Visit
from inspector.visits.sheet import Stamp, write
from inspector.words import act
from tests import cast as make
from tests.cast import MEMBERS, MONDAY
from tests.walk.laws import LAWS, history_only_grows
from tests.walk.town import CODES, KINDS, OUTLETS, Row, Rows

T = TypeVar("T")

TABLES: dict[str, dict[str, Move[Any]]] = {
    "visit": visits.MOVES,
    "finding": findings.FINDING_MOVES,
    "notice": notices.MOVES,
    "appeal": notices.APPEAL_MOVES,
    "rectification": findings.MOVES,
}
ROWS = {
    "visit": Visit,
    "finding": Finding,
    "rectification": Rectification,
    "report": Report,
    "notice": Notice,
    "extension": Extension,
    "risk": Risk,
    "appeal": Appeal,
}
STANDS = (Person, Branch, Version, Item, Section, Checklist, Picture)
"""What no step changes, or only together with the session's own row."""
NAMES = sorted([*MEMBERS, "deputy"])
ONE_IN = 15
"""How often a step is tried on something at any stage."""


@dataclass(frozen=True)
class Step:
    """One way to go on, and how often it is taken beside the others."""

    act: Callable[..., None]
    table: str
    stages: tuple[str, ...]
    often: int


ALL: list[Step] = []


def step(table: str = "", *stages: str, often: int = 4) -> Callable[[T], T]:
    """A step on a row of a table at one of these stages; of a table without stages, on any."""

    def enter(act: T) -> T:
        ALL.append(Step(act, table, stages, often))  # type: ignore[arg-type]
        return act

    return enter


class Walk(RuleBasedStateMachine):
    """One walk, in one transaction that is never committed."""

    part: ClassVar = 0
    taken: ClassVar[Counter[str]] = Counter()
    refused: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        db.session.rollback()
        people = db.session.scalars(select(Person).order_by(Person.username))
        self.people = {person.username: person for person in people}
        self.at = MONDAY
        self.visits: list[Any] = []
        self.look()

    def teardown(self) -> None:
        """See that every act is in the chain and has words, and leave the town as it was."""
        chain(db.session())
        told = db.session.execute(select(Event.subject_table, Event.verb).distinct())
        assert all(act(*row) for row in told)
        assert walk(db.session.connection()).rows == len(self.rows.event)
        db.session.rollback()
        db.session.expunge_all()

    @initialize(seed=st.integers(0, 2**32))
    def set_out(self, seed: int) -> None:
        """All else follows from this: hypothesis by itself would try the same few ways."""
        self.luck = Random(f"{self.part} {seed}")  # noqa: S311 - no secret

    @rule()
    def go_on(self) -> None:
        """Try steps that are possible now, until one is taken."""
        before = self.taken.total()
        while self.taken.total() == before:
            there = [one for one in ALL if not one.table or self.keys(one.table, *one.stages)]
            (step,) = self.luck.choices(there, [one.often for one in there])
            if not step.table:
                step.act(self)
                continue
            astray = step.stages and self.luck.randint(1, ONE_IN) == ONE_IN
            key = self.one_of(self.keys(step.table, *(() if astray else step.stages)))
            step.act(self, db.session.get_one(ROWS[step.table], key))

    # -- visits ---------------------------------------------------------------------------------

    @step(often=2)
    def plan(self) -> None:
        kind, code = self.one_of(KINDS), self.one_of(OUTLETS)
        version = db.session.scalars(
            select(Version).where(Version.checklist.has(code=f"TS-{kind.upper()}"))
        ).one()
        inspector = self.who("inspector shopper")
        by = self.who("channel")
        planned: list[Visit] = []

        def act() -> None:
            visit = Visit.plan(
                branch=make.branch(code),
                version=version,
                inspector=inspector,
                on=clock.day(self.at),
                by=by,
                at=self.at,
            )
            db.session.flush()
            planned.append(visit)

        if self.attempt("visit plan", None, act):
            self.visits.append(planned[0].id)
            self.look()

    @step("visit", "assigned")
    def start(self, visit: Visit) -> None:
        ago = timedelta(hours=self.one_of([0, 0, 30, 200, 900]))
        failed = set(self.some_of(CODES))
        spot = set(self.some_of(CODES)) if self.luck.random() < 0.3 else set[str]()
        by = self.who("own", visit)

        def act() -> None:
            visit.start(by=by, at=self.at, device_at=self.at - ago)
            self.answer(visit, failed, spot & failed)

        self.attempt("visit start", visit, act, twice=True)

    def answer(self, visit: Visit, failed: set[str], spot: set[str]) -> None:
        """Record all items, with the photos that they need."""
        stamp = Stamp(visit.inspector, self.at, self.at)
        values = [(code, "value", "no" if code in failed else "yes") for code in CODES]
        write(visit, [*values, *((code, "corrected", True) for code in spot)], stamp)
        picture = db.session.scalars(select(Picture)).one()
        for item in visit.version.items:
            if item.photo_on_fail and item.code in failed:
                for stage in ("before", "after") if item.code in spot else ("before",):
                    recording.add_photo(
                        visit,
                        key=uuid.uuid4(),
                        sha256=picture.sha256,
                        subject=item,
                        stage=stage,
                        caption="",
                        taken_at=self.at,
                        stamp=stamp,
                    )

    @step("visit", "in_progress")
    def submit(self, visit: Visit) -> None:
        by = self.who("own", visit)
        self.attempt("visit submit", visit, lambda: submit(visit, by=by, at=self.at), twice=True)

    @step("visit", "assigned", "in_progress", often=1)
    def cancel(self, visit: Visit) -> None:
        if self.luck.randint(0, 4):
            return
        by = self.who("channel")
        self.attempt(
            "visit cancel", visit, lambda: visit.cancel(reason="网点停电", by=by, at=self.at)
        )

    @step("visit", "assigned", "in_progress", often=1)
    def reassign(self, visit: Visit) -> None:
        to, by = self.who("inspector shopper"), self.who("channel")
        if to.id != visit.inspector_id:
            self.attempt(
                "visit reassign",
                visit,
                lambda: replanning.reassign(visit, to, by=by, at=self.at),
                twice=True,
            )

    @step("visit", "assigned", often=1)
    def move(self, visit: Visit) -> None:
        by, on = self.who("channel"), clock.day(self.at) + timedelta(self.one_of([-1, 1, 5]))
        if on != visit.planned_on:
            self.attempt(
                "visit move",
                visit,
                lambda: replanning.move(visit, on, by=by, at=self.at),
                twice=True,
            )

    @step("visit", "submitted", often=1)
    def send_back(self, visit: Visit) -> None:
        by = self.who("channel")
        comment = f"照片看不清 {len(visit.send_backs)}"
        self.attempt(
            "visit send_back",
            visit,
            lambda: undoing.send_back_undecided(visit, comment=comment, by=by, at=self.at),
        )

    @step("visit", "submitted", "confirmed", "published", often=1)
    def undo(self, visit: Visit) -> None:
        asked = visit.void_asked_at is not None and self.luck.randint(1, ONE_IN) < ONE_IN
        move = self.one_of(["refuse_void", "void"] if asked else ["ask_void"])
        by = self.who("channel" if move == "ask_void" else "leader")
        acts = {
            "ask_void": lambda: visit.ask_void(reason="走错网点", by=by, at=self.at),
            "refuse_void": lambda: visit.refuse_void(by=by, at=self.at),
            "void": lambda: undoing.make_void(visit, by=by, at=self.at),
        }
        self.attempt(f"visit {move}", visit, acts[move])

    @step("visit", "submitted")
    def confirm_visit(self, visit: Visit) -> None:
        by = self.who("channel")
        self.attempt(
            "visit confirm",
            visit,
            lambda: repeats.confirm_visit(visit, by=by, at=self.at),
        )

    @step("visit", "confirmed", often=3)
    def publish(self, visit: Visit) -> None:
        """In a batch with all the other mystery visits that can be."""
        if visit.kind != "mystery" and self.luck.randint(1, ONE_IN) < ONE_IN:
            return
        by, wait = self.who("channel"), self.one_of([0, 0, 0, 1])
        others = [v for v in db.session.scalars(batches.ready()) if not v.void_asked_at]

        def act() -> None:
            day = clock.day(self.at)
            batch = Batch.open(
                quarter=Quarter.of(day),
                name=uuid.uuid4().hex,
                on=clock.days_after(day, wait),
                by=by,
                at=self.at,
            )
            batch.put_in({visit, *others}, by=by, at=self.at)
            publishing.publish(batch, reason="数量不足", by=by, at=self.at)

        self.attempt("visit publish", visit, act)

    # -- findings and notices -------------------------------------------------------------------

    @step("finding", "submitted")
    def confirm(self, finding: Finding) -> None:
        by = self.who("channel")
        self.attempt(
            "finding confirm",
            finding,
            lambda: repeats.confirm([finding], by=by, at=self.at),
            twice=True,
        )

    @step("finding", "submitted", often=2)
    def reject(self, finding: Finding) -> None:
        by = self.who("channel")
        self.attempt(
            "finding reject",
            finding,
            lambda: repeats.reject(finding, reason="证据不足", by=by, at=self.at),
        )

    @step("notice", "draft")
    def issue(self, notice: Notice) -> None:
        by = self.who("channel")

        def act() -> None:
            issuing.issue(notice, by=by, at=self.at)
            warnings.warn(notice, by=by, at=self.at)

        self.attempt("notice issue", notice, act, twice=True)

    @step("notice", "issued")
    def acknowledge(self, notice: Notice) -> None:
        by = self.who("outlet subbranch")
        self.attempt(
            "notice acknowledge",
            notice,
            lambda: notice.acknowledge(post="outlet_head", by=by, at=self.at),
            twice=True,
        )

    @step("notice", "issued", "acknowledged", often=1)
    def reissue(self, notice: Notice) -> None:
        by = self.who("channel")

        def act() -> None:
            repeats.reissue(notice, reason="检查项写错", by=by, at=self.at)

        if self.attempt("notice reissue", notice, act):
            self.taken["rectification reissue"] += 1

    # -- rectifications -------------------------------------------------------------------------

    @step("rectification", "in_progress", "returned", "reopened", often=6)
    def report(self, case: Rectification) -> None:
        by = self.who("outlet subbranch")
        photos = self.one_of([True, True, True, False])
        pictures = list(db.session.scalars(select(Picture))) if photos else []

        def act() -> None:
            case.report(
                cause="未清理",
                measure="每周检查",
                result="已撤换",
                done_on=clock.day(self.at),
                photos=pictures,
                by=by,
                at=self.at,
            )

        self.attempt("rectification report", case, act)

    @step("rectification", "reported", often=6)
    def verify(self, case: Rectification) -> None:
        if not case.reports:
            return
        move = self.one_of(["close", "close", "close", "return", "endorse"])
        who = {"close": "channel", "return": "channel subbranch", "endorse": "subbranch"}
        by, report = self.who(who[move]), case.reports[-1]
        another = clock.day(self.at) + timedelta(days=self.luck.randint(-1, 5))
        due_on = self.one_of([None, None, another])
        acts: dict[str, Callable[[], None]] = {
            "close": lambda: report.close(remark="", by=by, at=self.at),
            "return": lambda: repeats.give_back(
                report, reason="看不清", due_on=due_on, by=by, at=self.at
            ),
            "endorse": lambda: report.endorse(by=by, at=self.at),
        }
        self.attempt(f"rectification {move}", case, acts[move], twice=move == "endorse")

    @step("rectification", "closed", often=2)
    def reopen(self, case: Rectification) -> None:
        by = self.who("channel")
        due_on = clock.day(self.at) + timedelta(days=self.luck.randint(-1, 5))
        self.attempt(
            "rectification reopen",
            case,
            lambda: repeats.reopen(case, reason="仍未整改", due_on=due_on, by=by, at=self.at),
        )

    @step("rectification", "open", "in_progress", often=3)
    def ask_extension(self, case: Rectification) -> None:
        by = self.who("subbranch")
        if (notice := case.notice) is None or case.due_on is None:
            return
        wanted = case.due_on + timedelta(days=self.luck.randint(0, 4))

        def act() -> None:
            Extension.ask(notice, wanted_on=wanted, reason="缺货", sections=ENV, by=by, at=self.at)

        self.attempt("rectification ask_extension", case, act)

    @step("extension", "waiting")
    def decide_extension(self, extension: Extension) -> None:
        by = self.who("channel")
        case = extension.notice.rectification
        grant = self.one_of([True, False])

        def act() -> None:
            if grant:
                extension.grant(remark="", by=by, at=self.at)
            else:
                extension.refuse(reason="理由不足", by=by, at=self.at)

        self.attempt("rectification decide_extension", case, act)

    @step("rectification", "open", "in_progress", "returned", "reopened", often=2)
    def ask_risk(self, case: Rectification) -> None:
        by = self.who("subbranch")
        if (notice := case.notice) is None:
            return

        def act() -> None:
            Risk.ask(notice, reason="历史建筑", by=by, at=self.at)

        self.attempt("rectification ask_risk", case, act)

    @step("risk", "waiting")
    def decide_risk(self, risk: Risk) -> None:
        by = self.who("leader")
        accept = self.one_of([True, False])
        review_on = clock.day(self.at) + timedelta(days=self.luck.randint(0, 60))
        case = risk.notice.rectification

        def act() -> None:
            if accept:
                risk.accept(remark="", review_on=review_on, by=by, at=self.at)
            else:
                risk.refuse(reason="可换材质", by=by, at=self.at)

        move = "accept_risk" if accept else "refuse_risk"
        self.attempt(f"rectification {move}", case, act)

    # -- appeals --------------------------------------------------------------------------------

    @step("rectification", "open", "in_progress")
    def appeal(self, case: Rectification) -> None:
        by = self.who("subbranch")
        if (notice := case.notice) is None or notice.issued_at is None:
            return

        def act() -> None:
            Appeal.file(notice, ground="fact", statement="正在更换", photos=[], by=by, at=self.at)

        if self.attempt("rectification appeal", case, act, wait=5):
            self.taken["appeal file"] += 1

    @step("appeal", "filed", often=8)
    def answer_appeal(self, appeal: Appeal) -> None:
        by = self.who("channel")
        accept = self.one_of([True, True, False])

        def act() -> None:
            if accept:
                appeal.accept(by=by, at=self.at)
            else:
                appeal.refuse(reason="无证据", by=by, at=self.at)

        if self.attempt("appeal accept" if accept else "appeal refuse", None, act) and accept:
            self.taken["rectification pause"] += 1

    @step("appeal", "accepted", often=8)
    def decide_appeal(self, appeal: Appeal) -> None:
        overturned = self.one_of([True, False])
        by = self.who("leader")
        names = ["leader", "admin"] if self.luck.randint(0, 3) else ["leader", "channel", "deputy"]
        departments = self.luck.sample(["行领导", "内控合规部", "渠道部"], len(names))
        if self.luck.randint(1, ONE_IN) == ONE_IN:
            departments[0] = departments[1]
        panel = [Member(self.people[n], d) for n, d in zip(names, departments, strict=True)]

        def act() -> None:
            decide = appeal.overturn if overturned else appeal.uphold
            decide(reason="调阅录像核实", panel=panel, by=by, at=self.at)

        if self.attempt("appeal overturn" if overturned else "appeal uphold", None, act):
            self.taken["finding withdraw" if overturned else "rectification resume"] += 1

    # -- the town itself ------------------------------------------------------------------------

    @step(often=1)
    def promote(self) -> None:
        """Somebody changes sides: what they did before stays theirs."""
        name, roles = self.one_of(
            [("deputy", ("channel", "leader")), ("outlet", ("outlet", "channel"))]
        )
        person = self.people[name]
        person.role = roles[1] if person.role == roles[0] else roles[0]
        self.look()

    @step(often=1)
    def merge(self) -> None:
        """Seldom, the one outlet goes on as the other."""
        if self.luck.randint(0, 3):
            return
        old, into = (make.branch(code) for code in OUTLETS)
        merging.merge(old, into, by=None, at=self.at)
        repeats.recount_home(into, by=None, at=self.at)
        self.look()

    # -- how a step is taken --------------------------------------------------------------------

    def attempt(
        self,
        move: str,
        row: Any,
        act: Callable[[], object],
        *,
        wait: int = 0,
        twice: bool = False,
    ) -> bool:
        """Some time goes by; the verb is tried. Refused, it has changed nothing; taken, it has led
        where its table says, and every law holds. `twice` may do nothing, without harm."""
        self.at += timedelta(hours=wait or self.one_of([1, 1, 3, 8, 26, 26, 60, 200]))
        before, key = self.rows, row.id if row is not None else None
        try:
            with db.session.begin_nested():
                act()
                db.session.flush()
        except Problem as problem:
            self.refused[problem.code] += 1
            self.look()
            assert self.rows == before, f"{move} was refused, but changed something"
            return False
        self.look()
        if twice and self.rows == before:
            return False
        self.taken[move] += 1
        assert len(self.rows.event) > len(before.event), f"{move} left no trace"
        table, _, name = move.partition(" ")
        if key is not None and key in self.rows.stage:
            led_to = self.rows.stage[key]
            if (table, name, led_to) != ("finding", "confirm", "closed"):  # put right on the spot
                assert led_to == (TABLES[table][name].to or before.stage[key]), move
        history_only_grows(before, self.rows)
        for law in LAWS:
            law(self.rows)
        return True

    def look(self) -> None:
        """Read all rows, and forget what the session remembers, as before another request."""
        self.rows = Rows.now()
        for row in db.session:
            if not isinstance(row, STANDS):
                db.session.expire(row)
        self._keys: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for table in ROWS:
            for row in sorted(getattr(self.rows, table).values(), key=lambda r: self._place(r)):
                self._keys[table, ""].append(row["id"])
                self._keys[table, self._stage(row)].append(row["id"])

    def keys(self, table: str, *stages: str) -> list[Any]:
        """The rows at one of these stages, or all."""
        return [key for stage in stages or ("",) for key in self._keys[table, stage]]

    def _stage(self, row: Row) -> str:
        """At which stage a row is; of a request, whether it waits."""
        if "filed_at" in row:
            told = ("refused_at", "refused"), ("decided_at", "decided"), ("accepted_at", "accepted")
            return next((stage for column, stage in told if row[column]), "filed")
        if "answer" in row:
            case = self.rows.notice[row["notice_id"]]["rectification_id"]
            late = self.rows.stage[case] not in findings.WAITING_FOR_BRANCH
            return "answered" if row["answer"] or late else "waiting"
        return self.rows.stage.get(row["id"], "")

    def _place(self, row: Row) -> tuple[Any, ...]:
        """Where a row stands: keys are random, and a walk must be walked again the same way."""
        if "notice_id" in row:
            return (*self._place(self.rows.notice[row["notice_id"]]), row.get("asked_at") or 0)
        if "rectification_id" in row:
            case = self.rows.rectification[row["rectification_id"]]
            return (*self._place(case), row.get("round") or row["drafted_at"])
        if "finding_id" in row:
            return self._place(self.rows.finding[row["finding_id"]])
        if "visit_id" in row:
            return (self.visits.index(row["visit_id"]), row["position"])
        return (self.visits.index(row["id"]) if row["id"] in self.visits else len(self.visits),)

    def one_of(self, choices: Sequence[T]) -> T:
        """One of them."""
        return self.luck.choice(choices)

    def some_of(self, choices: Sequence[T]) -> list[T]:
        """One or more of them."""
        return self.luck.sample(choices, self.luck.randint(1, len(choices)))

    def who(self, roles: str, visit: Visit | None = None) -> Person:
        """Somebody of one of these roles, as a rule; `own` is the inspector of the visit."""
        if visit and self.luck.randint(1, ONE_IN) < ONE_IN:
            return visit.inspector
        people = self.rows.person.values()
        fit = sorted(one["username"] for one in people if one["role"] in roles.split())
        anybody = not fit or self.luck.randint(1, ONE_IN) == ONE_IN
        return self.people[self.one_of(NAMES if anybody else fit)]


ENV = frozenset({"ENV"})
