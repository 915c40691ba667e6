"""The way out of the house: one message to one URL, by Apprise, which only this module knows."""

import logging
import re
from urllib.parse import unquote

SECONDS = 30
"""How long a service may take for one message."""

for _name in ("apprise", "urllib3", "requests_oauthlib"):
    # Their logs hold addresses with their keys: they end here.
    logging.getLogger(_name).propagate = False
    logging.getLogger(_name).addHandler(logging.NullHandler())


def post(url: str, *, title: str, body: str) -> str | None:
    """Hand a message over. Returns None when the service took it, else what was wrong, without
    anything of the URL that could be a secret."""
    import apprise  # knows 150 services and takes a second to learn them: only who sends waits

    service = apprise.Apprise()
    if not service.add(url):
        return "The URL of this address cannot be understood."
    with service.notify(
        title=title, body=body, timeout=SECONDS, log_level=logging.WARNING
    ) as result:
        if result:
            return None
        said = " ".join(entry.message for entry in result.logs())
    return without_secrets(said, url) or "The service did not take it."


def without_secrets(said: str, url: str) -> str:
    """A text with all parts of a URL but its kind of service struck out, and not too long."""
    _kind, _, rest = unquote(url).partition("://")
    for part in sorted(re.split(r"[/:@?&=#\s]+", rest), key=len, reverse=True):
        if len(part) > 2:
            said = said.replace(part, "…")
    return said[:300]
