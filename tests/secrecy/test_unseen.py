"""Before its publication a mystery visit changes nothing for branches, not a byte; and what is
hidden costs the same statements as what does not exist."""

import re
import uuid
from datetime import date, timedelta

import pytest

from inspector.people.models import Person
from tests.conftest import CountQueries
from tests.secrecy.crawler import (
    Crawler,
    Page,
    addresses,
    ask,
    keys_by_table,
)
from tests.secrecy.town import Town, noon, shopped_at

pytestmark = [pytest.mark.one_engine, pytest.mark.timeout(1800)]

FAULTS = ("MY-MAT-01", "MY-CNT-02")
ARGUMENT = re.compile(r"<uuid:((?!session)\w+)_id>")
"""The table that a rule names; but for one's own sessions, of which no page may say the key."""


OWN = "/account"
"""Lists the sessions of who looks, and each look is one."""


def test_an_unpublished_visit_changes_no_byte_of_what_a_branch_gets(town: Town) -> None:
    seen = town.visited("YA0302", noon(11, 2), ("ON-RAK-02", "ON-CTR-03"), kind="onsite")
    town.time = noon(11, 4)
    town.post(town.cast.channel, "/notices/issuance")
    town.sign(town.notice(seen, "ON-RAK-02"), town.cast.outlet)
    began = shopped_at(11, 9)

    town.time = noon(11, 30)
    people = (town.cast.outlet, town.cast.subbranch)
    before = {who.username: everything(town, who) for who in people}

    def nothing_has_changed(after: str) -> None:
        town.time = noon(11, 30)
        for who in people:
            now = everything(town, who)
            for url in before[who.username] | now:
                if url.startswith(OWN):
                    continue
                assert now.get(url) == before[who.username].get(url), (after, who.username, url)

    town.time = began - timedelta(days=2)
    visit = town.plan("YA0302", began, town.shoppers[0])
    nothing_has_changed("planned")
    device = town.record(visit, began, FAULTS)
    town.submit(device)
    nothing_has_changed("submitted")
    town.time = noon(11, 10)
    town.confirm(visit)
    town.batch([visit], "第一批", date(2026, 12, 20))
    nothing_has_changed("confirmed, and put into a batch")


def everything(town: Town, who: Person) -> dict[str, Page]:
    """All that somebody is offered."""
    crawler = Crawler(town.client_of(who))
    crawler.follow()
    return crawler.pages


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_hidden_is_answered_like_what_does_not_exist_by_the_same_statements(
    full_town: Town, count_queries: CountQueries, method: str
) -> None:
    crawler = Crawler(full_town.client_of(full_town.cast.outlet))
    crawler.follow()  # what the outlet may see stands somewhere; the client has its cookies now
    offered = b" ".join(page.body for page in crawler.pages.values()).decode("latin-1")
    tables, hidden = keys_by_table(), 0
    for rule in sorted(rule.partition(" ")[2] for rule in addresses(full_town.app, method)):
        table = ARGUMENT.search(rule)
        if not table or table[1] not in tables or rule.count("<") > 1:
            continue  # with two keys what may be seen is not found either when the other is wrong
        for key in [key for key in tables[table[1]] if key not in offered][:12]:
            answers = []
            for one in (key, str(uuid.UUID(int=5))):
                url = ARGUMENT.sub(one, rule)
                with count_queries() as sent:
                    page = ask(crawler.client, url, method).without(url)
                answers.append((page, list(sent)))
            (page, sent), (nothing, sent_for_nothing) = answers
            assert (page.status, page) == (nothing.status, nothing), f"{method} {rule}"
            assert sent == sent_for_nothing, f"{method} {rule}"
            hidden += page.status == 404
    assert hidden > 20
