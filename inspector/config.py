"""Settings, all from the environment (prefix INSPECTOR_), each with the default of one machine."""

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from inspector import deadlines

BUILT = Path(__file__).parent.parent / "static" / "dist"
"""The browser's files, made by static/build.mjs."""

PAPER_FONTS = os.environ.get("INSPECTOR_PAPER_FONTS", "")
"""A folder of the bank's own fonts for paper, where they are not installed on the machine: files
named after their families, for which the style sheets ask before Noto: FangSong_GB2312.ttf,
KaiTi_GB2312.ttf, SimHei.ttf, FZXiaoBiaoSong-B05S.ttf."""


SCORE = {
    "onsite": "0.4",
    "mystery": "0.4",
    "offsite": "0.2",
    "late": "1",
    "late_at_most": "5",
    "share": "0.40",
}
"""The numbers of the quarter's score and what they are unless INSPECTOR_SCORE_… says otherwise: the
weight of each kind of visit, what a late notice takes off and how much all of them may, and the
share of inspection in the quarter service performance."""

PLAN_TARGETS = {"onsite": "1", "mystery": "1", "offsite": "1"}
"""How many visits of each kind every outlet is to have in a quarter, unless INSPECTOR_PLAN_… says
otherwise; the channel department sets those of a quarter on its plan."""


