"""What is always true of a score, whatever the checklist and the answers; and that the twin on the
tablet (static/js/scoring.js) works out the same."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.visits.scoring import Rule, Score, Standing, lost, passes, score, shown, skipped

ROOT = Path(__file__).parents[2]
LAW = settings(deadline=None)


@dataclass(frozen=True)
class Visit:
    rules: list[Rule]
    answers: dict[str, str]
    standings: dict[str, Standing]
    occurrences: dict[str, int]

    def score(self) -> Score:
        return score(
            self.rules, self.answers, standings=self.standings, occurrences=self.occurrences
        )


@st.composite
def rules(draw: st.DrawFn, code: str) -> Rule:
    kind = draw(st.sampled_from(["yesno", "yesno", "score", "number", "duration"]))
    op = draw(st.sampled_from(["<=", ">="])) if kind in ("number", "duration") else ">="
    limit = Decimal(draw(st.integers(2, 6)))
    half = draw(st.none() | st.integers(1, 2))
    asked = kind != "yesno" and draw(st.sampled_from([True, True, False]))  # or information
    points = st.sampled_from(["0", "0.5", "1", "2", "3", "29"])
    return Rule(
        code=code,
        section=draw(st.sampled_from("ST")),
        type=kind,
        op=op if asked else None,
        limit=limit if asked else None,
        half_limit=limit + (half if op == "<=" else -half) if asked and half else None,
        max=Decimal(draw(st.integers(1, 7))) if kind == "score" else None,
        points=Decimal(draw(points) if asked or kind == "yesno" else 0),
        effect=draw(st.sampled_from(["score", "score", "score", "gate", "deduct"])),
        critical=draw(st.booleans()),
    )


def plain(code: str, points: str, *, critical: bool = False) -> Rule:
    """A yes-or-no item in a section of its own."""
    return Rule(code, code, "yesno", None, None, None, None, Decimal(points), "score", critical)


def values(rule: Rule) -> st.SearchStrategy[str]:
    """What may be answered: whole numbers, but a number may have decimals."""
    if rule.type == "yesno":
        return st.sampled_from(["yes", "no", "na"])
    if rule.type == "score":
        return st.just("na") | st.integers(0, int(rule.max or 0)).map(str)
    tenths = st.decimals(0, 9, places=1).map(str)
    return (
        st.just("na")
        | st.integers(0, 9).map(str)
        | (tenths if rule.type == "number" else st.nothing())
    )


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    codes = [f"item-{n}" for n in range(draw(st.integers(1, 9)))]
    items = [draw(rules(code)) for code in codes]
    some = st.sets(st.sampled_from(codes))
    unanswered = draw(some)
    return Visit(
        rules=items,
        answers={r.code: draw(values(r)) for r in items if r.code not in unanswered},
        standings=draw(st.dictionaries(st.sampled_from(codes), st.sampled_from(Standing))),
        occurrences=draw(st.dictionaries(st.sampled_from(codes), st.integers(1, 5))),
    )


@LAW
@given(visits())
def test_a_score_is_never_above_100_or_below_0(visit: Visit) -> None:
    result = visit.score()

    assert (result.value is None) == (result.available == 0)
    assert result.value is None or 0 <= result.value <= 100
    assert 0 <= result.earned <= result.available


@LAW
@given(visits(), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(visit: Visit, chance: random.Random) -> None:
    answers = list(visit.answers.items())
    chance.shuffle(answers)

    assert replace(visit, answers=dict(answers)).score() == visit.score()


@LAW
@given(visits(), st.sampled_from(["0", "1", "20", "500"]))
def test_a_confirmed_veto_is_never_above_the_cap(visit: Visit, elsewhere: str) -> None:
    veto = plain("veto", "1", critical=True)
    vetoed = Visit(
        rules=[*visit.rules, veto, plain("elsewhere", elsewhere)],
        answers=visit.answers | {"veto": "no", "elsewhere": "yes"},
        standings=visit.standings | {"veto": Standing.CONFIRMED},
        occurrences=visit.occurrences,
    )

    result = vetoed.score()

    assert result.vetoed
    assert result.value is not None
    assert result.value <= 59


@LAW
@given(visits(), st.data())
def test_not_applicable_is_the_same_as_not_on_the_checklist(
    visit: Visit, data: st.DataObject
) -> None:
    rule = data.draw(st.sampled_from(visit.rules))
    without = replace(visit, rules=[r for r in visit.rules if r != rule]).score()

    result = replace(visit, answers=visit.answers | {rule.code: "na"}).score()

    assert replace(result, lines=()) == replace(without, lines=())


@LAW
@given(visits(), st.data())
def test_not_applicable_never_lowers_what_the_rest_earned(
    visit: Visit, data: st.DataObject
) -> None:
    """The rest keeps exactly what it earned. Only where a failed gate becomes NA may it earn more:
    what was answered behind it counts again."""
    rule = data.draw(st.sampled_from(visit.rules))
    before = visit.score()
    own = Decimal(0)
    if rule.code not in before.skipped:
        own = replace(visit, rules=[rule]).score().earned

    after = replace(visit, answers=visit.answers | {rule.code: "na"}).score()

    if rule.effect == "gate":
        assert nearly(after.earned) >= nearly(before.earned - own)
    else:
        assert nearly(after.earned) == nearly(before.earned - own)


def nearly(number: Decimal) -> Fraction:
    """Without the dust of subtracting two Decimals that stand for thirds or sevenths."""
    return Fraction(number).limit_denominator(10**6)


@LAW
@given(visits())
def test_with_every_failure_rejected_only_passing_scores_below_their_maximum_lose_points(
    visit: Visit,
) -> None:
    standings = dict.fromkeys(visit.answers, Standing.REJECTED)
    short = sum(
        lost(rule, visit.answers[rule.code])
        for rule in visit.rules
        if rule.type == "score"
        and rule.code in visit.answers
        and rule.effect != "deduct"
        and passes(rule, visit.answers[rule.code])
    )

    result = replace(visit, standings=standings).score()

    assert result.failed == ()
    assert result.skipped == frozenset()
    assert [result.extra, result.deducted] == [0, 0]
    assert [result.vetoed, result.veto_pending] == [False, False]
    assert nearly(result.earned) == nearly(result.available - short)
    assert short or result.value in (None, 100)


@LAW
@given(visits())
def test_every_item_is_answered_unanswered_or_skipped(visit: Visit) -> None:
    result = visit.score()

    sections = result.sections.values()
    assert sum(s.total for s in sections) == len(visit.rules)
    assert sum(s.unanswered for s in sections) == len(result.unanswered)
    assert sum(s.failed for s in sections) == len(result.failed)
    assert sum(s.total - s.answered - s.unanswered for s in sections) == len(result.skipped)
    assert skipped(visit.rules, visit.answers, visit.standings) == result.skipped
    assert nearly(sum((s.earned for s in sections), Decimal(0))) == nearly(result.earned)
    assert sum(s.available for s in sections) == result.available


SCRIPT = """
import { createInterface } from "node:readline";
import { score, shown } from "./static/js/scoring.js";
const plain = (_, value) =>
  typeof value === "bigint" ? String(value) : value instanceof Set ? [...value] : value;
