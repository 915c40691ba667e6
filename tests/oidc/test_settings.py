"""A wrong setting of single sign-on is told at the start, in a sentence that names it."""

import json
from pathlib import Path

import pytest

from inspector import config, create_app
from inspector.people.roles import Role
from inspector.people.single_sign_on.settings import DEFAULTS, Again, read

pytestmark = pytest.mark.one_engine

LEAST = {"ISSUER": "https://sso.bank.example", "CLIENT_ID": "inspector", "CLIENT_SECRET": "s"}

WRONG = [
    ({"ISSUER": ""}, "INSPECTOR_OIDC_ISSUER must not be empty"),
    ({"CLIENT_ID": " "}, "INSPECTOR_OIDC_CLIENT_ID must not be empty"),
    ({"CLIENT_SECRET": ""}, "INSPECTOR_OIDC_CLIENT_SECRET must not be empty"),
    ({"ISSUER": "sso.bank.example"}, "must be an address that begins with https://"),
    ({"ISSUER": "http://sso.bank.example"}, "must be an address that begins with https://"),
    ({"ISSUER": "https://sso.bank.example?x"}, r"without \? and #"),
    ({"SCOPES": "profile"}, "INSPECTOR_OIDC_SCOPES must hold openid"),
    ({"CLIENT_AUTH": "jwt"}, "INSPECTOR_OIDC_CLIENT_AUTH must be one of basic, post, not “jwt”"),
    ({"UNKNOWN": "yes"}, "INSPECTOR_OIDC_UNKNOWN must be one of refuse, create"),
    ({"UNKNOWN": "create"}, "only with a ROLES_CLAIM and a BRANCH_CLAIM"),
    ({"TAKE_OVER": "yes"}, "only with a ROLES_CLAIM or a BRANCH_CLAIM"),
    ({"BY_ACCOUNT": "perhaps"}, "INSPECTOR_OIDC_BY_ACCOUNT must be one of yes, no"),
    ({"ASK_AGAIN": "sometimes"}, "must be one of visitors, everybody, nobody"),
    ({"ROLES_CLAIM": "groups"}, "INSPECTOR_OIDC_ROLES and .* need each other"),
    ({"ROLES": '{"a": "admin"}'}, "INSPECTOR_OIDC_ROLES and .* need each other"),
    ({"ROLES_CLAIM": "groups", "ROLES": "a=admin"}, "INSPECTOR_OIDC_ROLES is not JSON"),
    ({"ROLES_CLAIM": "groups", "ROLES": "[]"}, "must be JSON as"),
    ({"ROLES_CLAIM": "groups", "ROLES": '{"a": "king"}'}, "“a”: king is none of inspector, "),
    ({"ROLES_CLAIM": "groups", "ROLES": '{"a": ["admin"]}'}, "“a”: .* is none of inspector, "),
    ({"SKEW_SECONDS": "3600"}, "INSPECTOR_OIDC_SKEW_SECONDS must be a number from 0 to 300"),
    ({"TIMEOUT_SECONDS": "-1"}, "INSPECTOR_OIDC_TIMEOUT_SECONDS must be a number from 1 to 30"),
    ({"ROLE_CLAIM": "groups"}, "INSPECTOR_OIDC_ROLE_CLAIM is no setting; there are ISSUER, "),
]


@pytest.mark.parametrize(("changed", "sentence"), WRONG)
def test_a_wrong_setting_is_named(changed: dict[str, str], sentence: str) -> None:
    with pytest.raises(RuntimeError, match=sentence):
        read(LEAST | changed)


def test_without_any_there_is_no_single_sign_on() -> None:
    assert read({}) is None


def test_the_least_settings_are_enough() -> None:
    made = read(LEAST)
    assert made
    assert (made.account_claim, made.by_account, made.creates, made.takes_over) == (
        "preferred_username",
        True,
        False,
        False,
    )
    assert made.ask_again == Again.VISITORS
    assert made.label_zh == "统一登录"


def test_names_of_groups_may_hold_any_letter() -> None:
    roles = {"CN=巡查,OU=渠道;DC=bank": "inspector", "admins": "admin"}
    made = read(LEAST | {"ROLES_CLAIM": "memberOf", "ROLES": json.dumps(roles)})
    assert made
    assert made.roles == {"CN=巡查,OU=渠道;DC=bank": Role.INSPECTOR, "admins": Role.ADMIN}


def test_they_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in LEAST.items():
        monkeypatch.setenv(f"INSPECTOR_OIDC_{name}", value)
    monkeypatch.setenv("INSPECTOR_PASSWORDS", "no")
    made = config.settings(tmp_path)
    assert made["OIDC"] == LEAST
    assert made["PASSWORDS"] is False
    assert DEFAULTS.keys() >= LEAST.keys()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"OIDC": {"CLIENT_ID": "inspector"}}, "INSPECTOR_OIDC_ISSUER must not be empty"),
        ({"PASSWORDS": False}, "nobody could sign in"),
    ],
)
def test_nothing_starts_with_a_wrong_one(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(RuntimeError, match=sentence):
        create_app(SECRET_KEY="for tests only", **settings)
