"""Notices: the numbered paper that orders one rectification, its service and its closing."""
