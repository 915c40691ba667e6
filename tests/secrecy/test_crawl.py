"""Branches find no trace of a shopper in anything that the app answers, offered or not."""

import pytest

from tests.secrecy.crawler import Crawler, addresses
from tests.secrecy.town import Town

pytestmark = [pytest.mark.one_engine, pytest.mark.timeout(1800)]

PEOPLE = ("the outlet", "its neighbour", "their sub-branch", "another sub-branch")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("who", PEOPLE)
def test_nothing_that_a_branch_is_offered_bears_a_trace(
    full_town: Town, who: str, language: str
) -> None:
    crawler = crawler_of(full_town, who)
    crawler.client.post("/language", data={"language": language})
    crawler.follow()
    assert len(crawler.pages) > 30
    found = crawler.traces(full_town.needles)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("who", PEOPLE)
def test_no_address_that_a_branch_can_guess_bears_a_trace(full_town: Town, who: str) -> None:
    crawler = crawler_of(full_town, who)
    crawler.try_every(addresses(full_town.app))
    found = crawler.traces(full_town.needles)
    assert not found, "\n".join(found)


def crawler_of(town: Town, who: str) -> Crawler:
    """Somebody of a branch, signed in."""
    return Crawler(town.client_of(town.branch_side[PEOPLE.index(who)]))
