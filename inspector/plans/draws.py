"""Drawing the missing visits: looked at first, adjusted by hand, then kept. Nothing is stored until
then: the page's address says all that a draw follows from, but the facts."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import MultiDict

from inspector import clock
from inspector.checklists.models import Kind
from inspector.clock import Quarter
from inspector.db import db
from inspector.people.models import Branch, Person
from inspector.people.queries import visitors
from inspector.people.roles import Role
from inspector.plans import keeping
from inspector.plans.book import Book
from inspector.plans.checking import Row, troubles
from inspector.plans.drawing import Unplaced, draw
from inspector.plans.facts import Gathered, gather
from inspector.plans.keeping import Kept, sealed, unsealed
from inspector.plans.queries import SHOWN, Grid
from inspector.plans.rules import REFUSED, Facts, Key
from inspector.plans.views import named, wanted_in
from inspector.problems import Problem
from inspector.web import Answer, for_roles, go

blueprint = Blueprint("draws", __name__, url_prefix="/plans")


@dataclass(frozen=True)
class Asked:
    """What is to be drawn."""

    quarter: Quarter
    seed: str
    kinds: list[str]
    kind: str
    subbranch: str


@dataclass
class Shown:
    """A row of the preview: as it was drawn or adjusted, and what is wrong with it."""

    row: Row
    drawn: Row
    taken: bool = True
    why: Sequence[str] = ()

    @property
    def is_adjusted(self) -> bool:
        """Whether people gave it another inspector or day."""
        return self.row != self.drawn

    @property
    def is_refused(self) -> bool:
        """Whether it cannot be kept."""
        return any(one in REFUSED for one in self.why)


@blueprint.get("/<quarter>/draw")
@for_roles(Role.CHANNEL)
def new(quarter: str) -> Answer:
    """A draw, to be looked at. Without a seed in the address one is made."""
    of = named(quarter)
    if not seed_in(request.args):
        kind, subbranch = request.args.get("kind"), request.args.get("subbranch")
        seed = secrets.token_hex(4).upper()
        here = url_for("draws.new", quarter=of, kind=kind, subbranch=subbranch, seed=seed)
        return redirect(here)
    asked = _asked(of, request.args)
    gathered = _gathered(asked)
    drawn = draw(asked.seed, gathered.facts)
    rows = [Row(one.key, one.visitor, one.day) for one in drawn.placed]
    return _page(asked, gathered, [Shown(row, row) for row in rows], drawn.unplaced)


@blueprint.post("/<quarter>/draw")
@for_roles(Role.CHANNEL)
def keep(quarter: str) -> Answer:
    """Plan what was looked at. Where something is wrong with a row nothing is kept, and the page
    says what."""
    keeping.one_at_a_time()
    of, form = named(quarter), request.form
    asked = _asked(of, form)
    gathered = _gathered(asked)
    shown = _shown_in(form, gathered.facts)
    taken = [one for one in shown if one.taken]
    wrong = troubles([one.row for one in taken], gathered.facts)
    for one in taken:
        one.why = wrong.get(one.row.key, ())
    if any(one.is_refused or (one.why and not form.get("anyway")) for one in taken):
        return _page(asked, gathered, shown, stopped=True), 422
    kept = Kept(
        of,
        asked.seed,
        asked.kinds,
        asked.subbranch,
        adjusted=sum(one.is_adjusted for one in taken),
        left_out=len(shown) - len(taken),
    )
    rows = [one.row for one in taken]
    visits = keeping.keep(kept, rows, by=current_user, at=clock.now()).visits
    said = ngettext("%(num)s visit is planned.", "%(num)s visits are planned.", visits)
    return go(url_for("plans.show", quarter=of), said)


def seed_in(said: Mapping[str, str]) -> str:
    """The seed that somebody gave, in one form."""
    return " ".join(said.get("seed", "").split()).upper()[: keeping.SEED_MOST]


def _asked(quarter: Quarter, said: Mapping[str, str]) -> Asked:
    """What is to be drawn. Raises Problem unmask.not_named for mystery visits only, when whoever
    asks may not know who shops; of all kinds these are then left out."""
    if quarter.last < clock.today():
        raise Problem("plan.over")
    wanted = wanted_in(said)
    kinds = [kind for kind in wanted.kinds if kind != Kind.MYSTERY or current_user.is_unmasker]
    if not kinds:
        raise Problem("unmask.not_named")
    seed = seed_in(said)
    if not seed:
        raise Problem("request.malformed")
    below = select(Branch.id).where(Branch.code == wanted.subbranch)
    if wanted.subbranch and db.session.scalar(below) is None:
        raise Problem("request.unknown")
    return Asked(quarter, seed, kinds, wanted.kind, wanted.subbranch)


def _gathered(asked: Asked) -> Gathered:
    today = clock.today()
    grid = Grid(asked.quarter, seen_by=current_user, today=today)
    return gather(grid, asked.kinds, asked.subbranch, today)


def _shown_in(form: MultiDict[str, str], facts: Facts) -> list[Shown]:
    """The rows of a form, each as it was shown and as it is now."""
    shoppers = [who.name for who in facts.visitors if Kind.MYSTERY in who.kinds]
    found, taken = {}, set(form.getlist("take"))
    for text in form.getlist("row"):
        key = _key(text)
        was, _blank, on = form.get(f"was.{text}", "").rpartition(" ")
        drawn = Row(key, unsealed(key, was, shoppers), _day(on))
        who = drawn.visitor if key.kind == Kind.MYSTERY else form.get(f"who.{text}", was)
        row = Row(key, who, _day(form.get(f"on.{text}", on)))
        found[key] = Shown(row, drawn, taken=text in taken)
    return list(found.values())


def _key(text: str) -> Key:
    outlet, _dot, rest = text.partition("|")
    kind, _dot, number = rest.partition("|")
    if kind not in set(SHOWN) or not number.isascii() or not number.isdigit():
        raise Problem("request.malformed")
    return Key(outlet, kind, int(number))


def _day(text: str) -> date:
    """A day; what is none is a day that no quarter has."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _page(
    asked: Asked,
    gathered: Gathered,
    shown: Sequence[Shown],
    unplaced: Sequence[Unplaced] = (),
    stopped: bool = False,
) -> str:
    facts = gathered.facts
    keys = {key.outlet for key in (*(one.row.key for one in shown), *(u.key for u in unplaced))}
    outlets = select(Branch).where(Branch.code.in_(keys)).options(selectinload(Branch.parent))
    people = db.session.scalars(visitors().options(selectinload(Person.branch)))
    below = select(Branch).where(Branch.code == asked.subbranch)
    return render_template(
        "plans/draw.html",
        asked=asked,
        quarter=asked.quarter,
        shown=shown,
        unplaced=unplaced,
        left=gathered.left,
        rules=facts.rules,
        stopped=stopped,
        is_refused=any(one.is_refused for one in shown),
        outlets={branch.code: branch for branch in db.session.scalars(outlets)},
        people={person.username: person for person in people},
        choices=_choices(facts),
        loads=_loads(shown, facts),
        months=_months(shown),
        sealed=sealed,
        subbranch=db.session.scalar(below) if asked.subbranch else None,
        has_no_shoppers=not asked.kind and Kind.MYSTERY not in asked.kinds,
    )


