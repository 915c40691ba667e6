"""Which three items a meeting should talk about."""

from decimal import Decimal

import pytest

from inspector.briefings.rules import Topic, to_discuss


def topic(issue: str, lost: str = "1", times: int = 1, late: int = 0, outlets: int = 1) -> Topic:
    return Topic(issue, issue, issue, outlets, Decimal(lost), times, late)


@pytest.mark.parametrize(
    ("topics", "chosen"),
    [
        ([], []),
        ([topic("a", "2"), topic("b", "3"), topic("c", "1"), topic("d", "0.5")], ["b", "a", "c"]),
        ([topic("dear", "4"), topic("again", "2", times=3)], ["again", "dear"]),
        ([topic("dear", "4"), topic("late", "2", late=2)], ["late", "dear"]),
        ([topic("late", "2", late=1), topic("again", "2", times=2)], ["again", "late"]),
        ([topic("b", "2"), topic("a", "2")], ["a", "b"]),
        (
            [topic("b", "2"), topic("a", "2", outlets=1), topic("c", "2", outlets=2)],
            ["c", "a", "b"],
        ),
        ([topic("free", "0")], []),
        ([topic("free", "0", times=2), topic("dear", "1")], ["dear", "free"]),
        ([topic("free", "0", late=1)], ["free"]),
    ],
)
def test_the_weightiest_come_first_and_at_most_three(
    topics: list[Topic], chosen: list[str]
) -> None:
    assert [one.issue for one in to_discuss(topics)] == chosen
