"""An outlet's own page: all that is known of it, as far as whoever looks may know."""
