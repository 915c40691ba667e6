"""Every address that changes something leaves rows in the trail, or there is a reason why not."""

import pytest
from flask import Flask
from sqlalchemy import select

from inspector.db import db
from inspector.history import Event, Link
from tests import test_access as access
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.test_access import monday  # noqa: F401 - a fixture that everything there needs

LEAVES = {
    "account.end_others": "person.end_session",
    "account.end_session": "person.end_session",
    "account.make_calendar_link": "person.make_calendar_link person.renew_calendar_link",
    "account.take_back_calendar_link": "person.take_back_calendar_link",
    "account.password": "person.set_password person.end_session",
    "accounts.create": "person.add person.reset_password",
    "accounts.change": "person.change",
    "accounts.close": "person.close",
    "accounts.reopen": "person.reopen",
    "accounts.let_unmask": "person.let_unmask person.let_unmask_no_more",
    "accounts.reset": "person.reset_password person.end_session",
    "batches.create": "batch.open_batch",
    "batches.put_in": "batch.put_in",
    "batches.take_out": "batch.take_out",
    "batches.discard": "batch.discard_batch",
    "batches.publish": "visit.publish batch.publish",
    "bulletins.issue": "bulletin.issue",
    "branches.create": "branch.add",
    "branches.change": "branch.change",
    "decisions.confirm": "finding.confirm",
    "decisions.reject": "finding.reject",
    "decisions.confirm_visit": "finding.confirm visit.confirm",
    "downloads.ask": "download.ask",
    "figures.confirm": "figure_upload.import_figures other_score.enter_other",
    "imports.confirm": "upload.import person.add person.change branch.add branch.change",
    "ledger.act": "notice.issue",
    "saved_views.create": "saved_view.save_view",
    "saved_views.change": "saved_view.change_view",
    "saved_views.delete": "saved_view.delete_view",
    "mergers.create": "branch.merge finding.recount",
    "notices.issue": "notice.issue",
    "notices.issue_all": "notice.issue",
    "notices.warn": "notice.warn",
    "notices.view": "notice.view",
    "notices.acknowledge": "notice.acknowledge",
    "offline.gap": "stream.gap",
    "offline.key": "tablet_key.release",
    "offline.lock": "person.end_session",
    "offline.ops": "stream.receive visit.start visit.submit visit.sign visit.discard",
    "people.password": "person.set_password",
    "people.second_step": "person.sign_in person.end_session person.use_recovery_code",
    "people.sign_in": "person.sign_in person.end_session",
    "people.sign_out": "person.end_session",
    "plans.set_targets": "plan.set_targets",
    "plans.change": "visit.reassign visit.move visit.cancel",
    "draws.keep": "visit.plan plan_draw.keep_draw",
    "rearranging.reassign": "visit.reassign",
    "rearranging.move": "visit.move",
    "reports.create": "rectification.report",
    "reports.close": "rectification.close",
    "reports.give_back": "rectification.return",
    "scores.enter_other": "other_score.enter_other",
    "scores.freeze": "quarter_freeze.freeze",
    "scores.give_back": "quarter_freeze.give_back_quarter",
    "scores.confirm": "quarter_freeze.confirm_quarter",
    "second_factor.confirm": "person.set_up_second_factor person.end_session",
    "second_factor.renew_codes": "person.renew_recovery_codes",
    "second_factor.take_away": "person.remove_second_factor person.end_session",
    "side_roads.endorse": "rectification.endorse",
    "side_roads.ask_extension": "rectification.ask_extension",
    "side_roads.grant_extension": "rectification.grant_extension finding.recount",
    "side_roads.refuse_extension": "rectification.refuse_extension",
    "side_roads.ask_risk": "rectification.ask_risk",
    "side_roads.accept_risk": "rectification.accept_risk",
    "side_roads.refuse_risk": "rectification.refuse_risk",
    "side_roads.reopen": "rectification.reopen",
    "side_roads.reissue": "notice.withdraw",
    "side_roads.file_appeal": "notice.appeal",
    "side_roads.accept_appeal": "rectification.pause notice.accept_appeal",
    "side_roads.refuse_appeal": "notice.refuse_appeal",
    "side_roads.decide_appeal": (
        "rectification.resume notice.uphold notice.overturn notice.withdraw finding.withdraw"
    ),
    "tablets.accept": "parked.accepted",
    "tablets.accept_all": "parked.accepted",
    "tablets.dismiss": "parked.dismissed",
    "undoing.send_back": "visit.send_back",
    "undoing.ask_void": "visit.ask_void",
    "undoing.refuse_void": "visit.refuse_void",
    "undoing.void": "visit.void finding.reject finding.withdraw notice.withdraw",
    "unsent.take_in_file": "stream.take_in stream.receive",
    "visits.create": "visit.plan",
    "single_sign_on.end": "person.end_session",
    "visits.cancel": "visit.cancel",
    "visits.unmask": "visit.unmask",
    "visits.resolve": "conflict.resolve",
}
"""The rows of each, of which a request leaves some."""

