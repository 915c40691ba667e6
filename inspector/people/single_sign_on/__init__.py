"""Single sign-on by OpenID Connect: the bank's own provider says who somebody is, and perhaps their
role and branch. Without its settings nothing of it is there."""

from flask import Flask, current_app

from inspector.people.single_sign_on.provider import Provider
from inspector.people.single_sign_on.settings import Settings, read

NAME = "single_sign_on"


def init_app(app: Flask) -> None:
    """Read the settings; a mistake in them is told now. Raises RuntimeError."""
    settings = read(app.config["OIDC"])
    if not (app.config["PASSWORDS"] or settings):
        raise RuntimeError(
            "INSPECTOR_PASSWORDS is no, and INSPECTOR_OIDC_ISSUER is not set: nobody could sign in."
        )
    app.extensions[NAME] = Provider(settings, app.config["BASE_URL"]) if settings else None
    app.jinja_env.globals[NAME] = _settings


def chosen() -> Provider | None:
    """The provider of the settings, if there is one."""
    found: Provider | None = current_app.extensions[NAME]
    return found


def _settings() -> Settings | None:
    provider = chosen()
    return provider.settings if provider else None
