"""Pages about people and faces."""