for await (const line of createInterface({ input: process.stdin })) {
  const { rules, answers, ...rest } = JSON.parse(line);
  const result = score(rules, answers, rest);
  console.log(JSON.stringify({ ...result, shown: shown(result.value) }, plain));
}
"""


@pytest.fixture(scope="module")
def tablet() -> Iterator[Callable[[Visit], dict[str, Any]]]:
    """The score as the browser's module works it out, in one node for all visits."""
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    node = shutil.which("node", path=paths)
    assert node, "node is part of the set-up: run bin/test"
    with subprocess.Popen(
        [node, "--input-type=module", "--eval", SCRIPT],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        question, answer = process.stdin, process.stdout
        assert question
        assert answer

        def ask(visit: Visit) -> dict[str, Any]:
            print(json.dumps(asdict(visit), default=str), file=question, flush=True)
            return cast(dict[str, Any], json.loads(answer.readline()))

        yield ask


@settings(LAW, max_examples=300)
@given(visit=visits())
def test_the_tablet_and_the_server_agree_on_every_figure(
    tablet: Callable[[Visit], dict[str, Any]], visit: Visit
) -> None:
    theirs = tablet(visit)
    ours = visit.score()

    assert theirs.pop("shown") == shown(ours.value)
    said = asdict(replace(ours, lines=()))
    del said["lines"]
    said["sections"] = {section: asdict(sums) for section, sums in ours.sections.items()}
    assert figures(theirs) == {camel(name): listed(value) for name, value in said.items()}


def figures(value: Any) -> Any:
    """Turn the {n, d} of the twin into Decimals, all the way down."""
    if not isinstance(value, dict):
        return value
    if set(value) == {"n", "d"}:
        return Decimal(value["n"]) / Decimal(value["d"])
    return {name: figures(inner) for name, inner in value.items()}


def listed(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
