"""`flask branches merge`: an outlet goes on as another, and its past with it (domain.md 3.8)."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from inspector.db import db
from inspector.findings.models import Finding
from inspector.history import Event
from inspector.problems import Problem
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.notices.test_repeats import case_of, confirmed, noon, seen, struck_off, told

OLD, NEW = "YA0301", "YA0302"


def merge(app: Flask, *args: str) -> Result:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["branches", "merge", *args])
    db.session.expire_all()
    return result


@pytest.fixture
def found(cast: Cast) -> list[Finding]:
    """The same fault at two outlets, put right at the one before it was seen at the other."""
    first = struck_off(cast, confirmed(cast, seen(cast, "2026-03-02", at=OLD)), "2026-03-04")
    return [first, confirmed(cast, seen(cast, "2026-06-01", at=NEW))]


def test_what_was_found_at_the_one_counts_at_the_other(app: Flask, found: list[Finding]) -> None:
    assert told(*found) == [1, 1]
    result = merge(app, OLD, NEW)
    assert result.exit_code == 0
    assert f"{NEW} 2026-06-01 {found[1].item_code}: time 1 → time 2" in result.output
    assert "findings that go along 1" in result.output
    assert told(*found) == [1, 2]
    events = select(Event.detail).where(Event.verb == "merge")
    assert list(db.session.scalars(events)) == [{"into": NEW}]

    again = merge(app, OLD, NEW)
    assert (again.exit_code, "nothing was changed" in again.output) == (0, True)


def test_a_dry_run_says_the_same_and_changes_nothing(app: Flask, found: list[Finding]) -> None:
    dry = merge(app, OLD, NEW, "--dry-run").output.splitlines()
    assert dry[-1] == "Nothing was changed: --dry-run."
    assert (told(*found), make.branch(OLD).merged_into) == ([1, 1], None)
    assert merge(app, OLD, NEW).output.splitlines()[:-1] == dry[:-1]


def test_who_was_merged_before_goes_along(app: Flask, found: list[Finding]) -> None:
    assert merge(app, "YA0303", OLD).exit_code == 0
    assert merge(app, OLD, NEW).exit_code == 0
    assert {make.branch(code).merged_into for code in (OLD, "YA0303")} == {make.branch(NEW)}


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ((OLD, OLD), "Only an outlet can go on as another outlet."),
        ((OLD, "YA03"), "Only an outlet can go on as another outlet."),
        (("YA03", NEW), "Only an outlet can go on as another outlet."),
        ((OLD, "YA9999"), "There is no branch with the code YA9999."),
        ((OLD, "YA0303"), "YA0303 was merged into another outlet before."),
        (("YA0303", OLD), "YA0303 was merged into another outlet before."),
        ((NEW, "YA0303"), "YA0303 was merged into another outlet before."),
    ],
)
def test_nonsense_is_refused(
    app: Flask, found: list[Finding], args: tuple[str, str], why: str
) -> None:
    make.branch("YA0303").merged_into = make.branch(NEW)
    result = merge(app, *args)
    assert (result.exit_code, why in result.output) == (1, True)
    assert (told(*found), make.branch(OLD).merged_into) == ([1, 1], None)


def test_the_people_of_the_other_outlet_carry_on_with_its_notices(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    notice = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", at="YA0102"), 0, "issued")
    signing = f"/notices/{notice.id}/acknowledgement"
    post = {"post": "outlet_head"}
    assert client_of(cast.outlet).post(signing, data=post).status_code == 404
    assert merge(app, "YA0102", NEW).exit_code == 0
    for person in (cast.outlet, cast.subbranch, cast.other_outlet):
        assert client_of(person).get(f"/notices/{notice.id}").status_code == 200
    assert client_of(cast.outlet).post(signing, data=post).status_code == 303
    assert "已并入" in client_of(cast.subbranch).get("/branches").text


def test_nobody_is_sent_to_an_outlet_that_is_gone(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    name = make.branch(OLD).name_zh
    assert name in client_of(cast.channel).get("/visits/new").text
    merge(app, OLD, NEW)
    assert name not in client_of(cast.channel).get("/visits/new").text
    with pytest.raises(Problem, match=r"branch\.closed"):
        make.a_visit(cast, at=OLD)


def test_all_repeats_are_counted_anew_when_the_window_changes(app: Flask, cast: Cast) -> None:
    first = struck_off(cast, confirmed(cast, seen(cast, "2026-01-02")), "2026-01-04")
    second = confirmed(cast, seen(cast, "2026-06-01"))
    elsewhere = confirmed(cast, seen(cast, "2026-06-01", at="YA0102"))
    runner = app.test_cli_runner()

    def recount(*args: str) -> Result:
        db.session.commit()
        result = runner.invoke(args=["repeats", "recount", *args])
        db.session.expire_all()
        return result

    assert (recount("--check").exit_code, recount().output) == (0, "recounted 0\n")
    app.config["REPEAT_WINDOW_DAYS"] = 90
    try:
        check = recount("--check")
        assert (check.exit_code, told(first, second)) == (1, [1, 2])
        line = f"YA0302 2026-06-01 {second.item_code}: time 2 → time 1\n"
        assert check.output == f"{line}recounted 1\nNothing was changed: --check.\n"
        assert recount().output == f"{line}recounted 1\n"
    finally:
        app.config["REPEAT_WINDOW_DAYS"] = 365
    assert told(first, second, elsewhere) == [1, 1, 1]
    assert case_of(second).opened_at > noon("2026-05-31")
