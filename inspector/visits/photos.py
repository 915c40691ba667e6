"""Sending one of a visit's photos, to whoever was found to see it."""

from collections.abc import Iterable

from flask import Response, request

from inspector.photos.serving import serve
from inspector.problems import Problem
from inspector.visits.models import Photo


def serve_one(photos: Iterable[Photo], sha256: str) -> Response:
    """The photo of that name among `photos`; `?size=thumb` for the small one. Raises Problem
    request.unknown, also for one that was removed or whose bytes have not arrived.

    The tablet's own key of a photo tells when it was taken; the hash of its bytes does not.
    """
    for photo in photos:
        if photo.sha256 == sha256 and photo.removed_at is None and photo.picture is not None:
            return serve(photo.picture, thumb=request.args.get("size") == "thumb")
    raise Problem("request.unknown")
