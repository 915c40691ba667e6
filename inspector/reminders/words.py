"""What a reminder says, in the language of the page, or in Chinese on its way out of the house."""

from collections.abc import Sequence
from datetime import date

from flask import current_app
from flask_babel import force_locale, gettext, ngettext

from inspector.reminders.models import Reminder
from inspector.reminders.rules import BY_NAME
from inspector.templating import chosen_locale, day_in

LINES = 10
"""How many reminders a message out of the house names: WeCom takes 2,048 bytes. The inbox has
all."""


def sentence(reminder: Reminder, language: str | None = None) -> str:
    """The one sentence of a reminder."""
    language = language or chosen_locale()
    detail = reminder.detail
    return str(
        gettext(
            BY_NAME[reminder.rule].sentence,
            outlet=detail["outlet_zh" if language == "zh_CN" else "outlet_en"],
            number=detail["number"],
            due=day_in(language, date.fromisoformat(detail["due"])),
        )
    )


def message(reminders: Sequence[Reminder]) -> tuple[str, str]:
    """Title and text of a message that carries reminders to an address. Always in Chinese: it is
    not known who reads it."""
    with force_locale("zh_CN"):
        lines = list(dict.fromkeys(sentence(reminder, "zh_CN") for reminder in reminders))
        title = ngettext(
            "Outlet Inspection: %(num)s reminder",
            "Outlet Inspection: %(num)s reminders",
            len(lines),
        )
        if (more := len(lines) - LINES) > 0:
            lines[LINES:] = [ngettext("… and %(num)s more.", "… and %(num)s more.", more)]
    return str(title), "\n".join([*map(str, lines), f"{current_app.config['BASE_URL']}/reminders"])
