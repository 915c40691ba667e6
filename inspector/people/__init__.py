"""People and the branches they belong to: accounts, roles, signing in."""