CHOICES = 25
"""How many people a row offers: those with the fewest visits in the quarter."""


def _choices(facts: Facts) -> Callable[[Key], list[str]]:
    """Who else could make a visit, the least burdened first."""
    load = Book(facts).in_quarter
    people = sorted(facts.visitors, key=lambda who: (load[who.name], who.name))
    above = {one.key.outlet: one.subbranch for one in facts.wanted}

    def choices(key: Key) -> list[str]:
        there = above.get(key.outlet, "")
        fit = (w for w in people if key.kind in w.kinds and not w.recused_from(there))
        return [who.name for who in islice(fit, CHOICES)]

    return choices


def _loads(shown: Sequence[Shown], facts: Facts) -> list[tuple[str, int, int]]:
    """Of each inspector how many visits were drawn, and how many the quarter has with them.
    Shoppers are left out: who of them goes how often is not for this page."""
    drawn = Counter(one.row.visitor for one in shown if one.taken)
    before = Book(facts).in_quarter
    named = [who.name for who in facts.visitors if Kind.MYSTERY not in who.kinds]
    return [(name, drawn[name], before[name] + drawn[name]) for name in sorted(named)]


def _months(shown: Sequence[Shown]) -> dict[date, int]:
    """How many visits were drawn in each month, by its first day."""
    return dict(sorted(Counter(one.row.day.replace(day=1) for one in shown if one.taken).items()))
