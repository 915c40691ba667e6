"""Many schedules of chaos.py on several processors, added up: what bin/bench chaos runs."""

import argparse
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.queues import Queue
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tests.browser.chaos import SEED, Lab, Outcome

AT_ONCE = 4


def main() -> None:
    """Run them, say of each what went wrong, and print the sums as `name value unit`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=SEED, metavar="S")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first")
    asked = parser.parse_args()
    start = time.monotonic()
    lost = twice = broken = operations = schedules = 0
    met: Counter[str] = Counter()
    for outcome in outcomes(asked.seed, range(asked.first, asked.first + asked.schedules)):
        if isinstance(outcome, str):
            broken += 1
            print(outcome, flush=True)
            continue
        for fault in (*outcome.lost, *outcome.twice):
            print(f"schedule {outcome.number}: {fault}", flush=True)
        schedules += 1
        lost, twice = lost + len(outcome.lost), twice + len(outcome.twice)
        operations += outcome.operations
        met += outcome.met
    for name, times in sorted(met.items()):
        print(f"chaos.met.{name.replace(' ', '_')} {times} count")
    print(f"chaos.seed {asked.seed} number")
    print(f"chaos.schedules {schedules} count")
    print(f"chaos.broken {broken} count")
    print(f"chaos.operations {operations} count")
    print(f"chaos.lost {lost} count")
    print(f"chaos.twice {twice} count")
    print(f"chaos.seconds {time.monotonic() - start:.0f} s")
    raise SystemExit(1 if lost or twice or broken else 0)


def outcomes(seed: int, numbers: range) -> Iterator[Outcome | str]:
    """What became of each, as they end; words where a schedule could not be run to its end."""
    spawn = multiprocessing.get_context("spawn")
    results: Queue[Outcome | str] = spawn.Queue()
    for share in (numbers[n::AT_ONCE] for n in range(AT_ONCE)):
        spawn.Process(target=_run, args=(seed, share, results), daemon=True).start()
    for _ in numbers:
        yield results.get(timeout=600)


def _run(seed: int, numbers: range, results: "Queue[Outcome | str]") -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        Lab(playwright, Path(folder)) as lab,
    ):
        for number in numbers:
            try:
                results.put(lab.run(seed, number))
            except (AssertionError, Error, RuntimeError) as error:
                results.put(f"schedule {number} broke off: {error}")


if __name__ == "__main__":
    main()
