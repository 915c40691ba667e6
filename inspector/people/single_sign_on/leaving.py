"""Leaving: a session that ends here can end the one at the provider, and the other way round."""

import uuid
from datetime import datetime

from inspector.db import db
from inspector.people.sessions import Session, Why
from inspector.people.single_sign_on import chosen
from inspector.people.single_sign_on.models import (
    TOKEN_AT_MOST,
    Arrival,
    Identity,
    arrival_of,
    sessions_begun_by,
)
from inspector.people.single_sign_on.provider import Proof, Provider


def note_arrival(session: Session, identity: Identity, proof: Proof, provider: Provider) -> None:
    """Note that this session began by single sign-on."""
    there = proof.claims.get("sid")
    keeps = provider.settings.signs_out_there and len(proof.id_token) <= TOKEN_AT_MOST
    made = Arrival(
        id=uuid.uuid4(),
        session=session,
        identity=identity,
        there=there if isinstance(there, str) and len(there) <= 255 else "",
        id_token=proof.id_token if keeps else "",
    )
    db.session.add(made)


def way_out(session: Session | None) -> str:
    """The provider's address at which the person of this session leaves it, too; empty if they did
    not come from there, or the settings do not want it."""
    provider = chosen()
    if session is None or provider is None or not provider.settings.signs_out_there:
        return ""
    arrival = arrival_of(session)
    if arrival is None or not arrival.id_token:
        return ""
    token = arrival.id_token
    db.session.rollback()  # nobody waits for our database while we wait for the provider
    return provider.way_out(token)


def end_here(provider: Provider, logout_token: str, *, at: datetime) -> None:
    """End what belongs to a session that the provider has ended. Harmless again. Raises Problem
    sso.untrusted."""
    subject, there = provider.ended_there(logout_token)
    for session in sessions_begun_by(provider.settings.issuer, subject, there):
        session.end(why=Why.REVOKED, by=session.person, at=at)
