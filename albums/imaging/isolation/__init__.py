"""Run functions of files and arrays in child processes, with limits of memory and time.

A picture from outside may make its decoder crash, hang or take all memory. That ends a child:
its caller gets an exception, and other requests are served.
"""

from albums.imaging.isolation.client import Children
from albums.imaging.isolation.errors import ChildCrashed, ChildrenBusy, ChildTookTooLong, IsolationError

__all__ = ["ChildCrashed", "ChildTookTooLong", "Children", "ChildrenBusy", "IsolationError"]
