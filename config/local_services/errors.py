"""Base class of the errors that a user can fix."""


class ServiceError(Exception):
    """A service cannot be used; the message says what to do. code: a stable name for scripts."""

    code = "data_folder"
