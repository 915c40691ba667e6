"""The settings of single sign-on, INSPECTOR_OIDC_…: read at start, each mistake in a sentence."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from inspector.people.roles import VISITORS, Role

DEFAULTS: Final = {
    "ISSUER": "",  # the provider's address, as it calls itself
    "CLIENT_ID": "",
    "CLIENT_SECRET": "",
    "CLIENT_AUTH": "basic",  # or post: how the provider wants to be told the secret
    "SCOPES": "openid profile",
    "LABEL_ZH": "统一登录",
    "LABEL_EN": "Single sign-on",
    # Names of claims; a dot leads into an object: realm_access.roles.
    "ACCOUNT_CLAIM": "preferred_username",
    "NAME_CLAIM": "name",
    "ROLES_CLAIM": "",
    "ROLES": "",  # JSON, the provider's words to ours: {"CN=Inspectors,OU=YA": "inspector", …}
    "BRANCH_CLAIM": "",
    # Whether the account of that name is somebody's who comes for the first time. No, where people
    # choose their own name at the provider: they would choose another's.
    "BY_ACCOUNT": "yes",
    "UNKNOWN": "refuse",  # or create: an account with the role and the branch of the claims
    "TAKE_OVER": "no",  # yes: role and branch are those of the claims at each sign-in
    "ASK_AGAIN": "visitors",  # or everybody, nobody: see Again
    "REQUIRED_ACR": "",  # one of these words, if any, must be the token's acr
    "REQUIRED_AMR": "",  # each of these words must be among the token's amr
    "SKEW_SECONDS": "60",  # how far the provider's clock may be from ours
    "TIMEOUT_SECONDS": "5",  # so long an answer of the provider is waited for
    "SIGN_OUT_THERE": "no",  # yes: who signs out here signs out at the provider, too
}


class Again(StrEnum):
    """Who must prove anew who they are, although they are signed in at the provider. A tablet goes
    from hand to hand: whoever holds it would else come in as the colleague before them, and open
    what is sealed for that one."""

    VISITORS = "visitors"
    EVERYBODY = "everybody"
    NOBODY = "nobody"

    def asks(self, role: str) -> bool:
        """Whether it asks people of that role."""
        return self == Again.EVERYBODY or (self == Again.VISITORS and role in VISITORS)


@dataclass(frozen=True)
class Settings:
    """What the operator chose; DEFAULTS says what each means."""

    issuer: str
    client_id: str
    client_secret: str
    client_auth: str
    scopes: str
    label_zh: str
    label_en: str
    account_claim: str
    name_claim: str
    roles_claim: str
    roles: Mapping[str, Role]
    branch_claim: str
    by_account: bool
    creates: bool
    takes_over: bool
    ask_again: Again
    acr: tuple[str, ...]
    amr: tuple[str, ...]
    skew_seconds: int
    timeout_seconds: int
    signs_out_there: bool


def read(given: Mapping[str, str]) -> Settings | None:
    """The settings by their names without INSPECTOR_OIDC_; None without any. Raises RuntimeError
    with a sentence for the operator."""
    for name in sorted(given.keys() - DEFAULTS.keys()):
        raise _wrong(name, f"is no setting; there are {', '.join(DEFAULTS)}")
    if not given:
        return None
    said = {name: given.get(name, default).strip() for name, default in DEFAULTS.items()}
    for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "ACCOUNT_CLAIM"):
        if not said[name]:
            raise _wrong(name, "must not be empty for single sign-on")
    made = Settings(
        issuer=_issuer(said),
        client_id=said["CLIENT_ID"],
        client_secret=said["CLIENT_SECRET"],
        client_auth="client_secret_" + _one_of(said, "CLIENT_AUTH", "basic", "post"),
        scopes=said["SCOPES"],
        label_zh=said["LABEL_ZH"],
        label_en=said["LABEL_EN"],
        account_claim=said["ACCOUNT_CLAIM"],
        name_claim=said["NAME_CLAIM"],
        roles_claim=said["ROLES_CLAIM"],
        roles=_roles(said),
        branch_claim=said["BRANCH_CLAIM"],
        by_account=_one_of(said, "BY_ACCOUNT", "yes", "no") == "yes",
        creates=_one_of(said, "UNKNOWN", "refuse", "create") == "create",
        takes_over=_one_of(said, "TAKE_OVER", "yes", "no") == "yes",
        ask_again=Again(_one_of(said, "ASK_AGAIN", *Again)),
        acr=tuple(said["REQUIRED_ACR"].split()),
        amr=tuple(said["REQUIRED_AMR"].split()),
        skew_seconds=_number(said, "SKEW_SECONDS", 0, 300),
        timeout_seconds=_number(said, "TIMEOUT_SECONDS", 1, 30),
        signs_out_there=_one_of(said, "SIGN_OUT_THERE", "yes", "no") == "yes",
    )
    _check_together(made)
    return made


def _check_together(made: Settings) -> None:
    if "openid" not in made.scopes.split():
        raise _wrong("SCOPES", "must hold openid")
    if bool(made.roles_claim) != bool(made.roles):
        raise _wrong("ROLES", "and INSPECTOR_OIDC_ROLES_CLAIM need each other")
    if made.creates and not (made.roles_claim and made.branch_claim):
        raise _wrong("UNKNOWN", "can be create only with a ROLES_CLAIM and a BRANCH_CLAIM")
    if made.takes_over and not (made.roles_claim or made.branch_claim):
        raise _wrong("TAKE_OVER", "can be yes only with a ROLES_CLAIM or a BRANCH_CLAIM")


def _issuer(said: Mapping[str, str]) -> str:
    address = urlsplit(said["ISSUER"])
    is_here = address.scheme == "http" and address.hostname in {"127.0.0.1", "::1", "localhost"}
    if not address.hostname or not (address.scheme == "https" or is_here):
        raise _wrong("ISSUER", "must be an address that begins with https://")
    if address.query or address.fragment or len(said["ISSUER"]) > 200:
        raise _wrong("ISSUER", "must be an address without ? and #, 200 characters at most")
    return said["ISSUER"]


def _roles(said: Mapping[str, str]) -> dict[str, Role]:
    try:
        roles = json.loads(said["ROLES"] or "{}")
    except ValueError as error:
        raise _wrong("ROLES", f"is not JSON: {error}") from None
    if not isinstance(roles, dict):
        raise _wrong("ROLES", 'must be JSON as {"inspectors": "inspector"}')
    for theirs, ours in roles.items():
        if ours not in list(Role):
            raise _wrong("ROLES", f"“{theirs}”: {ours} is none of {', '.join(Role)}")
    return {theirs: Role(ours) for theirs, ours in roles.items()}


def _one_of(said: Mapping[str, str], name: str, *values: str) -> str:
    if said[name] not in values:
        raise _wrong(name, f"must be one of {', '.join(values)}, not “{said[name]}”")
    return said[name]


def _number(said: Mapping[str, str], name: str, least: int, most: int) -> int:
    if not (re.fullmatch(r"\d{1,4}", said[name]) and least <= int(said[name]) <= most):
        raise _wrong(name, f"must be a number from {least} to {most}, not “{said[name]}”")
    return int(said[name])


def _wrong(name: str, why: str) -> RuntimeError:
    return RuntimeError(f"INSPECTOR_OIDC_{name} {why}.")
