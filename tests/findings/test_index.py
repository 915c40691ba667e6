"""The list of findings: whose, and each filter as many as its number says."""

import re

import pytest

from inspector.findings.queries import FILTERS
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.population import a_mixed_department


def listed(html: str) -> list[str]:
    """The findings of the rows, in order."""
    return list(dict.fromkeys(re.findall(r"#finding-([0-9a-f-]{36})", html)))


@pytest.mark.parametrize("who", ["channel", "inspector", "outlet"])
def test_each_filter_has_as_many_rows_as_its_number_says(
    cast: Cast, client_of: ClientOf, who: str
) -> None:
    a_mixed_department(cast)
    client = client_of(getattr(cast, who))
    numbers = {}
    for only in set(FILTERS) - {"in_force", "counted"}:  # which have no chip
        html = client.get(f"/findings?only={only}").text
        found = re.search(rf'href="/findings\?only={only}"[^>]*>[^<]*<b>(\d+)</b>', html)
        assert found
        numbers[only] = int(found[1])
        assert numbers[only] == len(listed(html)), only
    everything = len(listed(client.get("/findings").text))
    within_another = numbers["on_spot"] + numbers["repeats"] + numbers["not_carried_out"]
    assert everything == sum(numbers.values()) - within_another
    if who == "channel":
        assert numbers == {
            "to_decide": 2,
            "confirmed": 27,
            "on_spot": 4,
            "repeats": 2,
            "seen_again": 2,
            "not_carried_out": 1,
            "rejected": 4,
            "withdrawn": 1,
        }


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("leader", {"confirmed", "submitted", "mystery"}),
        ("inspector", {"confirmed", "submitted"}),
        ("shopper", {"mystery"}),
        ("outlet", {"confirmed"}),
        ("subbranch", {"confirmed"}),
        ("other_outlet", set()),
        ("colleague", set()),
    ],
)
def test_one_sees_the_findings_of_the_visits_that_one_sees(
    cast: Cast, client_of: ClientOf, who: str, sees: set[str]
) -> None:
    visits = {stage: rows.a_visit_at(cast, stage) for stage in ("confirmed", "submitted")}
    visits["mystery"] = rows.a_visit_at(cast, "confirmed", kind="mystery")
    findings = {name: rows.a_finding(visit) for name, visit in visits.items()}
    html = client_of(getattr(cast, who)).get("/findings").text
    assert set(listed(html)) == {str(findings[name].id) for name in sees}


def test_a_branch_is_not_led_to_a_notice_that_is_not_issued(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    draft, issued = (rows.a_notice_at(cast, visit, n, s) for n, s in enumerate(("draft", "issued")))
    html = client_of(cast.outlet).get("/findings").text
    assert f"/notices/{issued.id}" in html
    assert f"/notices/{draft.id}" not in html
