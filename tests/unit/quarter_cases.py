"""The oracle of the quarter's score: each case is told in rows, and the rows that begin with an
arrow are what the text of domain.md 3.7 says of them, worked out by hand.

A row is a visit: the outlet, the kind, the name of the visit, its day at the bank (10:00 unless a
time is given), its score, and what else is to be known of it:

    A onsite v1 2026-11-02 88.40; void
    A late n1                 the outlet's notice n1 was closed late or overdue at the quarter's end
    B merged into A           what B did counts for A, and B is no outlet any more
    C                         an outlet, of which nothing else is told
    weights 0.4 0.4 0.2       of the kinds; likewise `late 1 at most 5`, `share 0.40`
    O 90.50                   what comes from outside

After `frozen` the rows tell what became different, one after the other, and each is followed by
what it adds to the score of the sub-branch:

    v1 now 59 -> -2.05        the score of a visit; `void`, or `late n1 withdrawn`; or a visit's row
"""

from dataclasses import dataclass

QUARTER = "2026Q4"


@dataclass(frozen=True)
class Case:
    """One story; `why` quotes or reads domain.md."""

    name: str
    why: str
    rows: str


WORKED = """
        A onsite v1 2026-11-02 88.40
        A mystery v2 2026-11-09 82.00; published
        A offsite v3 2026-12-01 90.00
        B onsite v4 2026-10-20 79.50
        B mystery v5 2026-11-11 75.00; published
        B late n1
        C
"""

