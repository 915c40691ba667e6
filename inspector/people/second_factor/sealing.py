"""What of a second factor must not be read in the database: sealed, or hashed, with the server's
secret key. Another secret key makes all second factors useless; they are then taken away."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


def seal(secret: str) -> str:
    """A secret that must be read again."""
    return Fernet(base64.urlsafe_b64encode(_key(b"secret"))).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed; empty if that was done with another secret key."""
    try:
        return Fernet(base64.urlsafe_b64encode(_key(b"secret"))).decrypt(sealed).decode()
    except InvalidToken:
        return ""


def digest(code: str) -> str:
    """What is kept of a code that needs only to be recognised: without the key its few characters
    could be tried out."""
    return hmac.new(_key(b"code"), code.encode(), hashlib.sha256).hexdigest()


def _key(purpose: bytes) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"inspector second factor " + purpose)
    return derived.derive(current_app.config["SECRET_KEY"].encode())
