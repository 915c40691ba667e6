"""Pictures: what arrives as a file leaves as a clean JPEG, named by its SHA-256."""
