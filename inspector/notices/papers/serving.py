"""A paper as the answer to a request."""

from flask import Response


def served(data: bytes, name: str) -> Response:
    """A PDF to be shown under a file name without its ending. The name must tell nothing that the
    paper may not: of a mystery visit neither a day nor a person."""
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response
