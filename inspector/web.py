"""What every view shares: answering a part or a page, commit after success, problems as pages.

The only place that looks at request.htmx and that imports htmx_flask (offline.md 1.3).
"""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeAlias, cast
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from flask_login import current_user
from htmx_flask import Htmx, make_response
from htmx_flask.requests import HtmxAwareRequest
from sqlalchemy.exc import DataError, IntegrityError
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    SecurityError,
    UnsupportedMediaType,
)
from werkzeug.wrappers import Response as BaseResponse

from inspector.db import db
from inspector.history.origin import come_from
from inspector.problems import Problem

P = ParamSpec("P")
Answer: TypeAlias = BaseResponse | str | tuple[BaseResponse | str, int]


def wants_part() -> bool:
    """Whether htmx asks for the answer to a form, to be put into the page that is open. A GET
    always answers a whole page: what a worker keeps must open on its own."""
    return bool(cast(HtmxAwareRequest, request).htmx) and request.method != "GET"


def wants_json() -> bool:
    """Whether a script asks: the tablet's store, not a page."""
    return request.path.startswith("/api/")


def init_app(app: Flask, open_endpoints: frozenset[str]) -> None:
    """Arrange the sign-in wall, commits and problem pages for the whole app."""
    Htmx(app)
    app.before_request(_refuse_foreign_host)
    app.before_request(lambda: come_from(request.remote_addr or "", request.user_agent.string))
    app.before_request(lambda: _require_sign_in(open_endpoints))
    app.before_request(_refuse_unstorable)
    app.after_request(lambda response: _name_person(response, open_endpoints))
    app.after_request(_commit_after_success)
    app.register_error_handler(Problem, problem_answer)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, _lost_race)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(Exception, _broken)


def respond(partial: str, *, to: str, message: str = "", **context: Any) -> Answer:
    """Answer a form: htmx gets the partial in its new state, a browser without it goes to `to`."""
    if wants_part():
        db.session.flush()
        return _htmx(render_template(partial, **context, message=message))
    if message:
        flash(message, "done")
    return redirect(to, 303)


def go(to: str, message: str = "") -> BaseResponse:
    """Answer a form by another page: a redirect that htmx follows as a whole navigation."""
    if message:
        flash(message, "done")
    if wants_part():
        return _htmx("", redirect=to)
    return redirect(to, 303)


def keepable(page: str, *, keep: bool) -> Answer:
    """A page that says whether the tablet of whoever is signed in keeps it, to open it without a
    network (offline.md 2.3). What is kept must be for this person to read, also tomorrow. A page
    without this mark is not ours: a network that asks for money may answer in our name."""
    response = current_app.make_response(page)
    response.headers["X-Offline-Page"] = "1" if keep else "0"
    return response


def for_roles(*roles: str) -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Let only these roles use a view; others who are signed in get 403."""

    def wrap(view: Callable[P, Answer]) -> Callable[P, Answer]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
            if current_user.role not in roles:
                raise Problem("permission.denied")
            return view(*args, **kwargs)

        return guarded

    return wrap


def _refuse_foreign_host() -> BaseResponse | None:
    """Under another name than ours no address can be made, and so no page either."""
    if isinstance(request.routing_exception, SecurityError):
        told = gettext("This server does not answer under that name.")
        return Response(told, 400, mimetype="text/plain")
    return None


def _refuse_unstorable() -> None:
    """No page sends JSON, which Flask-WTF would take for a form. A NUL is in no text that a person
    wrote; PostgreSQL cannot keep one, nor look for it."""
    if request.is_json and not wants_json():
        raise UnsupportedMediaType
    given = (*(request.view_args or {}).values(), *request.args.values(), *request.form.values())
    if any("\0" in value for value in given if isinstance(value, str)):
        raise Problem("request.malformed")


def _require_sign_in(open_endpoints: frozenset[str]) -> BaseResponse | None:
    """Closed by default: whoever is not signed in reaches only the open endpoints."""
    if request.endpoint in open_endpoints or current_user.is_authenticated:
        return None
    if wants_json():
        code = "session.taken_away" if g.get("is_taken_away") else "sign_in.needed"
        return problem_answer(Problem(code))
    target = url_for("people.sign_in", next=request.full_path.rstrip("?"))
    if wants_part():
        return _htmx("", 401, redirect=url_for("people.sign_in", next=_page_behind()))
    return redirect(target, 303 if request.method != "GET" else 302)


def _htmx(*answer: Any, **headers: Any) -> BaseResponse:
    response: BaseResponse = make_response(*answer, **headers)
    return response


def _page_behind() -> str:
    """The page that an htmx form stands on: where to come back to after signing in."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL", "/")).path or "/"
    except ValueError:  # "http://[", say
        return "/"


