"""Pages about photos, albums and accounts."""
