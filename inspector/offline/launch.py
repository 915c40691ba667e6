"""What lets the app start without a network: the service worker, and the page that it shows when
there is nothing else (offline.md 2.3). Which pages a tablet may keep, each page says itself."""

from pathlib import Path

from flask import Blueprint, Response, current_app, send_file

from inspector.web import Answer

blueprint = Blueprint("launch", __name__)


@blueprint.get("/service-worker.js")
def service_worker() -> Answer:
    """The worker, from the root of the site, because its folder is what it answers for. Browsers
    ask for it again each time, or a tablet would stay with an old version."""
    answer = send_file(Path(current_app.config["SERVICE_WORKER"]), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/offline")
def offline() -> Answer:
    """What can be opened without a network. The tablet keeps it for all, so it knows nobody."""
    # Without the context processors, one of which asks the database who is signed in.
    page = current_app.jinja_env.get_template("offline/offline.html").render()
    return Response(page, mimetype="text/html")
