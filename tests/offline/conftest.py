"""Tablets for the cast."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from inspector.people.models import Person
from inspector.visits.models import Visit
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.offline.tablet import Tablet

TabletOf: TypeAlias = Callable[..., Tablet]


@pytest.fixture
def tablet_of(cast: Cast, client_of: ClientOf) -> TabletOf:
    """A tablet with a visit to record: `tablet_of(kind="offsite")`, or of a visit that is there."""

    def give(visit: Visit | None = None, person: Person | None = None, **which: Any) -> Tablet:
        visit = visit or make.a_visit(cast, **which)
        return Tablet(client_of(person or visit.inspector), visit)

    return give
