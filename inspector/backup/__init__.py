"""One file that holds everything, made while the server runs, and how it becomes a server again."""
