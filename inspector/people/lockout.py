"""Failed attempts to sign in: the first few are free, then each doubles the wait.

Counted for the account and for the address, in rows, so that all processes of the server know. What
is not an account is counted like one: nobody learns from the answer whether it is.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Final

from sqlalchemy import String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from inspector.db import Base, Utc, db, insert_if_new
from inspector.problems import Problem

FIRST_WAIT: Final = timedelta(seconds=10)
LONGEST_WAIT: Final = timedelta(minutes=15)
KEPT: Final = timedelta(days=1)


@dataclass(frozen=True)
class Allowance:
    """How many failures are free, and after what time one of them is forgotten."""

    free: int
    forgotten_after: timedelta


ACCOUNT: Final = Allowance(4, timedelta(minutes=15))
ADDRESS: Final = Allowance(30, timedelta(minutes=2))
"""Behind one address may sit a whole branch."""


class Failures(Base):
    """How many attempts at one account, or from one address, have failed lately."""

    __tablename__ = "sign_in_failures"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    """The SHA-256 of an account's name, for people type passwords there too; or an address."""
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Utc, index=True)

    def left(self, at: datetime, allowance: Allowance) -> int:
        """How many of them are not forgotten."""
        since = max(at - self.last_at, timedelta(0))  # of two at once the later may be noted first
        return max(0, self.count - since // allowance.forgotten_after)

    def wait(self, at: datetime, allowance: Allowance) -> timedelta:
        """How long it is until the next attempt; none is left to wait when it is not positive."""
        after = wait_after(self.count, allowance.free)
        return self.last_at + after - at if after else after


Tries = Mapping[str, Allowance]
"""What an attempt counts for, always in the same order, so that no two wait for each other."""


def of(username: str, address: str) -> Tries:
    """What an attempt at an account from an address counts for."""
    return {_account(username): ACCOUNT, _address(address): ADDRESS}


def count(tries: Tries, at: datetime) -> None:
    """Count an attempt as failed, before it is tried. While the wait after the one before is not
    over, it is not counted; raises Problem sign_in.wait_…."""
    # A row that another forgets at this moment is passed over: two must not wait for each other.
    old = select(Failures.key).where(Failures.last_at < at - KEPT).with_for_update(skip_locked=True)
    db.session.execute(delete(Failures).where(Failures.key.in_(old)))
    rows = [(_locked(key, at), allowance) for key, allowance in tries.items()]
    wait = max(row.wait(at, allowance) for row, allowance in rows)
    if wait > timedelta(0):
        db.session.rollback()
        raise _locked_out(wait)
    for row, allowance in rows:
        row.count, row.last_at = row.left(at, allowance) + 1, max(at, row.last_at)


def take_back(tries: Tries) -> None:
    """An attempt has not failed after all."""
    one_less = update(Failures).where(Failures.key.in_(tries), Failures.count > 0)
    db.session.execute(one_less.values(count=Failures.count - 1))


def clear(username: str) -> None:
    """Forget what failed at an account: its person has signed in. What its address did stays."""
    db.session.execute(delete(Failures).where(Failures.key == _account(username)))


def wait_after(count: int, free: int) -> timedelta:
    """How long to wait after so many failures, of which some are free."""
    if count <= free:
        return timedelta(0)
    doubled: timedelta = FIRST_WAIT * 2 ** min(count - free - 1, 20)
    return min(doubled, LONGEST_WAIT)


def _locked(key: str, at: datetime) -> Failures:
    insert_if_new(Failures, key=key, count=0, last_at=at)
    return db.session.get_one(Failures, key, with_for_update=True, populate_existing=True)


def _locked_out(wait: timedelta) -> Problem:
    seconds = ceil(wait.total_seconds())
    if seconds <= 90:
        return Problem("sign_in.wait_seconds", seconds=seconds)
    return Problem("sign_in.wait_minutes", minutes=ceil(seconds / 60), seconds=seconds)


def _account(username: str) -> str:
    return f"account:{hashlib.sha256(username.lower().encode()).hexdigest()}"


def _address(address: str) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return "address:unknown"
    # Who has one address of IPv6 has 2**64 of them.
    network = ip_network((ip, 64), strict=False) if isinstance(ip, IPv6Address) else ip
    return f"address:{network}"
