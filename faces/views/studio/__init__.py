"""Pages of the studio that need faces."""
