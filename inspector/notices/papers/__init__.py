"""The papers beside notice and warning order, and what all papers share (domain.md 3.10)."""