LEAVES_NONE = {
    "downloads.cancel": "one's own copies of papers, which stay",
    "downloads.delete": "one's own copies of papers, which stay",
    "downloads.retry": "the download was asked for, and that is a row",
    "figures.create": "a file that is looked at first; what is confirmed leaves rows",
    "imports.create": "a file that is looked at first; what is confirmed leaves rows",
    "offline.heartbeat": "what a tablet says of itself, each minute anew",
    "offline.put_blob": "bytes, which an entry of the log names by their hash",
    "papers.check": "it keeps nothing",
    "people.set_language": "how pages are shown to who asks",
    "reminders.follow": "one's own mark in one's inbox",
    "reminders.read": "one's own mark in one's inbox",
    "reminders.read_all": "one's own mark in one's inbox",
    "second_factor.begin": "a secret that counts for nothing until it is confirmed",
    "reminders.retry": "what was due is sent again; each try is noted beside it",
}
"""Those that leave none, and why."""

WITHOUT = {
    "account.end_others",
    "accounts.let_unmask",
    "accounts.reopen",
    "batches.discard",
    "batches.put_in",
    "figures.confirm",
    "imports.confirm",
    "mergers.create",
    "offline.ops",
    "people.second_step",
    "people.sign_in",
    "second_factor.renew_codes",
    "second_factor.take_away",
    "single_sign_on.end",
    "unsent.take_in_file",
}
"""Of these the scenes of the table of permissions have done everything before, or bring nothing:
what they leave is tested beside them."""

pytestmark = pytest.mark.one_engine


def changing(app: Flask) -> set[str]:
    """The endpoints that take more than a GET."""
    asks = {"GET", "HEAD", "OPTIONS"}
    return {rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - asks}


def test_every_address_that_changes_something_is_on_one_of_the_lists(app: Flask) -> None:
    assert changing(app) == {*LEAVES, *LEAVES_NONE}
    assert not LEAVES.keys() & LEAVES_NONE.keys()


def test_each_leaves_the_rows_that_are_listed_and_no_others(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    left: dict[str, set[str]] = {endpoint: set() for endpoint in changing(app)}
    for method, endpoint, *rest in access.ROWS:
        scene, codes = rest[: -len(access.PEOPLE)], rest[-len(access.PEOPLE) :]
        who = dict(zip(access.PEOPLE, map(int, codes), strict=True))
        if method == "GET" or (person := allowed(who)) is None:
            continue
        keys = access.a_scene(cast, scene, endpoint)
        client = client_of(getattr(cast, person))
        address = access.address_of(app, endpoint, keys)
        db.session.commit()
        before = db.session.scalar(select(Link.seq).order_by(Link.seq.desc()).limit(1)) or 0
        # Some are refused here, where all come one after another: a password is another by then.
        client.open(address, method=method, **access.body_of(endpoint, cast))
        left[endpoint] |= since(before)
    more = {e: rows - set(LEAVES.get(e, "").split()) for e, rows in left.items()}
    assert {e: rows for e, rows in more.items() if rows} == {}
    assert {e for e, rows in left.items() if not rows} <= {*LEAVES_NONE, *WITHOUT}


def allowed(who: dict[str, int]) -> str | None:
    """Somebody who succeeds."""
    found = next((column for column, status in who.items() if status < 400 and column != "str"), "")
    return access.PEOPLE.get(found)


def since(before: int) -> set[str]:
    """What was done after that row: table and verb."""
    wanted = select(Event).join(Link, Link.event_id == Event.id).where(Link.seq > before)
    return {f"{event.subject_table}.{event.verb}" for event in db.session.scalars(wanted)}
