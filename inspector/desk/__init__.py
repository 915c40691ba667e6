"""The channel department's first page: the proof of one to one, and what waits."""