CASES = [
    # -- the worked example -----------------------------------------------------------------------
    Case(
        "the worked example",
        "3.7: 86.16, 76.25, third outlet not visited, I = 81.21, 32.48 of 40, Q = 86.78.",
        WORKED
        + """
        O 90.50
        -> A 86.16
        -> B 76.25
        -> C -
        -> I 81.21; 2 of 3; contributes 32.48; Q 86.78
        """,
    ),
    Case(
        "the worked example with a confirmed veto",
        "3.7: 59 instead of 79.50 gives 66.00; I = 76.08; contribution 30.43.",
        WORKED.replace("79.50", "59")
        + """
        -> B 66.00
        -> I 76.08; 2 of 3; contributes 30.43; Q -
        """,
    ),
    Case(
        "O is left blank",
        "3.7: show I and I x 0.40 of 40 points, never a made-up Q.",
        WORKED + "-> I 81.21; 2 of 3; contributes 32.48; Q -",
    ),
    Case(
        "O of nought is a number, not a blank",
        "3.7: typed in or left blank.",
        WORKED + "O 0\n-> I 81.21; 2 of 3; contributes 32.48; Q 32.48",
    ),
    # -- kinds ------------------------------------------------------------------------------------
    Case(
        "one kind only has the whole weight",
        "3.7: over kinds that took place.",
        "A onsite v1 2026-11-02 88.40\n-> A 88.40\n-> I 88.40; 1 of 1; contributes 35.36; Q -",
    ),
    Case(
        "off-site only, though it has the smallest weight",
        "0.2 x 71.30 / 0.2.",
        "A offsite v1 2026-11-02 71.30\n-> A 71.30",
    ),
    Case(
        "on-site and off-site",
        "(0.4 x 80 + 0.2 x 95) / 0.6 = 85.",
        "A onsite v1 2026-11-02 80\nA offsite v2 2026-11-03 95\n-> A 85.00",
    ),
    Case(
        "mystery and off-site, not even",
        "(0.4 x 80 + 0.2 x 90) / 0.6 = 83.333…",
        "A mystery v1 2026-11-02 80; published\nA offsite v2 2026-11-03 90\n-> A 83.33",
    ),
    Case(
        "several visits of a kind count by their mean",
        "0.4 x (80 + 90) / 2 + 0.4 x 70, over 0.8 = 77.5.",
        """
        A onsite v1 2026-10-02 80
        A onsite v2 2026-12-02 90
        A mystery v3 2026-11-09 70; published
        -> A 77.50
        """,
    ),
    Case(
        "ten visits of one kind weigh no more than one of another",
        "the kinds are weighted, not the visits.",
        "\n".join(f"A offsite v{n} 2026-10-{n:02} 50" for n in range(1, 11))
        + "\nA onsite w 2026-10-20 95\n-> A 80.00",
    ),
    Case(
        "a kind without weight does not count beside others",
        "weights are settings: (1 x 80 + 0 x 20) / 1.",
        "weights 1 0 0\nA onsite v1 2026-11-02 80\nA offsite v2 2026-11-03 20\n-> A 80.00",
    ),
    Case(
        "only a kind without weight took place: there is no score, and no division by nought",
        "sum(w) = 0; the outlet is left out like one without a visit.",
        """
        weights 0.5 0.5 0
        A offsite v1 2026-11-03 20
        B onsite v2 2026-11-03 90
        -> A -
        -> B 90.00
        -> I 90.00; 1 of 2; contributes 36.00; Q -
        """,
    ),
    Case(
        "no kind has a weight",
        "nothing can be weighed.",
        "weights 0 0 0\nA onsite v1 2026-11-03 20\n-> A -\n-> I -; 0 of 1; contributes -; Q -",
    ),
    Case(
        "weights that do not add up to one are made to",
        "(3 x 80 + 1 x 60) / 4 = 75.",
        "weights 3 0 1\nA onsite v1 2026-11-03 80\nA offsite v2 2026-11-03 60\n-> A 75.00",
    ),
    # -- coverage ---------------------------------------------------------------------------------
    Case(
        "no visit at all",
        "3.7: outlets without a visit are left out.",
        "A\nB\nO 90\n-> A -\n-> I -; 0 of 2; contributes -; Q -",
    ),
    Case(
        "an outlet without a visit is not counted as nought",
        "3.7: left out; coverage beside the score.",
        "A onsite v1 2026-11-02 90\nB\nC\nD\n-> I 90.00; 1 of 4; contributes 36.00; Q -",
    ),
    Case(
        "an outlet that scored nought is inspected",
        "nought is a score.",
        "A onsite v1 2026-11-02 90\nB onsite v2 2026-11-02 0\n"
        "-> B 0.00\n-> I 45.00; 2 of 2; contributes 18.00; Q -",
    ),
    Case(
        "late without a visit in the quarter",
        "3.7: the deduction is taken off the mean of visits; without one there is nothing to take "
        "it off.",
        "A late n1\nA late n2\nB onsite v1 2026-11-02 90\n-> A -\n-> I 90.00; 1 of 2; "
        "contributes 36.00; Q -",
    ),
    # -- lateness ---------------------------------------------------------------------------------
    Case(
        "one notice late",
        "3.7: minus 1 for each.",
        "A onsite v1 2026-11-02 88.40\nA late n1\n-> A 87.40",
    ),
    Case(
        "five notices late",
        "3.7: at most 5.",
        "A onsite v1 2026-11-02 88.40\n"
        + "\n".join(f"A late n{n}" for n in range(5))
        + "\n-> A 83.40",
    ),
    Case(
        "eight notices late",
        "3.7: at most 5.",
        "A onsite v1 2026-11-02 88.40\n"
        + "\n".join(f"A late n{n}" for n in range(8))
        + "\n-> A 83.40",
    ),
    Case(
        "lateness does not fall below nought",
        "a visit's score is clamped to 0; so is an outlet's.",
        "A onsite v1 2026-11-02 2\nA late n1\nA late n2\nA late n3\n-> A 0.00",
    ),
    Case(
        "what lateness costs is a setting",
        "5.: each is a setting.",
        "late 0.5 at most 0.8\nA onsite v1 2026-11-02 80\nA late n1\nA late n2\n-> A 79.20",
    ),
    # -- which visits count -----------------------------------------------------------------------
    Case(
        "the last minute of the quarter at the bank",
        "3.7: the quarter of the visit date; Asia/Shanghai.",
        """
        A onsite v1 2026-12-31 23:59 80
        A onsite v2 2027-01-01 00:00 60
        -> A 80.00
        """,
    ),
    Case(
        "the first minute of the quarter at the bank, still September in UTC",
        "3.7: the quarter of the visit date; Asia/Shanghai.",
        """
        A onsite v1 2026-10-01 00:00 80
        A onsite v2 2026-09-30 23:59 60
        -> A 80.00
        """,
    ),
    Case(
        "a void visit",
        "3.2: score removed.",
        "A onsite v1 2026-11-02 90\nA onsite v2 2026-11-03 40; void\n-> A 90.00",
    ),
    Case(
        "the only visit is void",
        "3.2: score removed; 3.7: left out.",
        "A onsite v1 2026-11-02 90; void\nB onsite v2 2026-11-02 70\n"
        "-> A -\n-> I 70.00; 1 of 2; contributes 28.00; Q -",
    ),
    Case(
        "a mystery visit before its batch is published",
        "7.5: branches see it after its batch; until then it counts for nothing.",
        "A onsite v1 2026-11-02 90\nA mystery v2 2026-11-03 40\n-> A 90.00",
    ),
    Case(
        "a visit that is not confirmed yet",
        "3.2: every finding decided.",
        "A onsite v1 2026-11-02 90\nA offsite v2 2026-11-03 40; unconfirmed\n-> A 90.00",
    ),
    Case(
        "a visit with nothing applicable has no score",
        "3.7: A = 0.",
        "A onsite v1 2026-11-02 90\nA offsite v2 2026-11-03 none\n-> A 90.00",
    ),
    Case(
        "a merged outlet's visits count for its successor, and it is no outlet any more",
        "3.8: goes on as; 3.7: coverage of the outlets that there are.",
        """
        A onsite v1 2026-11-02 90
        B onsite v2 2026-10-02 70
        B late n1
        B merged into A
        -> A 79.00
        -> I 79.00; 1 of 1; contributes 31.60; Q -
        """,
    ),
    # -- exactness --------------------------------------------------------------------------------
    Case(
        "half up on the edge, through a third",
        "3.7: decimals kept exactly, shown half up: (80.005 + 1/3 + 80.005 - 1/3) / 2.",
        """
        A onsite v1 2026-11-02 80.33833333333333333333333333
        A onsite v2 2026-11-02 79.67166666666666666666666666
        -> A 80.01
        """,
    ),
    Case(
        "nothing is rounded on the way",
        "outlets 81.104 and 81.105 make 81.1045, shown 81.10; rounded ones would make 81.11.",
        "A onsite v1 2026-11-02 81.104\nB onsite v2 2026-11-02 81.105\n"
        "-> A 81.10\n-> B 81.11\n-> I 81.10; 2 of 2; contributes 32.44; Q -",
    ),
    Case(
        "the share is a setting",
        "3.7: only 0.40 is settled.",
        "share 0.30\nO 80\nA onsite v1 2026-11-02 90\n"
        "-> I 90.00; 1 of 1; contributes 27.00; Q 83.00",
    ),
    # -- frozen, then different -------------------------------------------------------------------
    Case(
        "frozen, then an appeal is overturned",
        "3.7: a frozen number does not change; it makes an adjustment line. B becomes "
        "(32.2 + 30.0) / 0.8 - 1 = 76.75, I gains the half of 0.50.",
        WORKED
        + """
        frozen
        v4 now 80.50 -> 0.25
        -> I 81.21
        """,
    ),
    Case(
        "frozen, then a visit with a veto is declared void",
        "B has only its mystery visit left: 75 - 1 = 74 instead of 66; I from 76.08 to 80.08.",
        WORKED.replace("79.50", "59")
        + """
        frozen
        v4 void -> 4.00
        -> I 76.08
        """,
    ),
    Case(
        "frozen, then a visit of an outlet arrives that had none",
        "the mean of three instead of two: (86.16 + 76.25 + 60) / 3 = 74.1367.",
        WORKED
        + """
        frozen
        C onsite v9 2026-12-30 60 -> -7.07
        -> I 81.21
        """,
    ),
    Case(
        "frozen, then one thing after the other: the amounts add up",
        "81.205 -> 81.705 (n1) -> 81.955 (v4) -> 81.975 (v3).",
        WORKED
        + """
        frozen
        late n1 withdrawn -> 0.50
        v4 now 80.50 -> 0.25
        v3 now 90.20 -> 0.02
        -> I 81.21
        """,
    ),
    Case(
        "frozen without a score, then a visit arrives: there is no number to adjust",
        "a blank is never made up, and neither is the nought that it would be taken from.",
        "A\nfrozen\nA onsite v1 2026-12-30 60 -> -\n-> I -",
    ),
    Case(
        "frozen, then the only visit of the only inspected outlet is void",
        "no score on the other side.",
        "A onsite v1 2026-12-30 60\nfrozen\nv1 void -> -\n-> I 60.00",
    ),
    Case(
        "frozen, then the late notice beyond the fifth is withdrawn",
        "at most 5: it had cost nothing.",
        "A onsite v1 2026-11-02 88.40\n"
        + "\n".join(f"A late n{n}" for n in range(6))
        + "\nfrozen\nlate n5 withdrawn -> 0.00\nlate n4 withdrawn -> 1.00\n-> I 83.40",
    ),
]
