"""Findings, and the rectification that each confirmed one gets: exactly one (domain.md 3.9)."""
