"""The demonstration instance: accounts to try, and years of plausible history."""
