"""Each act is one row of one chain, whoever writes at the same time and whatever is rolled back."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from inspector import clock
from inspector.db import db
from inspector.history import Event, Link, record
from inspector.history.digest import START
from inspector.people.models import Person
from inspector.trail.verifying import verify
from inspector.visits.models import Visit
from tests import cast as make
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.trail.chains import acts, length

WRITERS, ACTS = 8, 12


def links() -> list[Link]:
    return list(db.session.scalars(select(Link).order_by(Link.seq)))


def verbs() -> list[str]:
    """Of all rows since the cast came, in the order of the chain."""
    wanted = select(Event.verb).join(Link, Link.event_id == Event.id).order_by(Link.seq)
    return [verb for verb in db.session.scalars(wanted) if verb not in {"add", "publish"}]


def test_rows_are_numbered_and_each_holds_the_hash_of_the_one_before(cast: Cast) -> None:
    acts(cast, make.a_visit(cast), "one", "two")
    chain = links()
    assert [link.seq for link in chain] == list(range(1, len(chain) + 1))
    assert [link.previous for link in chain] == [START, *(link.sha256 for link in chain[:-1])]
    assert verbs() == ["plan", "one", "two"]
    assert verify().rows == len(chain)


def test_an_act_is_there_to_be_read_before_it_is_committed(cast: Cast) -> None:
    visit = make.a_visit(cast)
    record(visit, "one", cast.channel, MONDAY)
    before = length()
    told = select(Event.verb).where(Event.subject_id == visit.id)
    assert set(db.session.scalars(told)) == {"plan", "one"}
    assert length() == before, "but is chained only at the end"
    db.session.commit()
    assert length() == before + 2


def test_what_is_rolled_back_leaves_nothing_and_no_gap(cast: Cast) -> None:
    visit = make.a_visit(cast)
    acts(cast, visit, "one")
    record(visit, "never", cast.channel, MONDAY)
    db.session.flush()
    db.session.rollback()
    acts(cast, visit, "two")
    assert verbs() == ["plan", "one", "two"]
    assert verify().rows == length()


@pytest.mark.parametrize("flushed", [True, False])
def test_what_a_savepoint_gives_up_leaves_nothing_and_the_rest_stays(
    cast: Cast, flushed: bool
) -> None:
    visit = make.a_visit(cast)
    record(visit, "before", cast.channel, MONDAY)
    with db.session.begin_nested():
        record(visit, "within", cast.channel, MONDAY)
        given_up = db.session.begin_nested()
        record(visit, "never", cast.channel, MONDAY)
        if flushed:
            db.session.flush()
        given_up.rollback()
    record(visit, "after", cast.channel, MONDAY)
    db.session.commit()
    assert verbs() == ["plan", "before", "within", "after"]
    assert verify().rows == length()


def test_several_commits_go_on_with_the_chain(cast: Cast) -> None:
    visit = make.a_visit(cast)
    for verb in ("one", "two", "three"):
        acts(cast, visit, verb)
    record(visit, "four", cast.channel, MONDAY)
    db.session.flush()
    db.session.expunge_all()  # the session has forgotten it, the database has not
    db.session.commit()
    assert verbs() == ["plan", "one", "two", "three", "four"]
    assert verify().rows == length()


def test_an_act_written_past_the_chain_cannot_be_committed(cast: Cast) -> None:
    visit = make.a_visit(cast)
    db.session.commit()
    row = {"at": MONDAY, "verb": "plan", "subject_table": "visit", "subject_id": visit.id}
    db.session.execute(insert(Event), row)
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_many_who_write_at_once_make_one_chain_without_a_gap(app: Flask, cast: Cast) -> None:
    keys = [make.a_visit(cast).id for _ in range(WRITERS)]
    by = cast.channel.id
    db.session.commit()
    before = length()
    db.session.rollback()
    barrier = Barrier(WRITERS, timeout=60)

    def work(n: int) -> None:
        with app.app_context():
            barrier.wait()
            for act in range(ACTS):
                visit = db.session.get_one(Visit, keys[n], with_for_update=True)
                record(visit, f"{n} {act}", db.session.get_one(Person, by), clock.now())
                if act % 4 == 3:
                    db.session.flush()
                    db.session.rollback()
                else:
                    db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(work, range(WRITERS)))
    db.session.rollback()
    written = WRITERS * ACTS * 3 // 4
    assert length() == before + written
    assert db.session.scalar(select(func.max(Link.seq))) == before + written
    for n in range(WRITERS):
        own = [verb for verb in verbs() if verb.startswith(f"{n} ")]
        assert own == [f"{n} {act}" for act in range(ACTS) if act % 4 != 3], "in their order"
    assert verify().rows == before + written


def test_a_request_leaves_its_address_and_device_and_a_command_its_name_and_user(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    visit = make.a_visit(cast)
    tablet = (
        "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        " Version/17.5 Mobile/15E148 Safari/604.1"
    )
    url = f"/visits/{visit.id}/cancellation"
    headers = {"User-Agent": tablet}
    client = client_of(cast.channel)
    client.post(
        url, data={"reason": "停业"}, headers=headers, environ_base={"REMOTE_ADDR": "10.1.2.3"}
    )
    found = select(Event).where(Event.subject_id == visit.id, Event.verb == "cancel")
    event = db.session.scalars(found).one()
    assert (event.address, event.device) == ("10.1.2.3", "Safari · iPad")
    planned = db.session.scalars(select(Event).where(Event.verb == "plan")).one()
    assert planned.address
    assert planned.address != "10.1.2.3"
