"""Group an owner's faces into people, at once or in full runs."""

__all__ = ["cached_plan", "constraints", "online", "plan", "repeats", "run", "stored_neighbours"]
