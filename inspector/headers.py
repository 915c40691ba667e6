"""The headers that every answer carries, whatever became of the request: what a page may load, who
may frame it, what it tells others, and who may keep it."""

from typing import Final

from flask import Flask, Response, current_app

CONTENT_SECURITY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",  # a photo that is only on the tablet yet
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
"""No script, style or font but our files, and nothing inline. Trusted Types are not asked for: htmx
puts in what our server answered, and a policy that lets all of it pass would promise nothing."""

FEATURES_OFF: Final = (
    "accelerometer autoplay display-capture encrypted-media geolocation gyroscope hid "
    "local-fonts magnetometer microphone midi payment publickey-credentials-get serial usb "
    "xr-spatial-tracking"
)

ALWAYS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        ["camera=(self)", *(f"{feature}=()" for feature in FEATURES_OFF.split())]
    ),
}

HSTS: Final = "max-age=31536000"
"""A year. Not for the hosts below ours: they are not ours to decide about."""


def init_app(app: Flask) -> None:
    """Put the headers on every answer. Called before all others who look at answers: Flask asks
    them backwards, so that what they leave is what is seen here."""
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    headers = response.headers
    for name, value in ALWAYS.items():
        headers[name] = value
    if current_app.config["BASE_URL"].startswith("https://"):
        headers["Strict-Transport-Security"] = HSTS
    headers.setdefault("Cache-Control", "no-store")  # whoever knows that it may be kept says so
    return response
