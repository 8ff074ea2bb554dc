"""Errors of child processes."""


class IsolationError(Exception):
    """A function did not end in its child process."""


class ChildCrashed(IsolationError):
    """The child ended while it ran the function: by a crash, or for lack of memory."""


class ChildTookTooLong(IsolationError):
    """The function exceeded its time limit, and its child was ended."""


class ChildrenBusy(IsolationError):
    """All children have been busy for as long as the caller could wait; a later attempt may succeed."""
