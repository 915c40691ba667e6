"""`flask people add, change, close, reopen, list`: the same verbs, with reasons and exit codes."""

import pytest
from flask import Flask
from sqlalchemy import select

from inspector.db import db
from inspector.history import Event
from inspector.people.models import Person
from inspector.people.queries import person_called
from tests import cast as make
from tests.cast import Cast
from tests.walls import erase


def run(app: Flask, *words: str) -> tuple[int, str]:
    db.session.commit()
    done = app.test_cli_runner().invoke(args=["people", *words])
    db.session.rollback()
    db.session.expire_all()
    return done.exit_code, done.output


def add(app: Flask, username: str, *, role: str, branch: str) -> tuple[int, str]:
    return run(app, "add", username, "--name", "孙巡", "--role", role, "--branch", branch)


def test_the_first_administrator_of_an_empty_installation(app: Flask) -> None:
    erase(Event, Person)
    code, output = add(app, "Boss", role="admin", branch="YA")
    assert code == 0
    boss = db.session.scalars(select(Person)).one()
    assert (boss.username, boss.role) == ("boss", "admin")
    event = db.session.scalars(
        select(Event).where(Event.subject_id == boss.id, Event.verb == "add")
    ).one()
    assert event.by_id is None
    link = output.splitlines()[-1].removeprefix("https://inspector.example")
    assert "boss" in app.test_client().get(link).text


@pytest.mark.parametrize(
    ("username", "role", "branch", "reason"),
    [
        ("OUTLET", "outlet", "YA0302", "There is an account outlet already."),
        ("sun", "outlet", "YA", "An outlet head belongs to an outlet."),
        ("sun", "admin", "YA99", "There is no branch with the code YA99."),
        ("?", "admin", "YA", "An account name begins with"),
    ],
)
def test_what_cannot_be_ends_with_code_1_and_the_reason(
    app: Flask, username: str, role: str, branch: str, reason: str
) -> None:
    code, output = add(app, username, role=role, branch=branch)
    assert code == 1
    assert reason in output
    assert person_called("sun") is None


def test_an_account_is_changed_and_what_differs_is_said(app: Flask, cast: Cast) -> None:
    code, output = run(app, "change", "outlet", "--name", "郝胜利", "--email", "h@bank.example")
    assert (code, output.splitlines()) == (
        0,
        ["name: 胜利路负责人 → 郝胜利", "email: empty → h@bank.example", "outlet: changed"],
    )
    assert cast.outlet.name == "郝胜利"
    assert run(app, "change", "outlet")[1] == "outlet: nothing was different\n"
    assert run(app, "change", "outlet", "--username", "Shengli")[0] == 0
    assert run(app, "change", "shengli", "--role", "leader")[0] == 1
    assert run(app, "change", "nobody", "--name", "x")[0] == 1


def test_an_account_is_closed_and_reopened(app: Flask, cast: Cast) -> None:
    make.a_visit(cast)
    code, output = run(app, "close", "inspector", "--reason", "调离")
    assert code == 0
    assert output.startswith("inspector: closed\nStill in hand:\n  吴起支行胜利路网点")
    assert not cast.inspector.is_active
    assert run(app, "close", "inspector", "--reason", "x")[1].startswith(
        "inspector: was closed before"
    )
    assert run(app, "close", "inspector", "--reason", " ")[0] == 1
    assert run(app, "reopen", "inspector") == (0, "inspector: open again\n")
    assert run(app, "reopen", "inspector") == (0, "inspector: was open\n")
    assert cast.inspector.is_active


def test_the_accounts_are_listed_one_a_line(app: Flask, cast: Cast) -> None:
    cast.outlet.closed_at = make.MONDAY
    assert run(app, "list", "--branch", "YA03", "--only", "all")[1].splitlines() == [
        "colleague\t王察\tinspector\tYA03",
        "outlet\t胜利路负责人\toutlet\tYA0302\t\tclosed 2026-11-23",
        "subbranch\t吴起行长\tsubbranch\tYA03",
    ]
    assert run(app, "list", "--q", "赵")[1] == "shopper\t赵访\tshopper\tYA\n"
