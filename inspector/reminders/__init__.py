"""Reminders: what is due or late is told to those whom it concerns, once (domain.md 3.6)."""
