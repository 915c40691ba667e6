"""Out of the house by Apprise, to real services on the loopback: in order, out of order, back."""

import email
import io
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.header import decode_header, make_header
from email.message import Message

import pytest
from flask import Flask
from sqlalchemy import func, select

from inspector import clock
from inspector.db import db
from inspector.notices.models import Notice
from inspector.people.models import Person
from inspector.reminders import addresses
from inspector.reminders.channel import without_secrets
from inspector.reminders.models import Delivery, Reminder
from inspector.reminders.queries import outages
from inspector.reminders.sending import Outcome, _take, _waiting, deliver, pause
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.reminders import receiver as services
from tests.reminders.conftest import Frozen
from tests.reminders.receiver import Receiver

SECRET = "TOPSECRETKEY"
Given = Callable[[str], None]


@pytest.fixture
def given(app: Flask) -> Iterator[Given]:
    """Set the setting for one test."""

    def put(urls: str) -> None:
        app.config["MESSAGE_URLS"] = urls

    yield put
    app.config["MESSAGE_URLS"] = ""


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with services.http() as found:
        yield found


@pytest.fixture
def shared(hook: Receiver, given: Given) -> Receiver:
    """A robot of the channel department."""
    given(f"channel=json://robot:{SECRET}@127.0.0.1:{hook.port}/hook/{SECRET}2?token={SECRET}3")
    return hook


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """What a server's log would have, were it told to keep even the smallest."""
    root, said = logging.getLogger(), io.StringIO()
    handler, level = logging.StreamHandler(said), root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield said
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def notice(frozen: Frozen, cast: Cast) -> Notice:
    """Signed for, due on 26 November."""
    return rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "acknowledged")


def test_an_address_that_several_share_gets_each_reminder_once(
    frozen: Frozen, cast: Cast, notice: Notice, shared: Receiver
) -> None:
    twin = Person(username="zhang2", name="张二", role="channel", branch=cast.channel.branch)
    twin.password_hash = ""
    db.session.add(twin)
    assert frozen.run("2026-11-29") == 4  # two of them of the channel department
    assert deliver() == Outcome(1, 0)
    assert deliver() == Outcome(0, 0)
    (sent,) = shared.taken
    assert sent["title"] == "网点巡查：1条提醒"
    assert sent["message"].splitlines() == [
        f"{cast.outlet.branch.name_zh}的整改通知{notice.number}（整改期限2026年11月26日）"
        "逾期未整改，已列入通报名单。",
        "https://inspector.example/reminders",
    ]


@pytest.mark.one_engine
def test_more_than_ten_are_counted_not_listed(frozen: Frozen, cast: Cast, shared: Receiver) -> None:
    for n in range(13):
        rows.a_notice_at(cast, rows.a_visit_at(cast, "submitted"), n, "acknowledged", seq=n + 1)
    frozen.run("2026-11-29")
    deliver()
    lines = shared.taken[0]["message"].splitlines()
    assert len(lines) == 12
    assert lines[10].startswith("……另有4条")


def test_an_outage_is_remembered_without_secrets_and_made_good_later_once(
    frozen: Frozen,
    cast: Cast,
    client_of: ClientOf,
    notice: Notice,
    shared: Receiver,
    everything_logged: io.StringIO,
) -> None:
    shared.out = True
    frozen.run("2026-11-29 08:00")
    assert deliver() == Outcome(0, 1)
    (outage,) = outages()
    assert (outage.address, outage.waiting, outage.tries) == ("channel json", 1, 1)
    assert outage.failed_at == frozen.moment
    assert "503" in outage.error

    assert deliver() == Outcome(0, 0)  # ten minutes are not over
    frozen.put("2026-11-29 08:11")
    assert deliver() == Outcome(0, 1)
    (outage,) = outages()
    assert outage.next_try_at == frozen.moment + timedelta(minutes=20)
    assert outage.failed_at == frozen.moment - timedelta(minutes=11)

    page = client_of(cast.channel).get("/reminders/undelivered").text
    board = client_of(cast.channel).get("/desk").text
    assert "503" in page
    assert "/reminders/undelivered" in board
    shared.out = False
    frozen.put("2026-11-29 08:12")
    client_of(cast.channel).post("/reminders/undelivered/retry")
    assert [len(shared.taken), outages()] == [1, []]
    frozen.put("2026-12-29 08:12")
    assert deliver() == Outcome(0, 0)
    assert len(shared.taken) == 1
    assert "无法送达的渠道会列在这里" in client_of(cast.channel).get("/reminders/undelivered").text
    logging.getLogger("inspector").debug("the log is listened to")
    said = page + board + everything_logged.getvalue()
    assert "the log is listened to" in said
    said += str(list(db.session.execute(select(Delivery.error, Delivery.address))))
    assert SECRET not in said


