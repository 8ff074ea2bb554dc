"""Fetch pictures from links that users give, without reaching into the server's own network."""

__all__ = ["links", "pictures"]
