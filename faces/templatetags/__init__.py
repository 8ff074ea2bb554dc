"""Template tags about faces."""