def _commit_after_success(response: Response) -> Response:
    if response.status_code >= 400:
        db.session.rollback()
        return response
    try:
        db.session.commit()
    except IntegrityError as error:
        return cast(Response, _lost_race(error))
    except DataError as error:
        return cast(Response, _unstorable(error))
    except Problem as problem:
        return cast(Response, problem_answer(problem))
    return response


def _name_person(response: Response, open_endpoints: frozenset[str]) -> Response:
    """Whom a page is for: a tablet that another person has unlocked does not show it."""
    person = session.get("_user_id")  # without asking the database, which may be what is down
    if person and response.mimetype == "text/html" and request.endpoint not in open_endpoints:
        response.headers["X-Offline-Person"] = person
    return response


def refusal(page: str, problem: Problem) -> BaseResponse:
    """A form's page, shown again with a problem in it; that of waiting also tells programs how
    long."""
    response = current_app.make_response((page, problem.status))
    if problem.status == 429:
        response.headers["Retry-After"] = str(problem.details["seconds"])
    return response


def sentence(problem: Problem) -> str:
    """The problem's sentence in the language of whoever asks."""
    return str(gettext(problem.sentence, **problem.details))


def problem_answer(problem: Problem) -> BaseResponse:
    """What a script, a part of a page or a page is told of a problem."""
    db.session.rollback()  # or what was not to be stored would be, by a query of the page
    details = {k: v for k, v in problem.details.items() if isinstance(v, str | int | list)}
    if wants_json():
        error = {"code": problem.code, "sentence": sentence(problem), **details}
        answer: BaseResponse = jsonify(error=error)
        answer.status_code = problem.status
        return answer
    return _error_page(problem.status, sentence(problem))


def _http_error(error: HTTPException) -> BaseResponse:
    if error.code is None or error.code < 400:
        return error.get_response()
    if error.code >= 500:
        return _broken(getattr(error, "original_exception", None) or error)
    if error.code == 413:
        return problem_answer(_too_large())
    if wants_json():
        problem = Problem("request.unknown" if error.code == 404 else "request.malformed")
        problem.status = error.code
        answer = problem_answer(problem)
    else:
        answer = _error_page(error.code)
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def _too_large() -> Problem:
    if request.endpoint == "offline.put_blob":
        return Problem("photo.too_large")
    return Problem("body.too_large", limit=(request.max_content_length or 0) // 2**20)


def _lost_race(_error: IntegrityError) -> BaseResponse:
    """Two people did the same at once; the database kept one of the two."""
    db.session.rollback()  # or the page that says so could not even read who is signed in
    return problem_answer(Problem("race.lost"))


def _unstorable(_error: DataError) -> BaseResponse:
    """A value that the database has no room for, and that no form was made to refuse."""
    db.session.rollback()
    return problem_answer(Problem("request.malformed"))


def _broken(error: Exception) -> BaseResponse:
    db.session.rollback()
    if current_app.testing:
        raise error
    number = secrets.token_hex(4)  # all that a page says of it; the log has the rest
    current_app.logger.error("fault %s", number, exc_info=error)
    answer = problem_answer(Problem("server.fault", number=number))
    answer.headers["X-Fault"] = number
    return answer


def _error_page(status: int, why: str = "") -> BaseResponse:
    if wants_part():
        html = render_template("errors/_problem.html", status=status, sentence=why)
        return _htmx(html, status, retarget="#problem", reswap="innerHTML")
    context = {"status": status, "sentence": why}
    if status >= 500:
        # Without the context processors, one of which asks the database who is signed in.
        page = current_app.jinja_env.get_template("errors/problem.html").render(context)
    else:
        page = render_template("errors/problem.html", **context)
    return _htmx(page, status)
