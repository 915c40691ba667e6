"""`flask people email`: where a person's reminders also go."""

from flask import Flask

from inspector.db import db
from tests.cast import Cast


def test_an_address_is_given_changed_and_taken_back(app: Flask, cast: Cast) -> None:
    def run(*words: str) -> tuple[int, str]:
        db.session.commit()
        done = app.test_cli_runner().invoke(args=["people", "email", *words])
        db.session.expire_all()
        return done.exit_code, done.output

    assert run("outlet", "shengli@bank.example") == (0, "outlet: shengli@bank.example\n")
    assert cast.outlet.email == "shengli@bank.example"
    assert run("outlet", "no address")[0] == run("nobody", "a@b.example")[0] == 1
    assert cast.outlet.email == "shengli@bank.example"
    assert run("outlet")[0] == 0
    assert cast.outlet.email is None
