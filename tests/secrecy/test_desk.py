"""At the desk nobody reads who made a mystery visit, unless they are named and unmask it: not the
leader, not the administrator, not the rest of the channel department."""

import pytest

from inspector.people.models import Person
from tests.secrecy.crawler import Crawler
from tests.secrecy.needles import Needles
from tests.secrecy.town import SHOPPERS, Town

pytestmark = [pytest.mark.one_engine, pytest.mark.timeout(1800)]

NAMES = Needles(words=[*SHOPPERS, *SHOPPERS.values()])


def reader(town: Town, who: str) -> Person:
    """Somebody at the desk."""
    return town.unnamed if who == "unnamed" else getattr(town.cast, who)


@pytest.mark.parametrize("who", ["leader", "admin", "unnamed", "channel"])
def test_no_page_of_the_desk_joins_a_shoppers_name_to_a_visit(full_town: Town, who: str) -> None:
    crawler = Crawler(full_town.client_of(reader(full_town, who)))
    crawler.follow()
    assert len(crawler.pages) > 100
    found = [trace for trace in crawler.traces(NAMES) if names_a_visits_shopper(trace)]
    assert not found, "\n".join(found)


def names_a_visits_shopper(trace: str) -> bool:
    """Whether a trace is a name, and not on the pages where names stand for themselves: those of
    the accounts, and the form to plan a visit. Days and keys the desk may read."""
    return ": the word " in trace and not trace.startswith(("/people", "/visits/new"))
