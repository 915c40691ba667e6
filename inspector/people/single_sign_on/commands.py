"""`flask people identity`: whom the provider of single sign-on means by an account."""

import click
from sqlalchemy import delete

from inspector import clock
from inspector.db import db
from inspector.history import record
from inspector.people.commands import accounts
from inspector.people.queries import person_called
from inspector.people.sessions import Why
from inspector.people.single_sign_on.models import (
    Arrival,
    Identity,
    identities_of,
    sessions_begun_by,
)


@accounts.command("identity")
@click.argument("username")
@click.option("--forget", is_flag=True, help="Loose the account from it, for another to be bound.")
def identity(username: str, forget: bool) -> None:
    """Show by which subjects of the provider an account is found, each with its days. Whoever came
    in by one that is forgotten must sign in anew.

    Exit code 1 when there is no such account.
    """
    person = person_called(username)
    if person is None:
        raise click.ClickException(f"There is no account {username}.")
    found = identities_of(person)
    for each in found:
        days = f"{clock.day(each.first_seen_at)} to {clock.day(each.seen_at)}"
        click.echo(f"{each.issuer} {each.subject}, {days}")
        if forget:
            _forget(each)
    db.session.commit()
    click.echo("Forgotten." if found and forget else f"{len(found)} in all.")


def _forget(each: Identity) -> None:
    at = clock.now()
    for session in sessions_begun_by(each.issuer, each.subject, ""):
        session.end(why=Why.REVOKED, by=None, at=at)
    record(each.person, "forget_identity", None, at, issuer=each.issuer, identity=each.subject)
    db.session.execute(delete(Arrival).where(Arrival.identity_id == each.id))
    db.session.delete(each)
