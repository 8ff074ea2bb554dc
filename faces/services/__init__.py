"""Services of faces and people: they take rows, and never enqueue tasks.

One package for each capability; each lists in `__all__` the modules that others use.
"""
