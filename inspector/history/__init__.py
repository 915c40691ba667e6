"""The audit trail: every act leaves one row beside it, in the same transaction, chained by hashes.

Verbs call `record`; nothing else is needed. What is recorded is hashed and chained just before the
commit (chain.py).
"""

from inspector.history import chain
from inspector.history.models import Event, Link, Subject, record

__all__ = ["Event", "Link", "Subject", "record"]

chain.init()
