"""What the provider says of somebody, read by the settings. Pure: claims in, words of ours out."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from inspector.people.roles import Role
from inspector.people.single_sign_on.settings import Settings
from inspector.problems import Problem

Claims: TypeAlias = Mapping[str, Any]

SHOWN_AT_MOST: Final = 200


def claim(claims: Claims, path: str) -> Any:
    """The claim of that name, or None; a dot leads into an object, unless the name has one itself:
    `realm_access.roles`, `https://bank.example/roles`."""
    if path in claims:
        return claims[path]
    for head, rest in _parted(path):
        if isinstance(inner := claims.get(head), Mapping):
            return claim(inner, rest)
    return None


def wanted(settings: Settings) -> list[str]:
    """The claims that are read; a token may leave them to the userinfo endpoint."""
    names = settings.account_claim, settings.name_claim, settings.roles_claim, settings.branch_claim
    return [name for name in names if name]


def account(claims: Claims, settings: Settings) -> str:
    """The account's name. Raises Problem sso.no_account."""
    if not (found := _text(claims, settings.account_claim)):
        raise Problem("sso.no_account", claim=settings.account_claim)
    return found


def name(claims: Claims, settings: Settings) -> str:
    """What the person is called; the account, if the provider does not say it."""
    return _text(claims, settings.name_claim) or account(claims, settings)


def role(claims: Claims, settings: Settings) -> Role:
    """The one role that belongs to the provider's words. Raises Problem sso.role_missing and
    sso.role_ambiguous."""
    words = _words(claim(claims, settings.roles_claim))
    roles = {settings.roles[word] for word in words if word in settings.roles}
    if len(roles) != 1:
        code = "sso.role_ambiguous" if roles else "sso.role_missing"
        raise Problem(code, claim=settings.roles_claim, value=_shown(words))
    return roles.pop()


def said(claims: Claims, path: str) -> str:
    """A claim's words as people read them."""
    return _shown(_words(claim(claims, path)))


def branch_code(claims: Claims, settings: Settings) -> str:
    """The code of the branch that the person belongs to; empty if it is not said."""
    return _text(claims, settings.branch_claim)


def check_strength(claims: Claims, settings: Settings) -> None:
    """Raise Problem sso.weak unless the person was proved as the settings want it."""
    acr, amr = _words(claim(claims, "acr")), _words(claim(claims, "amr"))
    if settings.acr and not set(acr) & set(settings.acr):
        raise Problem("sso.weak", claim="acr", wanted=_shown(settings.acr), value=_shown(acr))
    if not set(settings.amr) <= set(amr):
        raise Problem("sso.weak", claim="amr", wanted=_shown(settings.amr), value=_shown(amr))


def _parted(path: str) -> Iterator[tuple[str, str]]:
    for place, letter in enumerate(path):
        if letter == ".":
            yield path[:place], path[place + 1 :]


def _text(claims: Claims, path: str) -> str:
    words = _words(claim(claims, path)) if path else []
    return words[0].strip() if len(words) == 1 and words[0].isprintable() else ""


def _words(value: Any) -> list[str]:
    if isinstance(value, str | int):
        return [str(value)]
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _shown(words: list[str] | tuple[str, ...]) -> str:
    text = ", ".join(words)
    return text if len(text) <= SHOWN_AT_MOST else f"{text[:SHOWN_AT_MOST]}…"
