"""Reactions to events of this app."""


def connect_receivers() -> None:
    """Connected from the app's `ready`."""
