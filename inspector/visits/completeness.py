"""What still stands between a visit and its submission (domain.md 3.2)."""

from dataclasses import dataclass

from inspector.checklists.models import Item
from inspector.visits import scoring
from inspector.visits.models import Visit


@dataclass(frozen=True)
class Missing:
    """One thing to do: `what` is answer, photo or after_photo."""

    item: str
    what: str


def values(visit: Visit) -> dict[str, str]:
    """The answers given so far, by item code."""
    return {
        item.code: answer.value
        for item in visit.version.items
        if (answer := visit.answers.get(item.id)) and answer.value is not None
    }


def rules(visit: Visit) -> list[scoring.Rule]:
    """The items of the visit's checklist as the score needs them."""
    return [scoring.Rule.of(item) for item in visit.version.items]


def missing(visit: Visit) -> list[Missing]:
    """Unanswered items; failed ones without the photo they need, or a reason why there is none;
    and corrections on the spot without a photo of the result. Items that a failed gate skips are
    not asked for."""
    score = scoring.score(rules(visit), values(visit))
    found = []
    for item in visit.version.items:
        if item.code in score.unanswered:
            found.append(Missing(item.code, "answer"))
        elif item.code in score.failed and item.photo_on_fail:
            found += _missing_photos(visit, item)
    return found


def _missing_photos(visit: Visit, item: Item) -> list[Missing]:
    answer = visit.answers[item.id]
    if answer.no_photo_reason:
        return []
    found = []
    if not visit.photos_of(item, "before"):
        found.append(Missing(item.code, "photo"))
    if answer.corrected and not visit.photos_of(item, "after"):
        found.append(Missing(item.code, "after_photo"))
    return found
