"""Drawing the missing visits: a preview that stores nothing, hands that change it, and keeping."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.history import Event
from inspector.people.models import Person
from inspector.people.queries import outlets, visitors
from inspector.plans.facts import gather
from inspector.plans.models import Draw
from inspector.plans.queries import Grid, Wanted
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import Client, ClientOf, CountQueries

DRAW = "/plans/2026Q4/draw"
HERE = f"{DRAW}?subbranch=YA03&kind=onsite&seed=S"
HIDDEN = re.compile(r'name="((?:was\.|row)[^"]*)"\s+value="([^"]*)"')


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


@pytest.fixture
def channel(cast: Cast, client_of: ClientOf) -> Client:
    make.a_person(cast, "sun")
    return client_of(cast.channel)


def form_of(page: str, **said: str) -> dict[str, Any]:
    """What a browser would send of a preview that nobody has changed."""
    found: dict[str, Any] = {"row": []}
    for name, value in HIDDEN.findall(page):
        if name == "row":
            found["row"].append(unescape(value))
        else:
            found[unescape(name)] = unescape(value)
    return found | {"take": list(found["row"]), "seed": "S", "kind": "onsite"} | said


def drawn(page: str) -> dict[str, tuple[str, str]]:
    """By row who was drawn, and for which day."""
    said = form_of(page)
    return {
        name.removeprefix("was."): tuple(value.split(" "))
        for name, value in said.items()
        if name.startswith("was.")
    }


def visits() -> list[Visit]:
    return list(db.session.scalars(select(Visit).order_by(Visit.planned_on)))


def test_a_seed_is_made_once_and_stands_in_the_address(channel: Client) -> None:
    first, second = (channel.get(f"{DRAW}?kind=onsite").location for _ in range(2))
    assert first
    assert re.fullmatch(r"/plans/2026Q4/draw\?kind=onsite&seed=[0-9A-F]{8}", first)
    assert first != second
    assert first.rpartition("=")[2] in channel.get(first).text


def test_looking_at_a_draw_stores_nothing_and_the_same_seed_shows_the_same(channel: Client) -> None:
    page = channel.get(HERE).text
    assert drawn(page) == drawn(channel.get(HERE).text) != drawn(channel.get(HERE + "T").text)
    assert drawn(page)
    assert visits() == []
    assert db.session.scalar(select(func.count(Draw.id))) == 0


def test_the_draw_keeps_to_the_rules_of_the_bank(channel: Client) -> None:
    found = drawn(channel.get(f"{DRAW}?kind=onsite&seed=S").text)
    assert len(found) == len(db.session.scalars(outlets()).all())
    for key, (who, on) in found.items():
        assert who in {"inspector", "colleague", "sun"}
        assert not (who == "colleague" and key.startswith("YA03"))
        assert date(2026, 11, 24) <= date.fromisoformat(on) <= date(2026, 12, 31)
        assert date.fromisoformat(on).isoweekday() <= 5


def test_recusal_is_the_one_that_planning_knows(cast: Cast) -> None:
    make.a_person(cast, "zhou", branch="YA0102")
    grid = Grid(Quarter(2026, 4), seen_by=cast.channel, today=MONDAY.date())
    facts = gather(grid, ["onsite"], "", MONDAY.date()).facts
    people = {person.username: person for person in db.session.scalars(visitors())}
    for one in facts.wanted:
        outlet = make.branch(one.key.outlet)
        for who in facts.visitors:
            assert who.recused_from(one.subbranch) == people[who.name].recused_from(outlet)


def test_whoever_was_there_last_does_not_come_again(cast: Cast, channel: Client) -> None:
    for code in ("YA0301", "YA0302", "YA0303"):
        visit = rows.a_visit_at(cast, "submitted", at=code)
        visit.started_at = visit.submitted_at = MONDAY.replace(month=5)
    found = drawn(channel.get(HERE).text)
    assert {who for who, _on in found.values()} == {"sun"}


def test_what_is_kept_is_what_was_looked_at(cast: Cast, channel: Client) -> None:
    page = channel.get(HERE).text
    done = channel.post(DRAW, data=form_of(page, subbranch="YA03"))
    assert (done.status_code, done.location) == (303, "/plans/2026Q4")
    kept = {
        f"{v.branch.code}|onsite|1": (v.inspector.username, str(v.planned_on)) for v in visits()
    }
    assert kept == drawn(page)
    assert {visit.planned_by_id for visit in visits()} == {cast.channel.id}
    (draw,) = db.session.scalars(select(Draw)).all()
    assert (draw.seed, draw.kinds, draw.visits, draw.adjusted) == ("S", "onsite", len(kept), 0)
    assert (draw.kept_by, draw.subbranch) == (cast.channel, make.branch("YA03"))
    verbs = select(Event.verb, func.count()).group_by(Event.verb)
    acts = {verb: number for verb, number in db.session.execute(verbs)}
    assert (acts["plan"], acts["keep_draw"]) == (len(kept), 1)
    plan = channel.get("/plans/2026Q4").text
    assert "<code>S</code>" in plan
    assert "没有缺项" in channel.get(HERE).text


def test_a_row_is_changed_by_hand_and_another_left_out(cast: Cast, channel: Client) -> None:
    form = form_of(channel.get(HERE).text)
    first, second, *_rest = form["row"]
    form |= {f"who.{first}": "inspector", f"on.{first}": "2026-12-30"}
    form["take"].remove(second)
    assert channel.post(DRAW, data=form).status_code == 303
    (changed,) = [visit for visit in visits() if visit.branch.code == first[:6]]
    assert (changed.inspector, changed.planned_on) == (cast.inspector, date(2026, 12, 30))
    assert second[:6] not in {visit.branch.code for visit in visits()}
    draw = db.session.scalars(select(Draw)).one()
    assert (draw.adjusted, draw.left_out, draw.visits) == (1, 1, len(form["row"]) - 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"who": "colleague"}, "回避"),
        ({"who": "reviewer"}, "此人不承担这类检查"),
        ({"who": "nobody"}, "此人已不再承担检查"),
        ({"on": "2027-01-04"}, "剩余的日子"),
        ({"on": "2026-11-23"}, "剩余的日子"),
        ({"on": "x"}, "剩余的日子"),
    ],
)
def test_what_the_rules_refuse_is_told_at_its_row_and_nothing_is_kept(
    channel: Client, change: dict[str, str], told: str
) -> None:
    form = form_of(channel.get(HERE).text)
    key = form["row"][0]
    form |= {f"{name}.{key}": value for name, value in change.items()}
    answer = channel.post(DRAW, data=form | {"anyway": "yes"})
    assert answer.status_code == 422
    assert told in answer.text
    assert answer.text.count('class="late"') == 1
    assert visits() == []


def test_what_a_draw_would_not_do_people_may_do_after_they_were_told(channel: Client) -> None:
    form = form_of(channel.get(HERE).text)
    form[f"on.{form['row'][0]}"] = "2026-12-05"  # a Saturday
    answer = channel.post(DRAW, data=form)
    assert answer.status_code == 422
    assert "星期几" in answer.text
    assert 'name="anyway"' in answer.text
    assert visits() == []
    assert channel.post(DRAW, data=form | {"anyway": "yes"}).status_code == 303
    assert date(2026, 12, 5) in {visit.planned_on for visit in visits()}


def test_what_somebody_else_has_planned_meanwhile_is_told_and_nothing_is_half_kept(
    cast: Cast, channel: Client
) -> None:
    form = form_of(channel.get(HERE).text)
    rows.a_visit_at(cast, "assigned", at=form["row"][0][:6])
    answer = channel.post(DRAW, data=form)
    assert answer.status_code == 422
    assert "其间已有人安排" in answer.text
    assert len(visits()) == 1
    form["take"].remove(form["row"][0])
    assert channel.post(DRAW, data=form).status_code == 303
    assert len(visits()) == len(form["row"])


def test_who_was_recused_or_closed_meanwhile_is_told(cast: Cast, channel: Client) -> None:
    form = form_of(channel.get(HERE).text)
    cast.inspector.branch = make.branch("YA03")
    db.session.get_one(Person, _sun().id).closed_at = MONDAY
    answer = channel.post(DRAW, data=form)
    assert answer.status_code == 422
    assert "回避" in answer.text or "不再承担检查" in answer.text
    assert visits() == []


def _sun() -> Person:
    return db.session.scalars(select(Person).where(Person.username == "sun")).one()


def test_the_same_draw_is_not_kept_twice(channel: Client) -> None:
    form = form_of(channel.get(HERE).text)
    assert [channel.post(DRAW, data=form).status_code for _ in range(2)] == [303, 422]
    assert len(visits()) == len(form["row"])


def test_nothing_to_keep_is_refused(channel: Client) -> None:
    form = form_of(channel.get(HERE).text) | {"take": []}
    assert channel.post(DRAW, data=form).status_code == 422


@pytest.mark.parametrize("row", ["YA0301", "YA0301|fitout|1", "YA0301|onsite|x", "YA0301|onsite|²"])
def test_a_row_that_no_page_has_sent_is_refused(channel: Client, row: str) -> None:
    assert channel.post(DRAW, data={"seed": "S", "row": row, "take": row}).status_code == 400


def test_who_shops_is_on_no_page_and_still_what_was_drawn_is_kept(
    cast: Cast, channel: Client
) -> None:
    make.a_person(cast, "qian", name="钱访", role="shopper")
    page = channel.get(f"{DRAW}?kind=mystery&subbranch=YA03&seed=S").text
    assert not {"钱访", "qian", cast.shopper.name} & set(re.split(r"\W+", page))
    told = drawn(page)
    assert all(re.fullmatch("[0-9a-f]{64}", who) for who, _on in told.values())
    assert channel.post(DRAW, data=form_of(page, kind="mystery")).status_code == 303
    kept = {v.branch.code: (v.inspector.username, str(v.planned_on)) for v in visits()}
    assert {key[:6]: on for key, (_who, on) in told.items()} == {
        code: on for code, (_who, on) in kept.items()
    }
    assert {who for who, _on in kept.values()} == {"shopper", "qian"}


def test_a_sealed_name_that_no_page_has_made_means_nobody(channel: Client) -> None:
    form = form_of(channel.get(f"{DRAW}?kind=mystery&subbranch=YA03&seed=S").text, kind="mystery")
    form[f"was.{form['row'][0]}"] = "shopper 2026-12-01"
    answer = channel.post(DRAW, data=form)
    assert answer.status_code == 422
    assert "此人已不再承担检查" in answer.text


def test_a_shopper_drawn_is_not_named_when_the_page_comes_back(cast: Cast, channel: Client) -> None:
    form = form_of(channel.get(f"{DRAW}?kind=mystery&subbranch=YA03&seed=S").text, kind="mystery")
    form[f"on.{form['row'][0]}"] = "2026-12-05"
    answer = channel.post(DRAW, data=form)
    assert answer.status_code == 422
    assert cast.shopper.name not in answer.text
    assert drawn(answer.text) == {
        name.removeprefix("was."): tuple(value.split(" "))
        for name, value in form.items()
        if name.startswith("was.")
    }


def test_whoever_may_not_know_the_shoppers_draws_the_other_kinds(
    cast: Cast, client_of: ClientOf
) -> None:
    cast.channel.may_unmask = False
    channel = client_of(cast.channel)
    page = channel.get(f"{DRAW}?subbranch=YA03&seed=S").text
    assert {key.split("|")[1] for key in drawn(page)} == {"onsite", "offsite"}
    assert "不含神秘人检查" in page
    assert channel.get(f"{DRAW}?kind=mystery&seed=S").status_code == 403


def test_so_many_are_drawn_at_once_and_the_rest_waits(
    app: Flask, channel: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PLAN_DRAWN_AT_ONCE", 2)
    page = channel.get(HERE).text
    assert len(drawn(page)) == 2
    here = [b for b in db.session.scalars(outlets()) if b.code.startswith("YA03")]
    assert f"另缺{len(here) - 2}次检查" in page


def test_what_cannot_be_placed_stands_on_the_page_with_the_reason(
    app: Flask, cast: Cast, channel: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PLAN_WEEK_AT_MOST", 0)
    page = channel.get(HERE).text
    assert "能去的人各周都已排满" in page
    assert drawn(page) == {}


def test_a_sub_branch_that_is_none_does_not_exist(channel: Client) -> None:
    assert channel.get(f"{DRAW}?subbranch=7C1D90AA&seed=S").status_code == 404


def test_a_quarter_that_is_over_is_not_drawn(channel: Client) -> None:
    assert channel.get("/plans/2026Q3/draw?seed=S").status_code == 409


def test_the_next_quarter_can_be_drawn_from_its_first_day(channel: Client) -> None:
    found = drawn(channel.get("/plans/2027Q1/draw?kind=onsite&subbranch=YA03&seed=S").text)
    assert {on[:4] for _who, on in found.values()} == {"2027"}


def test_a_draw_asks_the_database_the_same_however_much_is_missing(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    channel = client_of(cast.channel)
    db.session.commit()
    with count_queries() as little:
        channel.get(HERE)
    with count_queries() as much:
        channel.get(f"{DRAW}?seed=S")
    assert len(much) <= len(little) + 1


def test_missing_is_counted_as_the_grid_counts_it(cast: Cast) -> None:
    rows.a_visit_at(cast, "submitted")
    rows.a_visit_at(cast, "assigned", at="YA0102", kind="offsite")
    grid = Grid(Quarter(2026, 4), seen_by=cast.channel, today=MONDAY.date())
    found = gather(grid, ["onsite", "mystery", "offsite"], "", MONDAY.date())
    assert len(found.facts.wanted) == grid.totals(Wanted())[1][""].missing
