"""Install the weights of the models."""

__all__ = ["install", "installed"]