@pytest.mark.one_engine
def test_nobody_at_the_address_is_an_outage_too(
    frozen: Frozen, notice: Notice, given: Given
) -> None:
    with services.http() as gone:
        given(f"leader=json://127.0.0.1:{gone.port}/{SECRET}")
    frozen.run("2026-12-03")
    assert deliver() == Outcome(0, 1)
    assert outages()[0].error
    assert SECRET not in outages()[0].error


@pytest.mark.one_engine
def test_an_address_that_left_the_settings_is_given_up_and_the_inbox_keeps_all(
    frozen: Frozen, cast: Cast, notice: Notice, shared: Receiver, given: Given
) -> None:
    shared.out = True
    frozen.run("2026-11-29")
    deliver()
    given("")
    frozen.put("2026-11-30")
    deliver()
    assert outages() == []
    assert db.session.scalar(select(func.count()).select_from(Reminder)) == 3


@pytest.mark.one_engine
def test_everybody_with_an_email_gets_their_own_mail_and_a_bad_address_holds_up_nobody(
    frozen: Frozen, cast: Cast, notice: Notice, given: Given
) -> None:
    cast.outlet.email, cast.subbranch.email = "outlet@bank.example", "nobody@bank.example"
    cast.channel.email = "zhang+q@bank.example"
    with services.smtp() as mail:
        server = f"127.0.0.1:{mail.port}?smtp=127.0.0.1&from=inspector@bank.example&mode=insecure"
        given(f"*=mailto://{server}&to={{email}}")
        frozen.run("2026-11-29")
        assert deliver() == Outcome(2, 1)
        sent = {to: email.message_from_string(text) for (to,), text in mail.taken}
    assert set(sent) == {"outlet@bank.example", "zhang+q@bank.example"}
    message = sent["outlet@bank.example"]
    assert str(make_header(decode_header(message["Subject"]))) == "网点巡查：1条提醒"
    assert "已列入通报名单" in text_of(message)
    (outage,) = outages()
    assert outage.address == "* mailto subbranch"
    cast.subbranch.email = None
    db.session.flush()
    frozen.put("2026-11-30")
    assert deliver() == Outcome(0, 0)
    assert outages() == []


def text_of(message: Message) -> str:
    part = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


def test_what_one_run_has_taken_up_no_other_sends_unless_it_died(
    frozen: Frozen, notice: Notice, shared: Receiver, app: Flask
) -> None:
    frozen.run("2026-11-29 08:00")
    (address,) = addresses.parse(app.config["MESSAGE_URLS"])
    assert _take("channel json", address)  # and dies before it has sent anything
    assert deliver() == Outcome(0, 0)
    frozen.put("2026-11-29 08:11")
    assert deliver() == Outcome(1, 0)
    assert len(shared.taken) == 1


@pytest.mark.one_engine
def test_a_service_that_fails_twice_is_left_alone_until_the_next_run(
    frozen: Frozen, cast: Cast, notice: Notice, hook: Receiver, given: Given
) -> None:
    given(f"*=json://127.0.0.1:{hook.port}/{{username}}")
    hook.out = True
    frozen.run("2026-11-29")
    assert deliver() == Outcome(0, 2)
    assert hook.asked == 2
    hook.out = False
    assert deliver() == Outcome(1, 0)
    frozen.put("2026-11-30")
    assert deliver() == Outcome(2, 0)


