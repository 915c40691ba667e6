"""The quarterly bulletin: drafted from the facts, issued once, read by every branch."""
