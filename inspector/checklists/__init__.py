"""Checklists: what is inspected, by versions that never change once they are published."""
