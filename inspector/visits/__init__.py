"""Visits: planned, answered on a tablet, scored, submitted and confirmed."""
