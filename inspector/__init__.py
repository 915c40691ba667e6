"""Inspector (网点巡查): outlet inspection and one-to-one rectification. The table of contents."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from inspector import cli, config, headers, limits, snapshots, storage, templating, web
from inspector.briefings import views as briefings_views
from inspector.bulletins import views as bulletins_views
from inspector.calendar import views as calendar_views
from inspector.checklists import views as checklists_views
from inspector.db import db
from inspector.desk import figures, heatmap
from inspector.desk import views as desk_views
from inspector.desk.counting import BOARD
from inspector.downloads import views as downloads_views
from inspector.downloads import work
from inspector.findings import views as findings_views
from inspector.findings.counting import FINDINGS
from inspector.fitout import counting
from inspector.fitout import views as fitout_views
from inspector.ledger import saved
from inspector.ledger import views as ledger_views
from inspector.ledger.counting import OPEN
from inspector.notices import batches, decisions, mergers, reports, side_roads, undoing
from inspector.notices import views as notices_views
from inspector.notices.counting import NOTICES
from inspector.notices.papers import views as papers_views
from inspector.offline import desk as tablets_views
from inspector.offline import launch, pack, unsent
from inspector.offline import views as offline_views
from inspector.offline.in_hand import tablets_in_hand
from inspector.outlets import views as outlets_views
from inspector.people import (
    account,
    accounts,
    branches,
    imports,
    in_hand,
    signing_in,
    single_sign_on,
)
from inspector.people import views as people_views
from inspector.people.roles import DESK, VISITORS, Role
from inspector.people.second_factor import views as second_factor_views
from inspector.people.single_sign_on import views as single_sign_on_views
from inspector.plans import draws as draws_views
from inspector.plans import views as plans_views
from inspector.queue import Queue
from inspector.reminders import addresses
from inspector.reminders import views as reminders_views
from inspector.scores import imports as figures_views
from inspector.scores import ordered, ranking
from inspector.scores import views as scores_views
from inspector.templating import Link
from inspector.trail import views as trail_views
from inspector.visits import rearranging
from inspector.visits import views as visits_views
from inspector.visits.counting import VISITS
from inspector.visits.in_hand import visits_in_hand

ROOT = Path(__file__).parent.parent

OPEN_ENDPOINTS = frozenset(
    {
        "static",
        "health",
        "manifest",
        "launch.service_worker",
        "launch.offline",
        "people.sign_in",
        "people.second_step",
        "people.password",
        "people.set_language",
        "single_sign_on.begin",
        "single_sign_on.callback",
        "single_sign_on.end",
        "papers.check",
        "calendar.feed",
    }
)
"""All that a stranger reaches; everything else begins at the sign-in page."""


def create_app(**overrides: Any) -> Flask:
    """The application. `overrides` replace settings of config.py, for tests."""
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(ROOT / "instance"),
    )
    app.config.from_mapping(config.settings(Path(app.instance_path)))
    app.config.from_mapping(overrides)
    config.require_secret(app.config["SECRET_KEY"])
    own_host = urlsplit(app.config["BASE_URL"]).hostname or ""
    app.config["TRUSTED_HOSTS"] = [own_host, *app.config["TRUSTED_HOSTS"]]
    addresses.parse(app.config["MESSAGE_URLS"])  # a mistake in it is told now, not at eight o'clock
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies, proxies)  # type: ignore[method-assign]

    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.url_map.merge_slashes = False  # an address with two is not ours; no redirect to guess at it
    headers.init_app(app)
    limits.init_app(app)
    csrf = CSRFProtect(app)
    csrf.exempt(
        offline_views.blueprint
    )  # guarded by a header that only our script can set (offline.md 4.4)
    csrf.exempt(single_sign_on_views.end)  # the provider comes, not a browser: guarded by its token
    app.extensions["storage"] = storage.Folder(Path(app.config["STORAGE"]))
    _init_queue(app)
    signing_in.init_app(app)
    single_sign_on.init_app(app)
    templating.init_app(app, _navigation)
    web.init_app(app, OPEN_ENDPOINTS)
    second_factor_views.init_app(app)
    for views in (
        people_views,
        account,
        second_factor_views,
        accounts,
        branches,
        mergers,
        imports,
        single_sign_on_views,
        checklists_views,
        visits_views,
        rearranging,
        plans_views,
        draws_views,
        findings_views,
        decisions,
        batches,
        notices_views,
        reports,
        papers_views,
        side_roads,
        undoing,
        scores_views,
        figures_views,
        bulletins_views,
        briefings_views,
        reminders_views,
        downloads_views,
        ledger_views,
        saved,
        calendar_views,
        outlets_views,
        fitout_views,
        desk_views,
        offline_views,
        launch,
        pack,
        unsent,
        tablets_views,
        trail_views,
    ):
        app.register_blueprint(views.blueprint)
    in_hand.init_app(app, visits_in_hand, tablets_in_hand)
    cli.init_app(app)
    _init_root(app)
    return app


def _init_queue(app: Flask) -> None:
    app.extensions["queue"] = queue = Queue(app)
    queue.learn(work.MAKE, work.make)
    queue.often(work.look_for_forgotten)
    ordered.init_app(app)
    snapshots.init_app(
        app,
        lambda: [BOARD, OPEN, NOTICES, FINDINGS, VISITS, *ranking.countables()],
        {"heatmap": heatmap.countable, "figures": figures.countable, "fitout": counting.countable},
    )


def _init_root(app: Flask) -> None:
    @app.get("/")
    def home() -> web.Answer:
        """The first page of each role."""
        return redirect(_navigation()[0].href)

    @app.get("/health")
    def health() -> web.Answer:
        """Says that this is our server and that its database answers."""
        db.session.execute(db.text("SELECT 1"))
        return Response("inspector", mimetype="text/plain")

    @app.get("/manifest.webmanifest")
    def manifest() -> web.Answer:
        """What makes the pages an app on the tablet's home screen."""
        return app.send_static_file("manifest.webmanifest")


def _navigation() -> list[Link]:
    """The entries of the header, the first of which is the role's first page."""
    if not current_user.is_authenticated:
        return []
    role = current_user.role
    entries = [
        ("desk.board", _("Board"), role in DESK),
        ("visits.index", _("My visits") if role in VISITORS else _("Visits"), True),
        ("calendar.index", _("Calendar"), role in DESK | VISITORS),
        ("notices.index", _("Rectification notices"), role not in VISITORS),
        ("ledger.index", _("Ledger"), role not in VISITORS),
        ("plans.index", _("Plan of visits"), role in DESK),
        ("scores.index", _("Quarter"), role not in VISITORS),
        ("bulletins.index", _("Bulletins"), role not in VISITORS),
        ("tablets.index", _("Tablets"), role in DESK),
        ("accounts.index", _("People"), role == Role.ADMIN),
        ("people.branches", _("Branches"), True),
        ("checklists.index", _("Checklists"), True),
        ("history.index", _("History"), role in DESK),
    ]
    if role not in DESK | VISITORS:
        entries[1], entries[3] = entries[3], entries[1]
    return [_link(endpoint, label) for endpoint, label, wanted in entries if wanted]


def _link(endpoint: str, label: str) -> Link:
    href = url_for(endpoint)
    here = templating.current_endpoint_in(endpoint.split(".")[0]) or templating.is_below(href)
    return Link(href, label, here)
