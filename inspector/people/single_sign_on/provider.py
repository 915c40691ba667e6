"""The provider: where people are sent, and what came back from there. The only file that knows
Authlib, which checks signature, issuer, audience, times, nonce and the hash of the access token."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote_plus

import requests
from authlib.integrations.flask_client import (
    FlaskIntegration,
    FlaskOAuth2App,
    OAuthError,
)
from flask import current_app, session
from flask_babel import get_locale
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry
from requests.auth import HTTPBasicAuth

from inspector.people.single_sign_on import claims as reading
from inspector.people.single_sign_on.claims import Claims
from inspector.people.single_sign_on.settings import Again, Settings
from inspector.problems import Problem

SIGNATURES: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""What a token may be signed with: by a key of which only the provider has the private half."""

CALLBACK: Final = "/single-sign-on/callback"
ENDED: Final = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_SECONDS: Final = 600
"""How old a message may be that a session was ended there."""

KNOWN_FOR: Final = 3600
"""Seconds after which the provider's addresses and keys are asked for anew: a key that it gave up
is then trusted no longer. A new key is asked for at once."""

REST_SECONDS: Final = 5
"""After it did not answer, a provider is left in peace for so long: or strangers who press the
button again and again would keep all of our threads waiting for it."""

ATTEMPT_SECONDS: Final = 3600
ATTEMPTS_AT_ONCE: Final = 5
"""Tabs in which a sign-in may be under way; each takes a part of the cookie's 4,096 bytes."""

KEPT_AS: Final = "_state_provider_"
"""How Authlib names an attempt in the cookie, before its state."""

A_DAY: Final = 14 * 3600
"""Seconds after which a provider is told to ask again, even if it would remember for weeks."""


@dataclass(frozen=True)
class Attempt:
    """A sign-in that was begun in this browser."""

    target: str
    """Where it shall lead."""
    began: int
    """Seconds since 1970."""
    again: bool
    """Whether the person shall prove anew who they are."""


@dataclass(frozen=True)
class Proof:
    """What came back from the provider, after all checks."""

    claims: Claims
    id_token: str
    """As it was signed: who leaves the provider shows it."""


class Provider:
    """The provider of the settings."""

    def __init__(self, settings: Settings, base_url: str) -> None:
        self.settings = settings
        self._redirect = base_url + CALLBACK
        self._attempts = FlaskIntegration("provider")
        self._known: FlaskOAuth2App | None = None
        self._silent_at = 0.0

    def begin(self, target: str, *, again: bool = False) -> str:
        """Begin a sign-in that shall lead to `target`. Returns the provider's address for it;
        `again`: the person shall prove anew who they are. Raises Problem sso.down."""
        params: dict[str, Any] = {"ui_locales": str(get_locale()).replace("_", "-")}
        if again:
            params |= {"prompt": "login", "max_age": 0}
        elif self.settings.ask_again != Again.NOBODY:
            params |= {"max_age": A_DAY}  # a provider that is told so must say when they did it
        if self.settings.acr:
            params["acr_values"] = " ".join(self.settings.acr)
        with _in_words():
            client = self._client()
            made = client.create_authorization_url(self._redirect, **params)
        self._forget_old_attempts()
        kept = {key: made[key] for key in ("state", "nonce", "code_verifier")}
        began = int(time.time())
        client.save_authorize_data(
            redirect_uri=self._redirect, target=target, began=began, again=again, **kept
        )
        return str(made["url"])

    def attempt(self, state: str) -> Attempt | None:
        """The attempt of that state, if it was begun in this browser and not finished."""
        kept = self._attempts.get_state_data(session, state)
        if not kept or time.time() - kept["began"] > ATTEMPT_SECONDS:
            return None
        return Attempt(kept["target"], kept["began"], kept["again"])

    def under_way(self) -> dict[str, Any]:
        """The attempts in this browser, as its cookie keeps them: other tabs come back, too."""
        return {key: session[key] for key in session if key.startswith(KEPT_AS)}

    def answer(self, args: Mapping[str, str]) -> Proof:
        """What the provider says of who came back from it, after all checks. The attempt is then
        over, however it ends. Raises Problem."""
        if "error" in args:
            self._attempts.clear_state_data(session, args.get("state", ""))
            raise _told(args["error"])
        with _in_words():
            client = self._client()
            self._check_who_answers(client, args.get("iss"))
            token = client.authorize_access_token(
                claims_options={
                    "iss": {"essential": True, "value": self.settings.issuer},
                    "aud": {"essential": True, "value": self.settings.client_id},
                },
                leeway=self.settings.skew_seconds,
            )
            if "id_token" not in token:
                raise ValueError("there is no ID token in the answer")
            return Proof(self._completed(client, token), token["id_token"])

    def way_out(self, id_token: str) -> str:
        """The address at which somebody leaves the provider, too, and comes back to our sign-in
        page; empty if it has none or does not answer."""
        with suppress(Problem), _in_words():
            client = self._client()
            if "end_session_endpoint" in client.server_metadata:
                back = self._redirect.replace(CALLBACK, "/sign-in")
                made = client.create_logout_url(back, id_token, client_id=self.settings.client_id)
                return str(made["url"])
        return ""

    def ended_there(self, logout_token: str) -> tuple[str, str]:
        """Whom, and in which of its sessions, the provider says it has signed out; one of the two
        may be empty (OpenID Connect Back-Channel Logout 2.6). Raises Problem sso.untrusted."""
        with _in_words():
            client = self._client()
            claims = _opened(client, logout_token)
            JWTClaimsRegistry(
                leeway=self.settings.skew_seconds,
                iss={"essential": True, "value": self.settings.issuer},
                aud={"essential": True, "value": self.settings.client_id},
                iat={"essential": True},
            ).validate(claims)
            subject, there = claims.get("sub", ""), claims.get("sid", "")
            is_old = claims["iat"] < time.time() - LOGOUT_SECONDS
            if is_old or ENDED not in claims["events"] or "nonce" in claims:
                raise ValueError("this is no logout token, or an old one")
            if not (isinstance(subject, str) and isinstance(there, str) and (subject or there)):
                raise ValueError("the logout token names nobody")
            return subject, there

    def _check_who_answers(self, client: FlaskOAuth2App, issuer: str | None) -> None:
        """A provider that can says in the address who answers (RFC 9207)."""
        says = client.server_metadata.get("authorization_response_iss_parameter_supported")
        if (issuer or says) and issuer != self.settings.issuer:
            raise ValueError(f"the answer is from {issuer}")

    def _completed(self, client: FlaskOAuth2App, token: dict[str, Any]) -> Claims:
        """The claims of the token, and where it leaves one out, those of the userinfo endpoint."""
        claims: dict[str, Any] = token["userinfo"]
        if len(claims["sub"]) > 255:
            raise ValueError("the subject is longer than the standard allows")
        wanted = reading.wanted(self.settings)
        if all(reading.claim(claims, name) is not None for name in wanted):
            return claims
        if "userinfo_endpoint" not in client.server_metadata:
            return claims
        more = client.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise ValueError("the userinfo endpoint speaks of somebody else")
        return {**more, **claims}

    def _client(self) -> FlaskOAuth2App:
        """A client that knows the provider's addresses, which are asked for now and then."""
        known = self._known
        if known and time.time() - known.server_metadata["_loaded_at"] < KNOWN_FOR:
            return known
        if time.time() - self._silent_at < REST_SECONDS:
            raise requests.ConnectionError("it did not answer a moment ago")
        made = FlaskOAuth2App(
            self._attempts,
            "provider",
            client_id=self.settings.client_id,
            client_secret=self.settings.client_secret,
            server_metadata_url=f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_auth_methods=[("client_secret_basic", _basic)],
            client_kwargs={
                "scope": self.settings.scopes,
                "code_challenge_method": "S256",
                "default_timeout": self.settings.timeout_seconds,
                "token_endpoint_auth_method": self.settings.client_auth,
            },
        )
        try:
            metadata = made.load_server_metadata()
        except requests.RequestException:
            self._silent_at = time.time()
            raise
        if metadata["issuer"] != self.settings.issuer:
            raise ValueError(f"the provider calls itself {metadata['issuer']}")
        offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        usable = [name for name in offered if name in SIGNATURES]
        metadata["id_token_signing_alg_values_supported"] = usable
        self._known = made
        return made

    def _forget_old_attempts(self) -> None:
        begun = sorted(self.under_way(), key=lambda key: float(session[key]["exp"]), reverse=True)
        for key in begun[ATTEMPTS_AT_ONCE - 1 :]:
            del session[key]


