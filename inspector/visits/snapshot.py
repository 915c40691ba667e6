"""A visit as plain data: what the tablet starts from (offline.md 4.4)."""

import uuid
from datetime import date, timedelta
from typing import Any

from flask import current_app, url_for

from inspector.checklists.models import Item
from inspector.people.models import Branch, Fitout, Person
from inspector.visits.conflicts import Conflict, open_conflicts
from inspector.visits.models import Answer, Photo, Visit
from inspector.visits.signatures import Signature, signatures_of


def snapshot(visit: Visit, person: Person) -> dict[str, Any]:
    """Rules, answers, photos and good practices of a visit, for the person who records it."""
    codes = {item.id: item.code for item in visit.version.items}
    disputed: dict[uuid.UUID, list[Conflict]] = {}
    for conflict in open_conflicts(visit.id):
        disputed.setdefault(conflict.item_id, []).append(conflict)
    applies = fitted_out(visit.branch, visit.planned_on)
    return {
        "visit": {
            "id": str(visit.id),
            "stage": visit.stage.value,
            "kind": visit.kind,
            "started_at": visit.started_at.isoformat() if visit.started_at else None,
        },
        "person": {"id": str(person.id), "name": person.name},
        "tpl": f"{visit.version.checklist.code} {visit.version.version}",
        "rules": [_rule(item, applies) for item in visit.version.items],
        "answers": {
            codes[key]: _answer(answer, disputed.get(key, []))
            for key, answer in visit.answers.items()
        },
        "photos": [_photo(photo, codes) for photo in visit.photos if photo.removed_at is None],
        "practices": [
            {"id": str(p.id), "text": p.text, "section": p.section}
            for p in visit.practices
            if p.removed_at is None
        ],
        "signature": next((_signature(s) for s in signatures_of(visit)), None),
    }


def fitted_out(branch: Branch, on: date) -> bool:
    """Whether the outlet was relocated or renovated within the setting's window before a day: only
    then do the fit-out items apply without asking (domain.md 6, 15)."""
    if branch.fitout == Fitout.NONE or branch.renovated_on is None:
        return False
    window = timedelta(days=current_app.config["FITOUT_WINDOW_DAYS"])
    return on - window <= branch.renovated_on <= on


def _rule(item: Item, fitout: bool) -> dict[str, Any]:
    text = {
        name: None if (value := getattr(item, name)) is None else str(value)
        for name in ("op", "limit", "half_limit", "points", "unit", "applies")
    }
    return {
        **text,
        "code": item.code,
        "section": item.section.code,
        "type": item.type,
        "max": item.max,
        "effect": item.effect,
        "critical": item.critical,
        "na_allowed": item.na_allowed,
        "photo_on_fail": item.photo_on_fail,
        "proposed": "na" if item.applies == "fitout" and not fitout else None,
    }


def _answer(answer: Answer, disputed: list[Conflict]) -> dict[str, Any]:
    row = {
        "value": answer.value,
        "note": answer.note,
        "place": answer.place,
        "corrected": answer.corrected,
        "no_photo_reason": answer.no_photo_reason,
        "rev": answer.rev,
    }
    return row | {"conflicts": _others(answer, disputed)} if disputed else row


def _others(answer: Answer, disputed: list[Conflict]) -> dict[str, list[dict[str, Any]]]:
    """What else was recorded, by field: each side that does not stand now."""
    others: dict[str, list[dict[str, Any]]] = {}
    for conflict in disputed:
        for side in ("earlier", "later"):
            value = getattr(conflict, side)
            if value == getattr(answer, conflict.field):
                continue
            told = {
                "value": value,
                "by": getattr(conflict, f"{side}_by").name,
                "device_at": getattr(conflict, f"{side}_device_at").isoformat(),
            }
            others.setdefault(conflict.field, []).append(told)
    return others


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "signature": str(signature.id),
        "photo": str(signature.photo_id) if signature.photo_id else None,
        "name": signature.name,
        "remark": signature.remark,
        "refusal": signature.refusal,
        **signature.seen,
        "signed_at": signature.signed_at.isoformat(),
    }


def _photo(photo: Photo, codes: dict[Any, str]) -> dict[str, Any]:
    url = url_for("visits.photo", visit_id=photo.visit_id, sha256=photo.sha256)
    return {
        "id": str(photo.id),
        "item": codes[photo.item_id] if photo.item_id else None,
        "practice": str(photo.practice_id) if photo.practice_id else None,
        "stage": photo.stage,
        "sha256": photo.sha256,
        "caption": photo.caption,
        "taken_at": photo.taken_at.isoformat(),
        "received": photo.picture is not None,
        "url": url,
        "thumb_url": f"{url}?size=thumb",
    }
