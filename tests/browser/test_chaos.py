"""Random schedules of faults between tablet and server and on the tablet itself; all that the page
called saved is on the server in the end, once. More of them: bin/bench chaos --schedules 1000."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright

from tests.browser.chaos import Lab


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each schedule, so that the workers share them."""
    count = metafunc.config.getoption("--schedules")
    seed = metafunc.config.getoption("--seed")
    numbers = [pytest.param(seed, n, id=f"seed {seed} number {n}") for n in range(count)]
    metafunc.parametrize(("seed", "number"), numbers)


@pytest.fixture(scope="module")
def lab(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server and a proxy for all schedules of a worker."""
    with Lab(playwright, tmp_path_factory.mktemp("lab")) as lab:
        yield lab


def test_nothing_is_lost_and_nothing_comes_twice(lab: Lab, seed: int, number: int) -> None:
    outcome = lab.run(seed, number)
    assert (outcome.lost, outcome.twice) == ([], []), f"seed {seed} number {number}: {outcome.met}"
