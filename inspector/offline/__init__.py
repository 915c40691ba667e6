"""The receiving end of the tablet's outbox: ordered, idempotent operations and photos by hash."""
