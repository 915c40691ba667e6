"""The tablet's endpoints. No CSRF token: a cached page would carry a stale one, so a header that
only our own script can set stands in for it (offline.md 4.4)."""

import base64
import uuid
from contextlib import suppress
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, jsonify, request
from flask_login import current_user
from pydantic import ValidationError

from inspector import clock
from inspector.db import READING, as_json, db
from inspector.offline import keys, receiving, tablets
from inspector.offline.forgetting import is_taken_away
from inspector.offline.format import Batch, Beat, Gap, Strict
from inspector.people import signing_in
from inspector.people.roles import VISITORS
from inspector.people.sessions import Why
from inspector.photos.images import MAX_BYTES
from inspector.photos.models import Picture, keep
from inspector.problems import Problem
from inspector.visits.queries import visit_seen_by
from inspector.visits.snapshot import snapshot
from inspector.web import Answer, for_roles

S = TypeVar("S", bound=Strict)

blueprint = Blueprint("offline", __name__, url_prefix="/api")


@blueprint.before_request
def only_our_script() -> None:
    """Refuse writes that another site's page could have made the browser send."""
    own = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if request.method not in READING and not (own and request.headers.get("X-Inspector") == "1"):
        raise Problem("request.foreign")


@blueprint.post("/ops")
@for_roles(*VISITORS)
def ops() -> Answer:
    """Take in a batch of operations of one stream."""
    batch = _read(Batch)
    receipt = receiving.receive(batch, by=current_user._get_current_object(), at=clock.now())
    return Response(as_json(receipt), mimetype="application/json")


@blueprint.post("/heartbeat")
@for_roles(*VISITORS)
def heartbeat() -> Answer:
    """Note what a device has not sent yet, so that the office sees it."""
    tablets.hear(_read(Beat), by=current_user, at=clock.now())
    return jsonify(heard=True)


@blueprint.get("/streams/<uuid:stream>")
@for_roles(*VISITORS)
def stream(stream: uuid.UUID) -> Answer:
    """Up to where a stream has arrived, for a device that is not sure."""
    return jsonify(last_seq=receiving.last_seq(stream, current_user))


@blueprint.post("/streams/<uuid:stream>/gaps")
@for_roles(*VISITORS)
def gap(stream: uuid.UUID) -> Answer:
    """A device says which entries of its stream are nowhere any more; it goes on in another one."""
    try:
        missing = Gap.model_validate(_said())
    except ValidationError as error:
        raise Problem("request.malformed") from error
    receiving.note_gap(stream, missing, by=current_user, at=clock.now())
    return jsonify(first=missing.first, last=missing.last)


@blueprint.route("/blobs/<sha256>", methods=["GET"])
@for_roles(*VISITORS)
def blob(sha256: str) -> Answer:
    """Whether the bytes of that name have arrived: 200 or 404, without the bytes."""
    return Response(status=200 if db.session.get(Picture, sha256) else 404)


@blueprint.put("/blobs/<sha256>")
@for_roles(*VISITORS)
def put_blob(sha256: str) -> Answer:
    """Take in the bytes of a photo; any number of times with the same result. Those of one that
    was taken away meanwhile are not kept."""
    if (request.content_length or 0) > MAX_BYTES:
        raise Problem("photo.too_large")
    if is_taken_away(sha256):
        return jsonify(sha256=sha256)
    picture = keep(request.get_data(), sha256=sha256, by=current_user, at=clock.now())
    return jsonify(sha256=picture.sha256, width=picture.width, height=picture.height)


@blueprint.get("/visits/<uuid:visit_id>/snapshot")
@for_roles(*VISITORS)
def visit_snapshot(visit_id: uuid.UUID) -> Answer:
    """A visit as plain data, for its inspector."""
    visit = visit_seen_by(current_user, visit_id)
    return jsonify(snapshot(visit, current_user))


@blueprint.post("/key")
@for_roles(*VISITORS)
def key() -> Answer:
    """The key that seals one's work on the tablet that asks, with whom it belongs to and after how
    many idle seconds the tablet forgets it."""
    try:
        device = uuid.UUID(str(_said()["device"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Problem("request.malformed") from error
    secret = keys.release(current_user, device=device, at=clock.now())
    return jsonify(
        person=current_user.id,
        name=current_user.name,
        username=current_user.username,
        key=base64.b64encode(secret).decode(),
        idle_s=current_app.config["LOCK_AFTER_HOURS"] * 3600,
    )


@blueprint.post("/lock")
def lock() -> Answer:
    """End the session: the tablet was locked, and whoever comes next must sign in."""
    signing_in.leave(why=Why.LOCKED, at=clock.now())
    return Response(status=204)


def _read(shape: type[S]) -> S:
    """The body of the request. Raises Problem ops.malformed with the first thing that is wrong."""
    try:
        return _from_json(shape)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise Problem("ops.malformed", why=f"{where}: {first['msg']}") from error


def _from_json(shape: type[S]) -> S:
    if request.is_json:
        with suppress(ValidationError):  # in one go, without a dict for each entry: half the time
            return shape.model_validate_json(request.get_data())
    # Also what only Python's parser reads, half a character say: an entry is refused, not a batch.
    return shape.model_validate(_said())


def _said() -> Any:
    try:
        return request.get_json()
    except RecursionError as error:  # a hundred thousand brackets
        raise Problem("request.malformed") from error
