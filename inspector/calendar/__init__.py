"""Visits by the day: the page of a month, and what people's own calendars read."""