@contextmanager
def _in_words() -> Iterator[None]:
    """Whatever goes wrong with the provider becomes a Problem; the log gets the reason."""
    try:
        yield
    except requests.RequestException as error:
        current_app.logger.warning("single sign-on: the provider does not answer: %s", error)
        raise Problem("sso.down") from error
    except OAuthError as error:
        current_app.logger.warning("single sign-on: %s: %s", error.error, error.description)
        raise _told(str(error.error)) from error
    except (JoseError, ValueError, KeyError, TypeError, RuntimeError) as error:
        current_app.logger.warning("single sign-on: not trusted: %r", error)
        raise Problem("sso.untrusted") from error


def _opened(client: FlaskOAuth2App, token: str) -> dict[str, Any]:
    """The claims of a token that the provider has signed, with a key of today."""
    signatures = client.server_metadata["id_token_signing_alg_values_supported"]
    registry = JWSRegistry(algorithms=signatures, strict_check_header=False)
    try:
        keys = KeySet.import_key_set(client.fetch_jwk_set())
        return jwt.decode(token, keys, registry=registry).claims
    except InvalidKeyIdError:
        keys = KeySet.import_key_set(client.fetch_jwk_set(force=True))
        return jwt.decode(token, keys, registry=registry).claims


def _told(code: str) -> Problem:
    """An error of the provider, which says it in a code of the standard."""
    if code == "access_denied":
        return Problem("sso.denied")
    if code in {"temporarily_unavailable", "server_error"}:
        return Problem("sso.down")
    if code in {"mismatching_state", "invalid_grant"}:
        return Problem("sso.over")
    return Problem("sso.error", error=code if re.fullmatch(r"[a-z_]{1,60}", code) else "?")


def _basic(client: Any, _method: str, uri: str, headers: Any, body: str) -> tuple[str, Any, str]:
    """The client's secret escaped as RFC 6749 2.3.1 wants it, which Authlib forgets."""
    pair = HTTPBasicAuth(quote_plus(client.client_id), quote_plus(client.client_secret))
    prepared = requests.Request("POST", uri, auth=pair).prepare()
    headers["Authorization"] = prepared.headers["Authorization"]
    return uri, headers, body
