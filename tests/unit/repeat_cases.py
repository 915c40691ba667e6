"""The oracle of repeat offences: each case is told in rows, and the rows end with what the text of
domain.md 3.8 says of them, worked out by hand.

A row: a name, when the visit began (10:00 at the bank unless a time is given), what is to be known
of the finding, and after the arrow what it amounts to:

    1, 2, 3 …        an offence of its own, the first, second, third within the window
    = A              the same as A, which is still open and not yet due (在改): no new notice
    = A, not done    the same as A, which is past its due day (整改不到位)
    -                nothing: it was rejected or withdrawn, or its visit is void

Unless a row says otherwise: one outlet, one issue, a visit of its own, confirmed, not issued, open.
"""

from dataclasses import dataclass

WINDOW = 365


@dataclass(frozen=True)
class Case:
    """One story; `why` quotes or reads domain.md."""

    name: str
    why: str
    rows: str
    window_days: int = WINDOW


CASES = [
    # -- the first line: no prior ---------------------------------------------------------------
    Case(
        "seen for the first time",
        "3.8: if no prior: occurrence = 1.",
        "A 2026-03-02 -> 1",
    ),
    Case(
        "another issue at the same outlet is not the same offence",
        "3.8: join key: same issue code.",
        """
        A 2026-03-02; issue RAK.EXPIRED; struck off 2026-03-04 -> 1
        B 2026-06-01; issue LOB.STAFFED -> 1
        """,
    ),
    Case(
        "the same issue at another outlet is not the same offence",
        "3.8: join key: same outlet; 2.4: the same subject.",
        """
        A 2026-03-02; at YA0302; struck off 2026-03-04 -> 1
        B 2026-06-01; at YA0102 -> 1
        """,
    ),
    Case(
        "two outlets of one sub-branch each count for themselves",
        "3.8 test case. The sub-branch is not the subject.",
        """
        A 2026-03-02; at YA0302; struck off 2026-03-04 -> 1
        B 2026-03-20; at YA0301; struck off 2026-03-22 -> 1
        C 2026-06-01; at YA0302 -> 2
        D 2026-06-02; at YA0301 -> 2
        """,
    ),
    Case(
        "three outlets of one sub-branch in a quarter: systemic, yet no repeat of any",
        "3.8: systemic is a flag in addition to the single notices.",
        """
        A 2026-04-02; at YA0301; struck off 2026-04-04 -> 1
        B 2026-05-06; at YA0302; struck off 2026-05-08 -> 1
        C 2026-06-10; at YA0303; struck off 2026-06-12 -> 1
        """,
    ),
    # -- the last line: found, corrected, found again ----------------------------------------------
    Case(
        "found, struck off, found again",
        "3.8: last is closed: occurrence = 1 + 1 closed prior.",
        """
        A 2026-03-02; struck off 2026-03-04 -> 1
        B 2026-06-01 -> 2
        """,
    ),
    Case(
        "the third time",
        "3.8: 1 + 2 closed priors; 3.10 (8): the warning order.",
        """
        A 2026-03-02; struck off 2026-03-04 -> 1
        B 2026-06-01; struck off 2026-06-03 -> 2
        C 2026-09-01 -> 3
        """,
    ),
    Case(
        "it goes on counting after the third",
        "3.8: 1 + number of closed priors has no end; only the loss stops at three times (3.7).",
        """
        A 2026-02-02; struck off 2026-02-04 -> 1
        B 2026-04-01; struck off 2026-04-03 -> 2
        C 2026-06-01; struck off 2026-06-03 -> 3
        D 2026-08-01; struck off 2026-08-03 -> 4
        E 2026-10-01 -> 5
        """,
    ),
    Case(
        "struck off on the day before",
        "3.8 test case: earlier one closed one day before. It is closed at this visit's time.",
        """
        A 2026-03-02; struck off 2026-05-31 -> 1
        B 2026-06-01 -> 2
        """,
    ),
    Case(
        "struck off an hour before, on the same day",
        "3.8: open is judged at this visit's time, not by its day.",
        """
        A 2026-03-02; struck off 2026-06-01 09:00 -> 1
        B 2026-06-01 10:00 -> 2
        """,
    ),
    Case(
        "struck off an hour after the visit, on the same day",
        "3.8: at this visit's time it was still open. No notice was issued yet, so nothing is due.",
        """
        A 2026-03-02; struck off 2026-06-01 11:00 -> 1
        B 2026-06-01 10:00 -> = A
        """,
    ),
    Case(
        "struck off at the very moment of the visit",
        "3.8: what is closed at this visit's time is closed.",
        """
        A 2026-03-02; struck off 2026-06-01 10:00 -> 1
        B 2026-06-01 10:00 -> 2
        """,
    ),
    Case(
        "put right late, and then again: late or not, it was corrected",
        "3.8 asks whether last is closed at this visit's time, not whether it was in time.",
        """
        A 2026-03-02; due 2026-03-05; struck off 2026-04-20 -> 1
        B 2026-06-01 -> 2
        """,
    ),
    # -- any kind of visit, any version of the checklist -------------------------------------------
    Case(
        "a shopper found it, then an inspector",
        "3.8 test case: same fault, mystery then on-site. Any visit kind.",
        """
        A 2026-03-02; mystery; item MY-CTR-03; struck off 2026-03-10 -> 1
        B 2026-06-01; on-site; item ON-CTR-02 -> 2
        """,
    ),
    Case(
        "on-site, off-site, mystery: one count over all kinds",
        "3.8: any visit kind.",
        """
        A 2026-02-02; on-site; struck off 2026-02-10 -> 1
        B 2026-05-01; off-site; struck off 2026-05-10 -> 2
        C 2026-08-01; mystery -> 3
        """,
    ),
    Case(
        "a shopper sees what an inspector's notice is still open for",
        "3.8: open and not yet due, whatever kind of visit sees it.",
        """
        A 2026-03-02; on-site; issued; due 2026-03-12 -> 1
        B 2026-03-05; mystery -> = A
        """,
    ),
    Case(
        "the item was renumbered in version 2",
        "3.8 test case: changed item code in version 2 with the same issue.",
        """
        A 2026-03-02; item ON-RAK-02; issue RAK.EXPIRED; struck off 2026-03-04 -> 1
        B 2026-06-01; item ON-RAK-07; issue RAK.EXPIRED -> 2
        """,
    ),
    Case(
        "the old number now belongs to another issue",
        "3.8: not the item code is joined on, but the issue.",
        """
        A 2026-03-02; item ON-RAK-02; issue RAK.EXPIRED; struck off 2026-03-04 -> 1
        B 2026-06-01; item ON-RAK-02; issue RAK.EMPTY -> 1
        """,
    ),
    # -- still open: in hand, or not carried out ---------------------------------------------------
    Case(
        "seen again before the due day: in hand",
        "3.8: open, not yet due: duplicate_of = last; no new notice.",
        """
        A 2026-03-02; issued; due 2026-03-12 -> 1
        B 2026-03-09 -> = A
        """,
    ),
    Case(
        "seen again on the due day: still in hand",
        "3.6: a day ends at 23:59; only the day after is late.",
        """
        A 2026-03-02; issued; due 2026-03-12 -> 1
        B 2026-03-12 18:30 -> = A
        """,
    ),
    Case(
        "seen again the day after the due day: not carried out",
        "3.8: open, past due: duplicate_of = last, not_carried_out.",
        """
        A 2026-03-02; issued; due 2026-03-12 -> 1
        B 2026-03-13 08:30 -> = A, not done
        """,
    ),
    Case(
        "seen again before the notice went out: nothing is due yet",
        "3.4: the due day runs from issue; without one it is open and not yet due.",
        """
        A 2026-03-02 -> 1
        B 2026-03-20 -> = A
        """,
    ),
    Case(
        "seen twice more while open: both point at the one open offence",
        "3.9: a duplicate must point at one that has a rectification; B has none of its own.",
        """
        A 2026-03-02; issued; due 2026-03-12 -> 1
        B 2026-03-09 -> = A
        C 2026-03-11 -> = A
        """,
    ),
    Case(
        "in hand first, not carried out later",
        "3.8: due is judged at each visit's own time.",
        """
        A 2026-03-02; issued; due 2026-03-12 -> 1
        B 2026-03-09 -> = A
        C 2026-03-20 -> = A, not done
        """,
    ),
    Case(
        "a sight of the open one is no occurrence of its own",
        "2.4: a repeat needs an earlier closed correction; there was one, of A.",
        """
        A 2026-03-02; issued; due 2026-03-12; struck off 2026-04-01 -> 1
        B 2026-03-20 -> = A, not done
        C 2026-06-01 -> 2
        """,
    ),
    Case(
        "not carried out, then corrected, then again twice",
        "3.8: 1 + closed priors: A; then A and C.",
        """
        A 2026-03-02; issued; due 2026-03-12; struck off 2026-04-01 -> 1
        B 2026-03-20 -> = A, not done
        C 2026-06-01; struck off 2026-06-10 -> 2
        D 2026-09-01 -> 3
        """,
    ),
    Case(
        "corrected on the spot while the notice of before is still open",
        "3.8 asks only about the last: it is open, so there is no new row.",
        """
        A 2026-03-02; issued; due 2026-03-12 -> 1
        B 2026-03-09; on the spot -> = A
        C 2026-03-10 -> = A
        """,
    ),
    # -- corrected on the spot -----------------------------------------------------------------
    Case(
        "corrected on the spot, then again",
        "3.8: corrected on the spot counts as closed at once, so meeting it again is a repeat.",
        """
        A 2026-03-02; on the spot -> 1
        B 2026-03-03 -> 2
        """,
    ),
    Case(
        "on the spot three times",
        "3.8, the same: 1 + 2 closed priors; S31: on the spot still counts.",
        """
        A 2026-03-02; on the spot -> 1
        B 2026-06-01; on the spot -> 2
        C 2026-09-01; on the spot -> 3
        """,
    ),
    Case(
        "on the spot in the morning, there again in the afternoon",
        "3.8: closed at once; the visits differ.",
        """
        A 2026-03-02 09:00; on-site; on the spot -> 1
        B 2026-03-02 15:00; mystery -> 2
        """,
    ),
    # -- rejected, withdrawn, void, undecided ------------------------------------------------------
    Case(
        "the earlier one was rejected",
        "3.8 test case; prior = confirmed findings only.",
        """
        A 2026-03-02; rejected -> -
        B 2026-06-01 -> 1
        """,
    ),
    Case(
        "the earlier one is not decided yet",
        "3.8: prior = confirmed findings only.",
        """
        A 2026-03-02; undecided -> 1
        B 2026-06-01 -> 1
        """,
    ),
    Case(
        "one that waits for its decision is told what it would be",
        "3.8, read for the reviewer: it counts for no other, but its own count is known.",
        """
        A 2026-03-02; struck off 2026-03-04 -> 1
        B 2026-06-01; undecided -> 2
        C 2026-09-01 -> 2
        """,
    ),
    Case(
        "an appeal overturned the one between",
        "3.6: overturned: finding withdrawn, repeat count recalculated.",
        """
        A 2026-03-02; struck off 2026-03-04 -> 1
        B 2026-06-01; withdrawn; struck off 2026-06-03 -> -
        C 2026-09-01 -> 2
        """,
    ),
    Case(
        "an appeal overturned the first of three",
        "3.6, the same: the second becomes the first.",
        """
        A 2026-03-02; withdrawn -> -
        B 2026-06-01; struck off 2026-06-03 -> 1
        C 2026-09-01 -> 2
        """,
    ),
    Case(
        "an appeal overturned the open one: its duplicate stands for itself",
        "3.8: without the withdrawn one there is no prior.",
        """
        A 2026-03-02; withdrawn; issued; due 2026-03-12 -> -
        B 2026-03-20 -> 1
        """,
    ),
    Case(
        "of two duplicates the first takes the place of the withdrawn one",
        "3.8: B has no prior now; C finds B open, and B has no due day yet.",
        """
        A 2026-03-02; withdrawn; issued; due 2026-03-12 -> -
        B 2026-03-09 -> 1
        C 2026-03-20 -> = B
        """,
    ),
    Case(
        "the visit between is void",
        "3.2: void: score removed, notices withdrawn; its findings count no more.",
        """
        A 2026-03-02; struck off 2026-03-04 -> 1
        B 2026-06-01; void; struck off 2026-06-03 -> -
        C 2026-09-01 -> 2
        """,
    ),
    # -- reopened ------------------------------------------------------------------------------
    Case(
        "reopened: the closure was wrong, so nothing was corrected",
        "3.8: reopening adds no occurrence. It is open again, so no closing day is left.",
        """
        A 2026-03-02; issued; due 2026-03-12 -> 1
        B 2026-06-01 -> = A, not done
        """,
    ),
    Case(
        "reopened when the next had its number already",
        "3.4: a number is kept; 3.8: with A not closed there is no closed prior to count.",
        """
        A 2026-03-02; issued; due 2026-03-12 -> 1
        B 2026-06-01; issued; due 2026-06-04 -> 1
        """,
    ),
    # -- late arrivals: order is that of the visits ----------------------------------------------
    Case(
        "a visit received late, between two others",
        "3.8: occurrence must follow visit time: C was the second and becomes the third.",
        """
        A 2026-03-02; struck off 2026-03-04 -> 1
        C 2026-09-01; issued -> 3
        B 2026-06-01; received last; struck off 2026-06-20 -> 2
        """,
    ),
    Case(
        "a visit received late, before all others",
        "3.8, the same: the first becomes the second.",
        """
        B 2026-06-01; struck off 2026-06-03 -> 2
        A 2026-03-02; received last; on the spot -> 1
        """,
    ),
    Case(
        "received after the striking off, but seen before it",
        "3.8: open is judged at this visit's time, not when it arrives.",
        """
        A 2026-03-02; issued; due 2026-03-12; struck off 2026-03-11 -> 1
        B 2026-03-09; received last -> = A
        """,
    ),
    Case(
        "received late and still open: the later draft is folded into it",
        "3.8: at B's time A was open; B has no number yet.",
        """
        B 2026-03-09 -> = A
        A 2026-03-02; received last -> 1
        """,
    ),
    Case(
        "received late and still open: a later notice with a number stays what it is",
        "3.4: a number is kept and never reused; 3.8: no closed prior, so it is the first.",
        """
        B 2026-03-09; issued; due 2026-03-19 -> 1
        A 2026-03-02; received last -> 1
        """,
    ),
    Case(
        "only the last one's being open matters",
        "3.8 asks about the last by visit time: B, which is closed; of the priors B alone is.",
        """
        A 2026-03-02; received last -> 1
        B 2026-03-09; issued; due 2026-03-19; struck off 2026-03-18 -> 1
        C 2026-06-01 -> 2
        """,
    ),
    # -- the window --------------------------------------------------------------------------------
    Case(
        "365 days before is within the window",
        "3.8: look-back 365 days; test case: window edge.",
        """
        A 2025-06-01; struck off 2025-06-03 -> 1
        B 2026-06-01 -> 2
        """,
    ),
    Case(
        "366 days before is not",
        "3.8, the same.",
        """
        A 2025-05-31; struck off 2025-06-03 -> 1
        B 2026-06-01 -> 1
        """,
    ),
    Case(
        "days are counted at the bank, whatever the hour",
        "3.6: calendar days in Asia/Shanghai: 365, though nearly 366 times 24 hours.",
        """
        A 2025-06-01 00:10; struck off 2025-06-03 -> 1
        B 2026-06-01 23:50 -> 2
        """,
    ),
    Case(
        "with a leap day between, a year is 366 days",
        "3.8: 365 days, not a year.",
        """
        A 2027-06-01; struck off 2027-06-03 -> 1
        B 2028-06-01 -> 1
        """,
    ),
    Case(
        "the window moves along: the first has left it, the second has not",
        "3.8: priors within the window of this visit: only B.",
        """
        A 2025-01-10; struck off 2025-01-12 -> 1
        B 2025-12-01; struck off 2025-12-03 -> 2
        C 2026-06-01 -> 2
        """,
    ),
    Case(
        "a shorter window, as the department may set it",
        "3.8: look-back is a setting.",
        """
        A 2026-03-02; struck off 2026-03-04 -> 1
        B 2026-03-31; struck off 2026-04-02 -> 2
        C 2026-06-01 -> 1
        """,
        window_days=30,
    ),
    Case(
        "open for longer than the window, but seen within it",
        "3.8: last is B, within the window; what stands for it is still open.",
        """
        A 2025-03-03; issued; due 2025-03-13 -> 1
        B 2025-12-01 -> = A, not done
        C 2026-06-01 -> = A, not done
        """,
    ),
    Case(
        "the offence left the window, its later sight did not, and it was corrected",
        "3.8: B is a closed prior: what stands for it was struck off.",
        """
        A 2025-03-03; issued; due 2025-03-13; struck off 2025-12-20 -> 1
        B 2025-12-01 -> = A, not done
        C 2026-06-01 -> 2
        """,
    ),
    # -- the same visit ----------------------------------------------------------------------------
    Case(
        "one issue at two items of the same visit",
        "3.8: same visit: an issue counts once; 3.9: each finding has its rectification.",
        """
        A 2026-03-02; visit V; item MY-LOB-01 -> 1
        B 2026-03-02; visit V; item MY-LOB-04 -> 1
        """,
    ),
    Case(
        "both were corrected; the next visit counts them once",
        "3.8: same visit: an issue counts once.",
        """
        A 2026-03-02; visit V; struck off 2026-03-04 -> 1
        B 2026-03-02; visit V; struck off 2026-03-05 -> 1
        C 2026-06-01 -> 2
        """,
    ),
    Case(
        "one of the two is still open",
        "3.8: the last visit's finding is open; the other one's closing does not change that.",
        """
        A 2026-03-02; visit V; struck off 2026-03-04 -> 1
        B 2026-03-02; visit V; issued; due 2026-03-12 -> 1
        C 2026-06-01 -> = B, not done
        """,
    ),
    Case(
        "both of a repeat are the second",
        "3.8: neither is prior to the other.",
        """
        A 2026-03-02; struck off 2026-03-04 -> 1
        B 2026-06-01; visit V -> 2
        C 2026-06-01; visit V -> 2
        """,
    ),
    Case(
        "two visits that began at the same moment",
        "3.8: prior means an earlier visit time.",
        """
        A 2026-03-02 10:00; struck off 2026-03-04 -> 1
        B 2026-03-02 10:00; struck off 2026-03-04 -> 1
        """,
    ),
    # -- outlets that merged -----------------------------------------------------------------------
    Case(
        "an outlet that was merged into another takes its past along",
        "Issue 4, 2: outlet merged into another; 2.4: the same subject.",
        """
        A 2026-03-02; at YA0304; now YA0302; struck off 2026-03-04 -> 1
        B 2026-06-01; at YA0302 -> 2
        """,
    ),
    Case(
        "merged twice over",
        "The same, from outlet to outlet.",
        """
        A 2026-02-02; at YA0305; now YA0304; struck off 2026-02-04 -> 1
        B 2026-04-01; at YA0304; now YA0302; struck off 2026-04-03 -> 2
        C 2026-06-01; at YA0302 -> 3
        """,
    ),
    Case(
        "both had it before they merged",
        "3.8: two visits, two closed priors, of what is one outlet now.",
        """
        A 2026-03-02; at YA0304; now YA0302; struck off 2026-03-04 -> 1
        B 2026-03-20; at YA0302; struck off 2026-03-22 -> 2
        C 2026-06-01; at YA0302 -> 3
        """,
    ),
]