@pytest.mark.one_engine
def test_addresses_that_are_always_wrong_come_last(
    frozen: Frozen, notice: Notice, cast: Cast
) -> None:
    now = frozen.put("2026-11-30")
    for n, who in enumerate(("aa", "bb", "zz")):
        for rule, failing in (("late", who != "zz"), ("bulletin", False)):
            reminder = rows.a_reminder(notice, cast.outlet, rule, round=f"{n}", at=now)
            delivery = rows.a_delivery(reminder, f"* mailto {who}", failing=failing)
            delivery.next_try_at += timedelta(hours=12) if failing else timedelta()
    db.session.flush()
    assert _waiting(now) == ["* mailto zz", "* mailto aa", "* mailto bb"]


def test_pauses_grow_and_are_never_longer_than_half_a_day() -> None:
    minutes = [pause(tries).total_seconds() / 60 for tries in (1, 2, 3, 7, 8, 400)]
    assert minutes == [10, 20, 40, 640, 720, 720]


@pytest.mark.parametrize(
    ("urls", "fault"),
    [
        ("channel=wecombot", "is not written as who=URL"),
        (f"wecombot://{SECRET}", "is not written as who=URL"),
        (f"boss=json://{SECRET}", "begins with neither a role nor *"),
        (f"outlet=json://{SECRET}", "only channel and leader may share"),
        (f"*=json://{SECRET}", "only channel and leader may share"),
        (f"shopper=json://{SECRET}", "only channel and leader may share"),
        (f"leader=json://a leader=json://{SECRET}", "second address"),
    ],
)
def test_a_mistake_in_the_setting_is_told_at_the_start_without_secrets(
    urls: str, fault: str
) -> None:
    with pytest.raises(ValueError, match="INSPECTOR_MESSAGE_URLS: entry") as refused:
        addresses.parse(urls)
    assert fault in str(refused.value)
    assert SECRET not in str(refused.value)


@contextmanager
def running(app: Flask, urls: str, times: int) -> Iterator[list[subprocess.Popen[str]]]:
    """The command, started so many times at once, each as a process of its own."""
    db.session.commit()
    environment = os.environ | {
        "INSPECTOR_SECRET_KEY": "for tests only",
        "INSPECTOR_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "INSPECTOR_STORAGE": app.config["STORAGE"],
        "INSPECTOR_MESSAGE_URLS": urls,
    }
    command = [sys.executable, "-m", "flask", "--app", "inspector", "reminders", "send"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    found = [subprocess.Popen(command, env=environment, **pipes) for _ in range(times)]  # type: ignore[call-overload]
    try:
        yield found
    finally:
        for process in found:
            process.kill()
            process.wait()


def test_two_processes_at_once_tell_everybody_once(app: Flask, cast: Cast, hook: Receiver) -> None:
    visit = rows.a_visit_at(cast, "submitted")
    for n in range(20):
        due_on = clock.today() - timedelta(days=10)
        rows.a_notice_at(cast, visit, n, "acknowledged", due_on=due_on)
    with running(app, f"channel=json://127.0.0.1:{hook.port}/", 2) as processes:
        said = [process.communicate(timeout=60)[0] for process in processes]
        assert [process.returncode for process in processes] == [0, 0], said
    db.session.rollback()
    told = select(Reminder.rule, Reminder.recipient_id, func.count()).group_by(
        Reminder.rule, Reminder.recipient_id
    )
    kinds = {(rule, who): number for rule, who, number in db.session.execute(told)}
    assert kinds["bulletin", cast.outlet.id] == kinds["leader", cast.leader.id] == 20
    assert sum(int(line.split()[1]) for one in said for line in one.splitlines()[:1]) == sum(
        kinds.values()
    )
    assert sum(sent["title"].startswith("网点巡查") for sent in hook.taken) == len(hook.taken)
    lines = [line for sent in hook.taken for line in sent["message"].splitlines()]
    assert len(hook.taken) == 1, lines


def test_of_what_a_service_says_every_part_of_its_url_is_struck_out() -> None:
    url = "wecom://corp1/agent77/S%C3%A9cret-9/{username}?to=a@b.example&token=tok3n"
    said = "POST https://api/agent77/Sécret-9?token=tok3n for a@b.example: corp1 unknown"
    assert without_secrets(said, url) == "POST https://api/…/…?…=… for a@…: … unknown"
    assert len(without_secrets("x" * 4000, url)) == 300
