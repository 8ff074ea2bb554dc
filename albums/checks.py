"""What must be true of the machine before photos can be taken in."""


def register_checks() -> None:
    """Registered from the app's `ready`."""
