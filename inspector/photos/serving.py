"""Sending a picture to a browser: always a JPEG, cached by its hash, never sniffed."""

from flask import Response, request

from inspector.photos.models import Picture
from inspector.storage import storage


def serve(picture: Picture, *, thumb: bool = False) -> Response:
    """The picture, or its thumbnail. Whoever may fetch it was asked before."""
    name = picture.thumb if thumb else picture.jpeg
    response = Response(storage().get(name), mimetype="image/jpeg")
    response.set_etag(name)
    response.headers["Cache-Control"] = "private, max-age=604800, immutable"
    response.headers["Content-Disposition"] = "inline"
    return response.make_conditional(request)  # type: ignore[return-value]
