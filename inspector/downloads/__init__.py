"""Many notices at once, as one ZIP or one merged PDF, made in the background and kept some days."""