def settings(instance: Path) -> dict[str, Any]:
    """What the app is configured with. `instance` is the folder of this installation's data."""
    base_url = os.environ.get("INSPECTOR_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    https = base_url.startswith("https://")
    hours = float(os.environ.get("INSPECTOR_SESSION_HOURS", "12"))
    visitor_hours = float(os.environ.get("INSPECTOR_VISITOR_SESSION_HOURS", "14"))
    return {
        "SECRET_KEY": os.environ.get("INSPECTOR_SECRET_KEY") or _read(instance / "secret"),
        "SQLALCHEMY_DATABASE_URI": os.environ.get(
            "INSPECTOR_DATABASE_URL", f"sqlite:///{instance / 'inspector.sqlite3'}"
        ),
        # What a statement was sent with may be a password's hash: no log has it.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "STORAGE": os.environ.get("INSPECTOR_STORAGE", str(instance / "bytes")),
        "SERVICE_WORKER": os.environ.get("INSPECTOR_SERVICE_WORKER", str(BUILT / "sw.js")),
        "BASE_URL": base_url,
        "TRUSTED_PROXIES": int(os.environ.get("INSPECTOR_TRUSTED_PROXIES", "0")),
        # The names that browsers know this server by, besides that of BASE_URL.
        "TRUSTED_HOSTS": os.environ.get("INSPECTOR_TRUSTED_HOSTS", "localhost 127.0.0.1").split(),
        # How often one may ask: inspector/limits.py. Several processes count together in a Redis,
        # redis://host:6379; in their own memory each counts for itself.
        "RATES": os.environ.get("INSPECTOR_RATES", "yes") == "yes",
        "RATE_STORAGE": os.environ.get("INSPECTOR_RATE_STORAGE", "memory://"),
        "ISSUER": os.environ.get("INSPECTOR_ISSUER", "中国工商银行延安分行渠道部"),
        # The English of headings and checklist items beneath the Chinese on every paper.
        "BILINGUAL_PAPER": os.environ.get("INSPECTOR_BILINGUAL_PAPER", "no") == "yes",
        "FITOUT_WINDOW_DAYS": int(os.environ.get("INSPECTOR_FITOUT_WINDOW_DAYS", "365")),
        # So long a shopper's raw notes are kept (domain.md 2.5).
        "NOTES_DAYS": int(os.environ.get("INSPECTOR_NOTES_DAYS", "60")),
        # What makes the unified standard (S23 to S29): sections, items or issues of the on-site
        # checklist by their codes; and over how many quarters its report looks back.
        "FITOUT_STANDARD": frozenset(
            os.environ.get("INSPECTOR_FITOUT_STANDARD", "FAC RAK BRD DSK SMP").split()
        ),
        "FITOUT_TREND_QUARTERS": int(os.environ.get("INSPECTOR_FITOUT_TREND_QUARTERS", "6")),
        "UNPLANNED_VISITS": os.environ.get("INSPECTOR_UNPLANNED_VISITS", "no") == "yes",
        "LOOK_BACK_DAYS": int(os.environ.get("INSPECTOR_LOOK_BACK_DAYS", "365")),
        "REPEAT_WINDOW_DAYS": int(os.environ.get("INSPECTOR_REPEAT_WINDOW_DAYS", "365")),
        "BATCH_LEAST": int(os.environ.get("INSPECTOR_BATCH_LEAST", "2")),
        "FOOTAGE_DAYS": int(os.environ.get("INSPECTOR_FOOTAGE_DAYS", "30")),
        "SYSTEMIC_OUTLETS": int(os.environ.get("INSPECTOR_SYSTEMIC_OUTLETS", "3")),
        "BULLETIN_CODE": os.environ.get("INSPECTOR_BULLETIN_CODE", "通"),
        # So many lines of a long list stand in a bulletin, so many of the best and last outlets and
        # of the most frequent problems are named, and so many good examples proposed.
        "BULLETIN_LINES": int(os.environ.get("INSPECTOR_BULLETIN_LINES", "50")),
        "BULLETIN_NAMED": int(os.environ.get("INSPECTOR_BULLETIN_NAMED", "3")),
        "BULLETIN_FREQUENT": int(os.environ.get("INSPECTOR_BULLETIN_FREQUENT", "8")),
        "BULLETIN_EXAMPLES": int(os.environ.get("INSPECTOR_BULLETIN_EXAMPLES", "6")),
        "BULLETIN_COPIES": os.environ.get("INSPECTOR_BULLETIN_COPIES", "分行领导").split(),
        "WARNING_CODE": os.environ.get("INSPECTOR_WARNING_CODE", "警"),
        "APPEAL_DAYS": int(os.environ.get("INSPECTOR_APPEAL_DAYS", "5")),
        "LOCK_AFTER_HOURS": float(os.environ.get("INSPECTOR_LOCK_AFTER_HOURS", "12")),
        # INSPECTOR_VERIFY_DAYS and the others of the table in deadlines.py (domain.md 3.6).
        **{
            setting: int(os.environ.get(f"INSPECTOR_{setting}", getattr(deadlines.Days, name)))
            for name, setting in deadlines.SETTINGS.items()
        },
        # The numbers of the quarter's score (domain.md 3.7); a frozen quarter keeps its own.
        "SCORE": {
            name: Decimal(os.environ.get(f"INSPECTOR_SCORE_{name.upper()}", default))
            for name, default in SCORE.items()
        },
        "PLAN_TARGETS": {
            kind: int(os.environ.get(f"INSPECTOR_PLAN_{kind.upper()}", default))
            for kind, default in PLAN_TARGETS.items()
        },
        # On which days of the week visits are drawn, Monday is 1; and how many for a person and
        # week at most.
        "PLAN_WEEKDAYS": frozenset(map(int, os.environ.get("INSPECTOR_PLAN_WEEKDAYS", "12345"))),
        "PLAN_WEEK_AT_MOST": int(os.environ.get("INSPECTOR_PLAN_WEEK_AT_MOST", "5")),
        # How many visits are drawn at once: a page that people still look through.
        "PLAN_DRAWN_AT_ONCE": int(os.environ.get("INSPECTOR_PLAN_DRAWN_AT_ONCE", "300")),
        # Single sign-on: INSPECTOR_OIDC_…, see inspector/people/single_sign_on/settings.py.
        "OIDC": {
            name.removeprefix("INSPECTOR_OIDC_"): value
            for name, value in os.environ.items()
            if name.startswith("INSPECTOR_OIDC_")
        },
        # "no" leaves single sign-on as the only way in.
        "PASSWORDS": os.environ.get("INSPECTOR_PASSWORDS", "yes") != "no",
        # Where reminders go besides the inbox: inspector/reminders/addresses.py.
        "MESSAGE_URLS": os.environ.get("INSPECTOR_MESSAGE_URLS", ""),
        # Where `flask history head --send` goes: URLs as Apprise writes them, separated by blanks.
        "HEAD_URLS": os.environ.get("INSPECTOR_HEAD_URLS", ""),
        "ENDORSEMENT_NEEDED": os.environ.get("INSPECTOR_ENDORSEMENT_NEEDED", "no") == "yes",
        # Facilities: what needs workmen or goods, and so may need more time (domain.md 3.5).
        "EXTENSION_SECTIONS": frozenset(
            os.environ.get(
                "INSPECTOR_EXTENSION_SECTIONS", "ENV FAC ACC RAK BRD DSK SMP SSB"
            ).split()
        ),
        # Merging takes up to 0.7 MB of a worker's memory for each paper.
        "MERGED_AT_MOST": int(os.environ.get("INSPECTOR_MERGED_AT_MOST", "2000")),
        # So long a ledger is drawn while its reader waits: 13 seconds for a thousand rows.
        "LEDGER_PAPER_ROWS": int(os.environ.get("INSPECTOR_LEDGER_PAPER_ROWS", "1000")),
        # Above so many outlets the worker counts, ranks and freezes (snapshots.py).
        "COUNTED_AT_ONCE": int(os.environ.get("INSPECTOR_COUNTED_AT_ONCE", "500")),
        "DOWNLOAD_DAYS": int(os.environ.get("INSPECTOR_DOWNLOAD_DAYS", "7")),
        "BABEL_DEFAULT_LOCALE": "zh_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        # A browser takes this name only over HTTPS, from this very host, for all of its paths.
        "SESSION_COOKIE_NAME": "__Host-session" if https else "session",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A working day without a network must not end the session of who records on a tablet
        # (offline.md 4.8). The cookie lasts as long as any session; its row says when it is over.
        "VISITOR_SESSION_HOURS": visitor_hours,
        "SESSION_HOURS": hours,
        # So long the list of sessions goes back; the trail goes on.
        "SESSION_DAYS": int(os.environ.get("INSPECTOR_SESSION_DAYS", "30")),
        "SESSION_IDLE_MINUTES": float(os.environ.get("INSPECTOR_SESSION_IDLE_MINUTES", "60")),
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=max(hours, visitor_hours)),
        # Else an answer still on its way when somebody signs out would sign them in again.
        "SESSION_REFRESH_EACH_REQUEST": False,
        # Of these roles everybody must have a second factor: channel, leader, admin, say.
        "SECOND_FACTOR_ROLES": frozenset(
            os.environ.get("INSPECTOR_SECOND_FACTOR_ROLES", "").split()
        ),
        # What people's own calendars read: how far back, how long a visit that was called off
        # stays, and what a mystery visit is called there, on the lock screen of a phone.
        "CALENDAR_PAST_DAYS": int(os.environ.get("INSPECTOR_CALENDAR_PAST_DAYS", "90")),
        "CALENDAR_CANCELLED_DAYS": int(os.environ.get("INSPECTOR_CALENDAR_CANCELLED_DAYS", "30")),
        "CALENDAR_DISCREET": os.environ.get("INSPECTOR_CALENDAR_DISCREET", "网点走访"),
        "PASSWORD_LEAST": int(os.environ.get("INSPECTOR_PASSWORD_LEAST", "10")),
        "PASSWORD_LINK_HOURS": float(os.environ.get("INSPECTOR_PASSWORD_LINK_HOURS", "24")),
        # What is guessed first of a password here, besides the account and the name.
        "BANK_WORDS": os.environ.get(
            "INSPECTOR_BANK_WORDS", "icbc 工商银行 工行 gongshang gonghang 延安 yanan"
        ).split(),
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": 128 * 1024 * 1024,  # a report with twenty photos of a phone
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
    }


def require_secret(key: str) -> None:
    """Raise RuntimeError without a secret key: a guessable one signs anybody's session."""
    if not key:
        raise RuntimeError(
            "Set INSPECTOR_SECRET_KEY, or put a long random line into the file 'secret' of the "
            "instance folder."
        )


def _read(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""
